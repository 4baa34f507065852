import { functionOf, isNumeric, isString, type Known } from "./inference.js";
import { expectationOf } from "./expectation.js";
import { bare, type ClassNode, type Expression, type Type } from "./nodes.js";
import { from, row, type Context, type Found, type Row } from "./row.js";
import { outer } from "./unit.js";
import { missingMethods, missingStatics, missingValues, refusedTypeNames } from "./missing.js";

/** Names, types and methods that do not exist here. */
export const refusedNames: readonly Row[] = [
  row("name", ["identifier"], "", "", (node, { unit }) => {
    if (!Object.hasOwn(missingValues, node.name) || unit.scopes.names.has(node.name))
      return undefined;
    if (node.name === "undefined") return undefinedValue(node, unit);
    return {
      start: node.start,
      end: node.end,
      message: `\`${node.name}\` does not exist in a container`,
      hint: missingValues[node.name]!,
    };
  }),
  row("type-name", ["type-reference"], "", "", (node, { unit }) => {
    const hint =
      node.name === "Function" && node.arguments.length === 0
        ? "Write the function type: `() => void`"
        : refusedTypeNames.get(node.name);
    const parent = unit.parents.get(node);
    if (
      hint === undefined ||
      unit.scopes.names.has(node.name) ||
      (parent?.kind === "union-type" && (node.name === "null" || node.name === "undefined"))
    )
      return undefined;
    // `async` says it already.
    if (parent?.kind === "function" && parent.async !== undefined && parent.returnType === node)
      return undefined;
    return {
      start: node.start,
      end: node.start + node.name.length,
      message: `The type \`${node.name}\` does not exist here`,
      hint,
    };
  }),
  row("method", ["member"], "", "", (node, { types: of }) => {
    const type = of.of(node.object);
    const table = tableOf(type);
    const { text } = node.name;
    if (
      table === undefined ||
      !Object.hasOwn(table, text) ||
      of.memberOf(node.object, text) !== undefined
    )
      return undefined;
    const name = isNumeric(type)
      ? "A number"
      : isString(type)
        ? "A string"
        : `${type!.name === "Array" ? "An" : "A"} \`${type!.name}\``;
    return {
      start: node.name.start,
      end: node.name.end,
      message: `${name} has no \`${text}\` here`,
      hint: table[text]!,
    };
  }),
  row("static-method", ["member"], "", "", (node, { unit }) => {
    const object = bare(node.object);
    if (
      object.kind !== "identifier" ||
      unit.scopes.names.has(object.name) ||
      !Object.hasOwn(missingStatics, object.name)
    )
      return undefined;
    const table = missingStatics[object.name]!;
    const { text } = node.name;
    if (!Object.hasOwn(table, text)) return undefined;
    return {
      start: node.start,
      end: node.end,
      message: `\`${object.name}.${text}\` does not exist in a container`,
      hint: table[text]!,
    };
  }),
  row("conversion", ["call"], "", "", (node, { unit }) => {
    const callee = bare(node.callee);
    if (callee.kind !== "identifier" || unit.scopes.names.has(callee.name)) return undefined;
    if (node.constructs) {
      if (callee.name !== "Date" || node.arguments.length > 0) return undefined;
      return {
        start: node.start,
        end: node.end,
        message: "A container does not know the date by itself",
        hint: 'Use `wallMillis()` from "thimble": `new Date(wallMillis())`',
      };
    }
    const hint = {
      Number: "Use `parseFloat(text)`, or a cast such as `value as f64`",
      String: "Use `value.toString()`",
      Boolean: "Write the test out: `value != 0`",
    }[callee.name];
    return hint === undefined
      ? undefined
      : {
          start: callee.start,
          end: callee.end,
          message: `\`${callee.name}\` cannot be called as a function here`,
          hint,
        };
  }),
  row("collection-content", ["call"], "", "", (node, { unit }) => {
    const callee = bare(node.callee);
    if (
      !node.constructs ||
      callee.kind !== "identifier" ||
      unit.scopes.names.has(callee.name) ||
      node.arguments.length === 0 ||
      (callee.name !== "Map" && callee.name !== "Set")
    )
      return undefined;
    const add = callee.name === "Map" ? "map.set(key, value)" : "set.add(value)";
    const [first] = node.arguments;
    return {
      start: first!.start,
      end: first!.end,
      message: `A \`${callee.name}\` starts empty here`,
      hint: `Make it empty and then call \`${add}\``,
    };
  }),
  row("math-arguments", ["call"], "", "", (node, { unit }) => {
    const callee = bare(node.callee);
    if (
      callee.kind !== "member" ||
      (callee.name.text !== "max" && callee.name.text !== "min" && callee.name.text !== "hypot")
    )
      return undefined;
    const object = bare(callee.object);
    if (
      object.kind !== "identifier" ||
      object.name !== "Math" ||
      unit.scopes.names.has("Math") ||
      node.arguments.length === 2 ||
      node.arguments.some((argument) => argument.kind === "spread")
    )
      return undefined;
    const name = `Math.${callee.name.text}`;
    return {
      start: node.start,
      end: node.end,
      message: `\`${name}\` takes exactly two numbers here`,
      hint: `Nest the calls: \`${name}(${name}(a, b), c)\`; for integers write \`a > b ? a : b\``,
    };
  }),
  row("map-type", ["call"], "`map` needs the type it makes", "", (node, { types: of }) => {
    const callee = bare(node.callee);
    if (
      callee.kind !== "member" ||
      callee.name.text !== "map" ||
      node.typeArguments.length > 0 ||
      of.of(callee.object)?.name !== "Array"
    )
      return undefined;
    const [value] = node.arguments;
    if (
      value?.kind !== "function" ||
      (value.returnType !== undefined &&
        value.parameters.every((parameter) => parameter.type !== undefined))
    )
      return undefined;
    return {
      start: callee.name.start,
      end: callee.name.end,
      hint: "Write it behind the name: `list.map<i32>(x => x * 2)`",
    };
  }),
  row(
    "apply",
    ["member"],
    "",
    "Call the function itself, inside `() => { ... }` where a handler is wanted",
    (node, { unit }) => {
      const object = bare(node.object);
      const declaration =
        object.kind === "identifier" ? unit.scopes.declarationOf.get(object) : undefined;
      if (
        (node.name.text !== "apply" && node.name.text !== "bind") ||
        declaration === undefined ||
        functionOf(declaration) === undefined
      )
        return undefined;
      return {
        start: node.name.start,
        end: node.name.end,
        message: `A function has no \`${node.name.text}\` here`,
      };
    },
  ),
  row(
    "string-plus",
    ["binary", "assignment"],
    "A string and a number cannot be added",
    "",
    stringPlus,
  ),
  row("nullable-field", ["member"], "", "", nullableField),
  row("literal-class", ["object"], "", "", literalClass),
  row("structural", ["declarator"], "", "", structural),
];

