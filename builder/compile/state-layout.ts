import {
  PropertyPrototype,
  StringLiteralExpression,
  type ClassPrototype,
  type DecoratorNode,
  type Node,
  type Program,
} from "assemblyscript";
import { listOf, quote } from "../../runtime/document/words.js";
import type { State, StateField, StateType } from "../../runtime/manifest/manifest.js";
import { nameHash, stateTypeBytes } from "../../runtime/manifest/state.js";
import { mostStateFields, mostStateRecords, stateName } from "../../runtime/manifest/terms.js";
import type { Refuse } from "./state.js";

/**
 * The fields of the state with their places in its object; undefined where the compiler cannot resolve the class and says so itself. `was` are
 * the decorators with older names.
 */
export function readLayout(
  program: Program,
  prototype: ClassPrototype,
  was: ReadonlySet<DecoratorNode>,
  refuse: Refuse,
): State | undefined {
  const instance = program.resolver.resolveClass(prototype, null);
  if (!instance) return undefined;
  const names = new Names(refuse);
  const fields: StateField[] = [];
  for (const member of instance.members?.values() ?? []) {
    if (!(member instanceof PropertyPrototype) || !member.fieldDeclaration) continue;
    const type = fieldType(member, refuse);
    if (type === undefined) continue;
    checkField(member, refuse);
    const { name, fieldDeclaration: declaration } = member;
    names.add(name, type, declaration.name);
    const older = (declaration.decorators ?? [])
      .filter((decorator) => was.has(decorator))
      .flatMap((decorator) => olderNames(decorator, refuse));
    for (const { text, node } of older) names.add(text, type, node);
    const field = { name, type, offset: member.instance!.memoryOffset };
    fields.push(older.length > 0 ? { ...field, was: older.map(({ text }) => text) } : field);
  }
  const state = { bytes: instance.nextMemoryOffset, fields };
  checkSize(state, names.size, prototype.declaration.name, refuse);
  return state;
}

/** The type of a field, or undefined after it was refused. */
function fieldType(member: PropertyPrototype, refuse: Refuse): StateType | undefined {
  const { name, instance, fieldDeclaration: declaration } = member;
  if (!instance) return undefined;
  const type = instance.type.toString();
  const written = declaration?.type;
  if (isStateType(type) && !instance.type.isReference) return type;
  refuse(
    "state-type",
    written ?? instance.declaration,
    `the field ${quote(name)} of the state is of type ${written?.range.toString() ?? type}, and only numbers and bools move into the next version`,
    `Write ${listOf(Object.keys(stateTypeBytes), "or")}, a field for each element of an array; all else is for variables of the module.`,
  );
  return undefined;
}

function isStateType(type: string): type is StateType {
  return Object.hasOwn(stateTypeBytes, type);
}

const namePattern = new RegExp(stateName.pattern, "u");

/** CommonFlags.Readonly of the compiler. */
const readonlyFlag = 64;

function checkField({ name, fieldDeclaration }: PropertyPrototype, refuse: Refuse): void {
  const declaration = fieldDeclaration!;
  if (!namePattern.test(name))
    refuse(
      "state-name",
      declaration.name,
      `${quote(name)} cannot be the name of a field of the state`,
      `Write ${stateName.patternErrorMessage}.`,
    );
  if ((declaration.flags & readonlyFlag) !== 0)
    refuse(
      "state-readonly",
      declaration.name,
      `the field ${quote(name)} of the state is readonly, so no value can move into it`,
      "Leave `readonly` out, or make it a constant of the module.",
    );
}

/** The names that a decorator `@was` gives. */
function olderNames(decorator: DecoratorNode, refuse: Refuse): { text: string; node: Node }[] {
  const given = decorator.args ?? [];
  const hint = 'Write the name that the field had, such as `@was("target")`.';
  if (given.length === 0) refuse("state-was", decorator, "`@was` is given no name", hint);
  return given.flatMap((node) => {
    if (!(node instanceof StringLiteralExpression)) {
      refuse("state-was", node, "`@was` is given something else than a text", hint);
      return [];
    }
    if (!namePattern.test(node.value)) {
      const message = `\`@was\` is given ${quote(node.value)}, which no field can be called`;
      refuse("state-was", node, message, hint);
      return [];
    }
    return [{ text: node.value, node }];
  });
}

/** All names that fields have and had. */
class Names {
  readonly #refuse: Refuse;
  readonly #known = new Map<number, string>();

  constructor(refuse: Refuse) {
    this.#refuse = refuse;
  }

  get size(): number {
    return this.#known.size;
  }

  add(name: string, type: StateType, node: Node): void {
    const identity = `${name}: ${type}`;
    const hash = nameHash(name, type);
    const other = this.#known.get(hash);
    this.#known.set(hash, identity);
    if (other === identity)
      this.#refuse(
        "state-names",
        node,
        `two fields of the state are or were called \`${identity}\``,
        "Each value can move into one field: leave one of the names out.",
      );
    else if (other !== undefined)
      this.#refuse(
        "state-names",
        node,
        `\`${identity}\` and \`${other}\` have the same hash, by which a swap knows them`,
        "Call one of them differently.",
      );
  }
}

function checkSize({ bytes, fields }: State, names: number, node: Node, refuse: Refuse): void {
  const tooMany = (what: string, most: number): void =>
    refuse(
      "state-size",
      node,
      `the state has ${what}, at most ${most}`,
      "Keep in it what the next version cannot do without.",
    );
  if (bytes === 0)
    refuse(
      "state-empty",
      node,
      "the state has no fields",
      "Give it some, such as `count: u32 = 0;`, or leave `persistent` out.",
    );
  if (fields.length > mostStateFields) tooMany(`${fields.length} fields`, mostStateFields);
  else if (names > mostStateRecords) tooMany(`${names} names and older names`, mostStateRecords);
}
