import { bare, type Expression, type FunctionNode, type Identifier } from "./nodes.js";
import { from, row, whole, type Row } from "./row.js";
import { isCompileTimeConstant, type Declaration } from "./scopes.js";
import { ancestor, isFunction, outer } from "./unit.js";

const handlers =
  "Write what happens later as a handler at module level: `every(1000, () => { ... })`, `after(1000, () => { ... })`, `onMessage(inbox, () => { ... })`";
const moduleLevel =
  "Declare it at module level, outside of every function: handlers may use and change module-level variables";

/** Statements and expressions of TypeScript that AssemblyScript does not compile. */
export const refusedSyntax: readonly Row[] = [
  row(
    "async",
    ["function"],
    "An `async` function cannot be used here: nothing waits in a container",
    handlers,
    (node) => node.async,
  ),
  row(
    "await",
    ["suspension"],
    "`await` cannot be used here: nothing waits in a container",
    handlers,
    (node) => (node.form === "await" ? from(node.start, 5) : undefined),
  ),
  row(
    "generator",
    ["function"],
    "A generator function cannot be used here",
    "Keep its progress in module-level variables or a class, and write a function that gives the next value",
    (node) => node.generator,
  ),
  row(
    "yield",
    ["suspension"],
    "`yield` cannot be used here",
    "Keep the progress in module-level variables or a class, and `return` the next value",
    (node) => (node.form === "yield" ? from(node.start, 5) : undefined),
  ),
  row("destructuring", ["pattern"], "Destructuring cannot be used here", "", (node, { unit }) => {
    const parent = unit.parents.get(node);
    const inParameter = parent?.kind === "parameter";
    const name = node.names[0]?.text ?? "a";
    const given =
      parent?.kind === "declarator" && parent.initializer?.kind === "identifier"
        ? parent.initializer.name
        : undefined;
    const read =
      node.form === "object"
        ? `const ${name} = ${given ?? "value"}.${name};`
        : `const ${name} = ${given ?? "values"}[0];`;
    const hint = inParameter
      ? `Take the whole value as one parameter and read its parts inside: \`${read}\``
      : `Read the parts one by one: \`${read}\``;
    return { start: node.start, end: node.end, hint };
  }),
  row(
    "destructuring",
    ["assignment"],
    "Destructuring cannot be used here",
    "Assign the parts one by one; to swap two variables, use a third: `const old = a; a = b; b = old;`",
    (node) => {
      const target = bare(node.target);
      return whole(
        target,
        node.operator === "=" && (target.kind === "array" || target.kind === "object"),
      );
    },
  ),
  row(
    "optional-chain",
    ["member", "index", "call"],
    "`?.` cannot be used here",
    "Copy the value to a local variable and test it: `const found = value; if (found != null) { ... }`",
    (node) => from(node.optional, 2),
  ),
  row(
    "nullish",
    ["binary"],
    "`??` cannot be used here",
    "Write the test out: `value != null ? value : fallback`, with `value` in a local variable",
    (node) => (node.operator === "??" ? from(node.operatorStart, 2) : undefined),
  ),
  row(
    "logical-assignment",
    ["assignment"],
    "This assignment operator cannot be used here",
    "Write the test out",
    (node, { unit }) => {
      if (!["??=", "||=", "&&="].includes(node.operator)) return undefined;
      const target = unit.source.slice(node.target);
      const test =
        node.operator === "??="
          ? `${target} == null`
          : node.operator === "||="
            ? `!${target}`
            : target;
      return {
        ...from(node.operatorStart, 3)!,
        message: `\`${node.operator}\` cannot be used here`,
        hint: `Write the test out: \`if (${test}) ${target} = ...;\``,
      };
    },
  ),
  row(
    "try",
    ["try"],
    "`try` cannot be used here: nothing catches an error in a container",
    "Test before what could fail, and let functions that can fail return a value that says so; a `throw` ends the container",
    (node) => from(node.start, 3),
  ),
  row("spread", ["spread"], "Spread `...` cannot be used here", "", (node, { unit }) => {
    const kind = unit.parents.get(node)?.kind;
    const hint =
      kind === "call"
        ? "Pass the arguments one by one, or let the function take an array"
        : kind === "object"
          ? "Copy the fields one by one"
          : "Use `a.concat(b)`, `a.slice()`, or `push` in a loop";
    return { ...from(node.start, 3)!, hint };
  }),
  row("for-of", ["for-each"], "`for ... of` cannot be used here", "", (node) => {
    if (node.form !== "of") return undefined;
    const list = node.value.kind === "identifier" ? node.value.name : "list";
    const [first] = node.target.kind === "variables" ? node.target.declarators : [];
    const item = first?.binding.kind === "name" ? first.binding.text : "item";
    return {
      ...node.word,
      hint: `Count through it: \`for (let i = 0; i < ${list}.length; i++) { const ${item} = ${list}[i]; ... }\``,
    };
  }),
  row(
    "for-in",
    ["for-each"],
    "`for ... in` cannot be used here: objects have no keys to list",
    "Use a `Map` and count through `map.keys()`, or an array and its index",
    (node) => (node.form === "in" ? node.word : undefined),
  ),
  row(
    "private-name",
    ["property-name", "member"],
    "Names with `#` cannot be used here",
    "Write `private` before the field and drop the `#`",
    (node) =>
      node.kind === "member"
        ? node.name.text.startsWith("#")
          ? node.name
          : undefined
        : whole(node, node.form === "private"),
  ),
  row(
    "label",
    ["labeled"],
    "Labels cannot be used here",
    "Move the inner loop into a function and `return` from it, or use a flag",
    (node) => node.label,
  ),
  row(
    "regexp",
    ["regexp"],
    "Regular expressions cannot be used here",
    "Use `indexOf`, `startsWith`, `includes`, `charCodeAt` or a loop over the characters",
    (node) => node,
  ),
  row(
    "tagged-template",
    ["template"],
    "Tagged templates cannot be used here",
    "Call a function: `format(value)`",
    (node) => node.tag,
  ),
  row(
    "as-const",
    ["cast"],
    "`as const` cannot be used here",
    "Leave it out; for a fixed list, annotate: `const list: StaticArray<i32> = [1, 2]`",
    (node) => (node.form === "as const" ? { start: node.operatorStart, end: node.end } : undefined),
  ),
  row(
    "satisfies",
    ["cast"],
    "`satisfies` cannot be used here",
    "Annotate the variable instead: `const a: T = ...`",
    (node) => (node.form === "satisfies" ? from(node.operatorStart, 9) : undefined),
  ),
  row(
    "in",
    ["binary"],
    "The `in` operator cannot be used here",
    "Use `instanceof` to tell classes apart, or `map.has(key)` of a `Map`",
    (node) => (node.operator === "in" ? from(node.operatorStart, 2) : undefined),
  ),
  row(
    "delete",
    ["unary"],
    "The `delete` operator cannot be used here: fields are fixed",
    "Use `map.delete(key)` of a `Map`, or set the field to `null`",
    (node) => (node.operator === "delete" ? from(node.start, 6) : undefined),
  ),
  row(
    "with",
    ["with"],
    "`with` cannot be used here",
    "Name the object at each use",
    (node) => node,
  ),
  row(
    "bigint",
    ["number"],
    "Literals with `n` cannot be used here",
    "Write the number without the `n` and give the variable a 64-bit type: `const a: i64 = 1`",
    (node) => whole(node, node.bigint),
  ),
  row(
    "debugger",
    ["debugger"],
    "`debugger` cannot be used here",
    'Use `log(text)` and `logNumber(text, value)` from "thimble"',
    (node) => from(node.start, 8),
  ),
  row(
    "array-hole",
    ["array"],
    "An array with a hole cannot be used here",
    "Write a value in every place",
    (node, { unit }) => {
      const hole = node.elements.indexOf(undefined);
      const parent = unit.parents.get(node);
      return hole < 0 || parent?.kind !== "declarator" || parent.type !== undefined
        ? undefined
        : { start: holeAt(node.elements, hole, node.start, unit.source.text), end: node.end };
    },
  ),
  row("new-target", ["keyword"], "This is not available here", "Leave it out", (node) =>
    node.name === "new.target" || node.name === "import.meta"
      ? { ...node, message: `\`${node.name}\` cannot be used here` }
      : undefined,
  ),
];