/** `undefined`, with advice for what it is compared with. */
function undefinedValue(node: Expression, unit: Context["unit"]): Found {
  const parent = outer(unit, node);
  const other =
    parent?.kind === "binary"
      ? bare(bare(parent.left) === node ? parent.right : parent.left)
      : undefined;
  let hint = missingValues["undefined"]!;
  if (other?.kind === "index")
    hint = `Test the index before reading: \`${unit.source.slice(other.index)} < ${unit.source.slice(other.object)}.length\``;
  else if (
    other?.kind === "call" &&
    other.callee.kind === "member" &&
    other.callee.name.text === "get"
  )
    hint = `Test the key before reading: \`${unit.source.slice(other.callee.object)}.has(...)\``;
  return {
    start: node.start,
    end: node.end,
    message: "`undefined` does not exist in a container",
    hint,
  };
}

function tableOf(type: Known | undefined): Readonly<Record<string, string>> | undefined {
  if (type === undefined) return undefined;
  if (isNumeric(type)) return missingMethods.number;
  if (isString(type)) return missingMethods.string;
  if (type.name === "Array" || type.name === "Map" || type.name === "Set")
    return missingMethods[type.name];
  return undefined;
}

function stringPlus(
  node: Expression & { kind: "binary" | "assignment" },
  { unit, types: of }: Context,
): Found | undefined {
  const [left, right] =
    node.kind === "binary" ? [node.left, node.right] : [node.target, node.value];
  if (node.operator !== "+" && node.operator !== "+=") return undefined;
  const [a, b] = [of.of(left), of.of(right)];
  const [number] =
    isString(a) && (isNumeric(b) || b?.name === "bool")
      ? [right]
      : isString(b) && (isNumeric(a) || a?.name === "bool") && node.kind === "binary"
        ? [left]
        : [];
  if (number === undefined) return undefined;
  const text = unit.source.slice(number);
  const operand = /^[\w.]+$/.test(text) && !/^\d/.test(text) ? text : `(${text})`;
  return {
    start: number.start,
    end: number.end,
    hint: `Write \`${operand}.toString()\` or a template: \`\${${text}}\``,
  };
}

