import { isInteger, isFloat } from "./inference.js";
import { bare, type FunctionNode, type Node, type Type } from "./nodes.js";
import { row, whole, type Context, type Found, type Row } from "./row.js";
import { ancestor, isClass, type Unit } from "./unit.js";

const otherTypes = {
  object: [
    "object-type",
    "An object type cannot be used here",
    "Declare a class with these fields and use its name",
  ],
  tuple: [
    "tuple",
    "A tuple type cannot be used here",
    "Declare a class with one field for each part, or use an array of one type",
  ],
  mapped: [
    "mapped-type",
    "A mapped type cannot be used here",
    "Declare a class with the fields written out",
  ],
  conditional: [
    "conditional-type",
    "A conditional type cannot be used here",
    "Write the type itself",
  ],
  keyof: ["keyof", "A `keyof` type cannot be used here", "Use an enum for a choice among names"],
  typeof: ["typeof-type", "A `typeof` type cannot be used here", "Write the type itself"],
  indexed: [
    "indexed-type",
    "An indexed access type cannot be used here",
    "Write the type of the field itself",
  ],
  intersection: [
    "intersection",
    "An intersection type cannot be used here",
    "Declare a class or interface that extends the others",
  ],
  predicate: [
    "type-predicate",
    "A type predicate cannot be used here",
    "Return `bool`, and cast with `as` where it is true",
  ],
  import: [
    "import-in-type",
    "An `import(...)` type cannot be used here",
    'Import the name at the top: `import { T } from "./file"`',
  ],
} as const;

/** Types that AssemblyScript does not have. */
export const refusedTypes: readonly Row[] = [
  ...Object.entries(otherTypes).map(([form, [code, message, hint]]) =>
    row(code, ["other-type"], message, hint, (node) => whole(node, node.form === form)),
  ),
  row(
    "union",
    ["union-type"],
    "A union type cannot be used here, except `T | null`",
    "",
    (node) => {
      const present = node.members.filter((member) => !isNull(member));
      if (present.length === 1) return undefined;
      const literals = present.every((member) => member.kind === "literal-type");
      const missing =
        present.length === 2 &&
        present.some((member) => member.kind === "type-reference" && member.name === "undefined");
      const hint = literals
        ? "Declare an enum: `enum Mode { Off, On }`"
        : missing
          ? "Use `null` for what may be missing: `T | null`"
          : "Use one type, or a base class that the others extend";
      return { start: node.start, end: node.end, hint };
    },
  ),
  row(
    "nullable-number",
    ["union-type"],
    "A number or bool cannot be `null`",
    "Use a value that cannot occur, such as `i32.MIN_VALUE`, or a second variable that tells whether there is one",
    (node, { types }) => {
      const type = types.read(node);
      return whole(
        node,
        type !== undefined && (isInteger(type) || isFloat(type) || type.name === "bool"),
      );
    },
  ),
  row(
    "literal-type",
    ["literal-type"],
    "A literal cannot be a type here",
    "Write its type, such as `i32` or `string`, or declare an enum",
    (node, { unit }) =>
      whole(node, node.form !== "string" && unit.parents.get(node)?.kind !== "union-type"),
  ),
  row(
    "constructor-type",
    ["function-type"],
    "A constructor type cannot be used here",
    "Pass a function that makes the object",
    (node) => whole(node, node.constructs),
  ),
  row("missing-type", ["function"], "", "", functionTypes),
  row("missing-type", ["parameter"], "", "", (node, { unit }) => {
    const parent = unit.parents.get(node);
    if (
      node.type !== undefined ||
      parent?.kind !== "function" ||
      node.binding.kind !== "name" ||
      isContextual(parent, unit.parents.get(parent))
    )
      return undefined;
    const { text } = node.binding;
    return {
      start: node.binding.start,
      end: node.binding.end,
      message: `The parameter \`${text}\` has no type`,
      hint: `Write its type: \`${text}: i32\``,
    };
  }),
  row("missing-type", ["field"], "", "", (node) => {
    if (
      node.type !== undefined ||
      node.modifiers.includes("declare") ||
      node.optional !== undefined ||
      node.name.form !== "identifier"
    )
      return undefined;
    return {
      start: node.name.start,
      end: node.name.end,
      message: `The field \`${node.name.text}\` has no type`,
      hint: `Write its type: \`${node.name.text}: i32 = ...\``,
    };
  }),
  row("missing-type", ["declarator"], "", "", (node, { unit }) => {
    const list = unit.parents.get(node);
    if (
      node.type !== undefined ||
      node.initializer !== undefined ||
      node.binding.kind !== "name" ||
      (list !== undefined && unit.parents.get(list)?.kind === "for-each")
    )
      return undefined;
    const { text } = node.binding;
    return {
      start: node.binding.start,
      end: node.binding.end,
      message: `The variable \`${text}\` has neither a type nor a value`,
      hint: `Write its type: \`let ${text}: i32\``,
    };
  }),
  row(
    "generic-arrow",
    ["function"],
    "An arrow function cannot have type parameters",
    "Write it as a function at module level: `function name<T>(value: T): T { ... }`",
    (node) => (node.form === "arrow" ? node.typeParameters[0] : undefined),
  ),
];