/** Whether a use stands inside the function that its own variable is being given. */
function refersToItself({ node }: Declaration, use: Identifier): boolean {
  const value =
    node.kind === "declarator" && node.initializer !== undefined
      ? bare(node.initializer)
      : undefined;
  return value?.kind === "function" && use.start >= value.start && use.end <= value.end;
}

function holeAt(
  elements: readonly (Expression | undefined)[],
  hole: number,
  start: number,
  text: string,
): number {
  const before = elements[hole - 1];
  return before === undefined
    ? text.indexOf(",", start)
    : text.indexOf(",", text.indexOf(",", before.end) + 1);
}

/** Functions that use what is gone when they run. */
export const refusedCaptures: readonly Row[] = [
  row("closure", ["identifier"], "", moduleLevel, (node, { unit }) => {
    const { scopes } = unit;
    const declaration = scopes.declarationOf.get(node);
    if (declaration === undefined || declaration.kind === "import") return undefined;
    const within = scopes.functionOf.get(node);
    const local = declaration.owner !== undefined || declaration.inBlock;
    if (
      !local ||
      declaration.owner === within ||
      isCompileTimeConstant(declaration, scopes) ||
      refersToItself(declaration, node)
    )
      return undefined;
    const what =
      declaration.kind === "parameter"
        ? "parameter"
        : declaration.kind === "function"
          ? "local function"
          : "local variable";
    const message = `This function uses the ${what} \`${node.name}\` of a function around it, which is gone when it runs`;
    return {
      start: node.start,
      end: node.end,
      message:
        declaration.owner === undefined
          ? `This function uses \`${node.name}\` of the block around it, which is gone when it runs`
          : message,
    };
  }),
  row("this-capture", ["keyword"], "", "", (node, { unit }) => {
    if (!unit.scopes.capturedThis.has(node)) return undefined;
    const message = `\`${node.name}\` means nothing in a function inside a class member`;
    const hint =
      "Make one object at module level and use its name: `const device = new Device(); every(1000, () => { device.step(); })`";
    return { start: node.start, end: node.end, message, hint };
  }),
  row(
    "recursive-arrow",
    ["identifier"],
    "",
    "Write it as a function at module level: `function name(...): T { ... }`",
    (node, { unit }) => {
      const declaration = unit.scopes.declarationOf.get(node);
      if (declaration === undefined || !refersToItself(declaration, node)) return undefined;
      return {
        start: node.start,
        end: node.end,
        message: `The function \`${node.name}\` does not know itself yet`,
      };
    },
  ),
  row(
    "function-name",
    ["identifier"],
    "",
    "Write it as a function at module level: `function name(...): T { ... }`",
    (node, { unit }) => {
      if (unit.scopes.declarationOf.has(node)) return undefined;
      const self = ancestor(
        unit,
        node,
        (at): at is FunctionNode =>
          isFunction(at) && at.form === "expression" && at.name?.text === node.name,
      );
      return self === undefined
        ? undefined
        : {
            start: node.start,
            end: node.end,
            message: `The name \`${node.name}\` of a function expression means nothing inside it`,
          };
    },
  ),
  row("method-value", ["member"], "", "", (node, { unit, types }) => {
    const parent = outer(unit, node);
    if (parent?.kind === "call" && bare(parent.callee) === node) return undefined;
    if (parent?.kind === "assignment" && bare(parent.target) === node) return undefined;
    const member = types.memberOf(node.object, node.name.text);
    if (
      member?.kind !== "method" ||
      member.function.form !== "method" ||
      member.modifiers.includes("static")
    )
      return undefined;
    const callback =
      node.object.kind === "keyword" ? `device.${node.name.text}` : unit.source.slice(node);
    const hint = `Wrap the call: \`() => { ${callback}(); }\`, with the object in a module-level variable`;
    return {
      start: node.start,
      end: node.end,
      message: `The method \`${node.name.text}\` cannot be used as a value: it would lose its object`,
      hint,
    };
  }),
  row(
    "local-class",
    ["class"],
    "A class inside a function cannot be used here",
    "Declare it at module level",
    (node, { unit }) => {
      const inFunction = unit.scopes.functionOf.get(node) !== undefined;
      if (node.form !== "expression" && !inFunction) return undefined;
      const message =
        node.form === "interface"
          ? "An interface inside a function cannot be used here"
          : "A class expression cannot be used here";
      const place = node.name ?? { start: node.start, end: node.start + 5 };
      return {
        start: place.start,
        end: place.end,
        ...(node.form === "declaration" ? {} : { message }),
      };
    },
  ),
  row(
    "local-enum",
    ["enum"],
    "An enum inside a function cannot be used here",
    "Declare it at module level",
    (node, { unit }) => (unit.scopes.functionOf.get(node) === undefined ? undefined : node.name),
  ),
];