/** `this.name.length` with `name: string | null`, and the same of a module-level variable: a test narrows local variables only. */
function nullableField(
  node: Expression & { kind: "member" },
  { unit, types: of }: Context,
): Found | undefined {
  const object = bare(node.object);
  const declaration =
    object.kind === "identifier" ? unit.scopes.declarationOf.get(object) : undefined;
  const shared =
    declaration !== undefined && declaration.owner === undefined && !declaration.inBlock;
  if ((object.kind !== "member" && !shared) || of.of(object)?.nullable !== true) return undefined;
  const text = unit.source.slice(object);
  const local = object.kind === "member" ? object.name.text : `${text}Now`;
  const what = shared ? "module-level variable" : "field";
  return {
    start: object.start,
    end: object.end,
    message: `\`${text}\` may be null: a test does not narrow a ${what}`,
    hint: `Copy it to a local variable first: \`const ${local} = ${text}; if (${local} != null) { ... }\``,
  };
}

/** An object literal where the place asks for an interface, or for a class with a constructor. */
function literalClass(
  node: Expression & { kind: "object" },
  { unit, types: of }: Context,
): Found | undefined {
  const parent = outer(unit, node);
  if (parent?.kind === "property" || parent?.kind === "array") return undefined;
  const { type } = expectationOf(unit, of, node);
  const target = type === undefined ? undefined : unit.declared.classes.get(type.name);
  if (target === undefined) return undefined;
  if (target.form === "interface")
    return {
      ...from(node.start, 1)!,
      end: node.end,
      message: `An object literal cannot be an interface: \`${type!.name}\` is one`,
      hint: `Declare a class that implements \`${type!.name}\` and make one with \`new\``,
    };
  const constructs = target.members.some(
    (member) => member.kind === "method" && member.function.form === "constructor",
  );
  if (!constructs) return undefined;
  return {
    start: node.start,
    end: node.end,
    message: `An object literal cannot be a \`${type!.name}\`, since that class has a constructor`,
    hint: `Write \`new ${type!.name}(...)\``,
  };
}

/** A class that has all members of an interface but does not say `implements`. */
function structural(
  node: Extract<Parameters<Row["find"]>[0], { kind: "declarator" }>,
  { unit, types: of }: Context,
): Found | undefined {
  if (node.type === undefined || node.initializer === undefined) return undefined;
  const [target, value] = [of.read(node.type), of.of(node.initializer)];
  const [wanted, given] = [target, value].map((type) =>
    type === undefined ? undefined : unit.declared.classes.get(type.name),
  );
  if (
    wanted?.form !== "interface" ||
    given === undefined ||
    given.form === "interface" ||
    saysImplements(unit, given)
  )
    return undefined;
  return {
    start: node.initializer.start,
    end: node.initializer.end,
    message: `\`${value!.name}\` does not say that it implements \`${target!.name}\``,
    hint: `Write \`class ${value!.name} implements ${target!.name}\``,
  };
}

/** Whether a class or one it extends names any interface; a base class of another file may. */
function saysImplements(unit: Context["unit"], given: ClassNode): boolean {
  let target: ClassNode | undefined = given;
  for (let depth = 0; target !== undefined && depth < 20; depth++) {
    if (target.implements.length > 0) return true;
    const [parent]: readonly Type[] = target.extends;
    if (parent === undefined) return false;
    target = parent.kind === "type-reference" ? unit.declared.classes.get(parent.name) : undefined;
  }
  return true;
}