function isNull(type: Type): boolean {
  return type.kind === "type-reference" && type.name === "null";
}

/** Whether an arrow function or function expression takes its types from its place: an argument, or an annotated variable. */
function isContextual(node: FunctionNode, parent: Node | undefined): boolean {
  if (parent?.kind === "property") return true;
  if (node.form !== "arrow" && node.form !== "expression") return false;
  return !(parent?.kind === "declarator" && parent.type === undefined);
}

function functionTypes(node: FunctionNode, { unit }: Context): Found | undefined {
  if (
    node.returnType !== undefined ||
    node.form === "constructor" ||
    node.form === "setter" ||
    isContextual(node, unit.parents.get(node))
  )
    return undefined;
  const what =
    node.form === "arrow" || node.form === "expression"
      ? "This function"
      : `The ${node.form === "declaration" ? "function" : node.form} \`${node.name?.text ?? ""}\``;
  const hint =
    node.form === "getter"
      ? "Write its type behind the parentheses: `get value(): i32`"
      : "Write it behind the parentheses, `void` if it returns nothing: `(): void`";
  return {
    start: node.head.start,
    end: node.head.end,
    message: `${what} has no return type`,
    hint,
  };
}

/** Declarations that AssemblyScript does not have. */
export const refusedDeclarations: readonly Row[] = [
  row("optional-parameter", ["parameter"], "", "", (node, { unit }) => {
    const parent = unit.parents.get(node);
    if (
      node.optional === undefined ||
      node.initializer !== undefined ||
      parent?.kind !== "function" ||
      parent.body === undefined
    )
      return undefined;
    const name = node.binding.kind === "name" ? node.binding.text : "value";
    const type = node.type === undefined ? "i32" : unit.source.slice(node.type);
    return {
      start: node.start,
      end: node.optional + 1,
      message: `The optional parameter \`${name}\` has no default value`,
      hint: `Give it one: \`${name}: ${type} = ...\``,
    };
  }),
  row("optional-property", ["field", "method"], "", "", (node) => {
    if (node.optional === undefined) return undefined;
    const { text } = node.name;
    return {
      start: node.name.start,
      end: node.optional + 1,
      message: `The member \`${text}\` cannot be optional`,
      hint: `Give it a type with \`null\`, \`${text}: T | null = null\`, or a default value`,
    };
  }),
  row(
    "overload",
    ["function"],
    "A function cannot have overloads",
    "Write one function for each, with names that tell them apart, or use default values",
    (node, { unit }) => {
      if (
        node.body !== undefined ||
        node.declared ||
        (node.form !== "declaration" && node.form !== "method" && node.form !== "constructor")
      )
        return undefined;
      const parent = unit.parents.get(node);
      const owner = parent?.kind === "method" ? ancestor(unit, node, isClass) : undefined;
      if (owner?.form === "interface" || (parent?.kind === "method" && owner === undefined))
        return undefined;
      return { start: node.head.start, end: node.head.end };
    },
  ),
  row("decorator", ["decorator"], "", "", (node, { unit }) => {
    const owner = unit.parents.get(node)?.kind;
    if (owner !== "parameter" && knownDecorators.has(node.name)) return undefined;
    const isWas = owner === "field" && node.name === "was";
    if (isWas && importsWas(unit)) return undefined;
    return {
      start: node.start,
      end: node.end,
      message: `The decorator \`@${node.name}\` would do nothing`,
      hint: isWas
        ? 'Import it: `import { was } from "thimble"`'
        : "Call the function yourself where its effect is wanted",
    };
  }),
  row(
    "static-block",
    ["static-block"],
    "A static block cannot be used here",
    "Give the static fields their values, or set them at module level behind the class",
    (node) => node,
  ),
  row(
    "computed-name",
    ["property-name"],
    "A computed name cannot be used here",
    "Write the name itself; for entries by key use a `Map`; for iteration write a method such as `at(index: i32)`",
    (node) => whole(node, node.form === "computed"),
  ),
  row(
    "quoted-name",
    ["property-name"],
    "A member needs a plain name here",
    "Write the name without quotes, beginning with a letter",
    (node, { unit }) => {
      const parent = unit.parents.get(node)?.kind;
      return whole(
        node,
        (node.form === "string" || node.form === "number") &&
          (parent === "field" || parent === "method" || parent === "enum-member"),
      );
    },
  ),
  row("signature", ["signature"], "", "", (node) => {
    if (node.key === "key") return undefined;
    const index = node.form === "index";
    const hint = index
      ? "Use a `Map<string, T>`"
      : "Use a function type: `type Handler = (value: i32) => void`";
    return {
      start: node.start,
      end: node.end,
      message: index
        ? "An index signature cannot be used here"
        : "A call signature cannot be used here",
      hint,
    };
  }),
  row("field-modifier", ["field"], "", "", (node) => {
    const modifier = node.modifiers.find((word) => word === "accessor" || word === "declare");
    return modifier === undefined
      ? undefined
      : {
          start: node.start,
          end: node.name.end,
          message: `A field cannot be \`${modifier}\` here`,
          hint: `Leave \`${modifier}\` out`,
        };
  }),
  row(
    "string-enum",
    ["enum-member"],
    "An enum member cannot be a string",
    "Let it be a number, and write a function with a `switch` that gives the text",
    (node) => {
      const value = node.value === undefined ? undefined : bare(node.value);
      return value !== undefined && (value.kind === "string" || value.kind === "template")
        ? value
        : undefined;
    },
  ),
  row("enum-index", ["index"], "", "", (node, { unit }) => {
    const object = bare(node.object);
    const declaration =
      object.kind === "identifier" ? unit.scopes.declarationOf.get(object) : undefined;
    if (declaration?.node.kind !== "enum") return undefined;
    if (bare(node.index).kind === "string")
      return {
        start: node.start,
        end: node.end,
        message: "An enum member cannot be named by a string",
        hint: `Write it with a dot: \`${declaration.name}.Name\``,
      };
    if (!declaration.node.constant) return undefined;
    return {
      start: node.start,
      end: node.end,
      message: "A `const enum` has no names to look up",
      hint: "Drop `const`, or write a function with a `switch` that gives the text",
    };
  }),
];

