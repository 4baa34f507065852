import {
  ClassPrototype,
  NamedTypeNode,
  type CallExpression,
  type File,
  type Node,
  type Program,
} from "assemblyscript";
import type { Diagnostic } from "../../runtime/document/diagnostic.js";
import { quote } from "../../runtime/document/words.js";
import type { State } from "../../runtime/manifest/manifest.js";
import { addDefaults } from "./state-defaults.js";
import { readLayout } from "./state-layout.js";
import { findUses, type Uses } from "./state-uses.js";

/** Tells of something in the app that cannot be. */
export type Refuse = (code: string, node: Node, message: string, hint: string) => void;

/**
 * Reads the state of an app from the compiler's program, before anything of it is compiled: the class of `persistent<State>()`. The class gets what
 * `persistent` needs: no header, since its object lies in static memory, and a method that sets the defaults.
 *
 * Refuses what could not be moved into another version. `state` is absent where an app keeps nothing.
 */
export function readState(program: Program): { state?: State; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const refuse: Refuse = (code, node, message, hint) =>
    void diagnostics.push({ severity: "error", code, message, hint, ...placeOfNode(node) });
  const uses = findUses(program);
  const call = oneCall(uses, refuse);
  if (!call) {
    refuseNames(uses, undefined, refuse);
    return { diagnostics };
  }
  const prototype = classOf(call.node, call.file, refuse);
  if (!prototype) return { diagnostics };
  checkClass(prototype, refuse);
  refuseOtherUses(prototype, uses, refuse);
  refuseNames(uses, prototype, refuse);
  if (diagnostics.length > 0) return { diagnostics };
  // Before the class is resolved for the first time, which settles both.
  prototype.decoratorFlags |= unmanaged;
  addDefaults(prototype);
  const names = new Set(uses.names.map(({ node }) => node));
  const state = readLayout(program, prototype, names, refuse);
  return state && diagnostics.length === 0 ? { state, diagnostics } : { diagnostics };
}

/** DecoratorFlags.Unmanaged of the compiler: objects without a header, which no collection knows. */
const unmanaged = 16;

function placeOfNode({ range }: Node): Pick<Diagnostic, "file" | "line" | "column" | "length"> {
  const { source, start, end } = range;
  const before = source.text.slice(0, start);
  const [first = ""] = source.text.slice(start, end).split("\n");
  return {
    file: source.normalizedPath,
    line: before.split("\n").length,
    column: start - before.lastIndexOf("\n"),
    length: Math.max(1, first.length),
  };
}

/** The call of `persistent` that counts. */
function oneCall({ calls }: Uses, refuse: Refuse): Uses["calls"][number] | undefined {
  for (const { node, isConstant } of calls) {
    if (!isConstant)
      refuse(
        "state-place",
        node,
        "the state has to be a constant of a module",
        "Write `const state = persistent<State>();` outside of all functions, blocks and namespaces.",
      );
  }
  for (const { node } of calls.slice(1))
    refuse(
      "state-twice",
      node,
      "an app has one state, and this would be a second",
      "Put the fields of all into one class.",
    );
  return calls.length === 1 && calls[0]!.isConstant ? calls[0] : undefined;
}

function classOf(call: CallExpression, file: File, refuse: Refuse): ClassPrototype | undefined {
  const [type] = call.typeArguments ?? [];
  const element =
    type instanceof NamedTypeNode && type.name.next === null
      ? file.lookup(type.name.identifier.text, true)
      : null;
  if (element instanceof ClassPrototype && !element.isDeclaredInLibrary) return element;
  refuse(
    "state-class",
    type ?? call,
    type
      ? "the state has to be of a class of the app"
      : "it is not said which class the state is of",
    "Declare `class State { count: u32 = 0; }` and write `persistent<State>()`.",
  );
  return undefined;
}

function checkClass(prototype: ClassPrototype, refuse: Refuse): void {
  const { name, declaration } = prototype;
  const parents = [prototype.extendsNode, ...(prototype.implementsNodes ?? [])];
  for (const parent of parents) {
    if (parent)
      refuse(
        "state-class",
        parent,
        `${quote(name)} is the class of the state and cannot extend or implement another`,
        "Leave `extends` and `implements` out, and write the fields into the class.",
      );
  }
  if (prototype.typeParameterNodes?.length)
    refuse(
      "state-class",
      declaration.name,
      `${quote(name)} is the class of the state and cannot have type parameters`,
      "Write the types of its fields out.",
    );
  if (prototype.constructorPrototype)
    refuse(
      "state-class",
      prototype.constructorPrototype.declaration.name,
      `${quote(name)} is the class of the state and cannot have a constructor`,
      "Give each field its value where it is declared: `count: u32 = 0;`.",
    );
}

/** There is one object of the class, that of `persistent`, and none of a class that extends it. */
function refuseOtherUses(
  prototype: ClassPrototype,
  { objects, parents }: Uses,
  refuse: Refuse,
): void {
  for (const { node, element } of parents) {
    if (element === prototype)
      refuse(
        "state-class",
        node,
        `${quote(prototype.name)} is the class of the state, and no other class can extend it`,
        "Write a class of its own.",
      );
  }
  for (const { node, element } of objects) {
    if (element === prototype)
      refuse(
        "state-object",
        node,
        `${quote(prototype.name)} is the class of the state, of which there is one object`,
        "Use that, or write a class of its own for this object.",
      );
  }
}

/** `@was` stands at fields of the state. */
function refuseNames({ names }: Uses, prototype: ClassPrototype | undefined, refuse: Refuse): void {
  for (const { node, owner } of names) {
    if (owner === undefined || owner !== prototype?.declaration)
      refuse(
        "state-was",
        node,
        "`@was` stands here at no field of the state",
        "It names what a field of the class of `persistent` was called before; leave it out elsewhere.",
      );
  }
}