const knownDecorators = new Set(
  "inline global external unmanaged final lazy unsafe builtin operator operator.binary operator.prefix operator.postfix external.js".split(
    " ",
  ),
);

/** Whether the file has `was` from the SDK, with which a field of the state says what it was called before. */
function importsWas({ nodes }: Unit): boolean {
  return nodes.some(
    (node) =>
      node.kind === "import" &&
      node.from?.text === "thimble" &&
      node.names.some(({ text }) => text === "was"),
  );
}

/** Object literals make objects of a class, and only of one without a constructor. */
export const refusedLiterals: readonly Row[] = [
  row(
    "object-literal",
    ["declarator"],
    "An object literal needs a class here",
    "Declare a class with these fields and annotate: `const a: Point = { x: 1 }`",
    (node) => {
      const value =
        node.type === undefined && node.initializer !== undefined
          ? bare(node.initializer)
          : undefined;
      return value?.kind === "object" ? value : undefined;
    },
  ),
  row(
    "object-member",
    ["property"],
    "An object literal can only give fields their values",
    "Move the function into the class as a method",
    (node) => {
      const value = node.value.kind === "function" ? node.value : undefined;
      return value === undefined || value.form === "arrow" || value.form === "expression"
        ? undefined
        : node.name;
    },
  ),
];
