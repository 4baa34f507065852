/** The light syntax tree of the language check. Every node has its place in the source; names of kinds are TypeScript's own terms. */

interface Place {
  /** Offsets in UTF-16 code units; `end` is behind the last. */
  readonly start: number;
  readonly end: number;
}

export interface Name extends Place {
  readonly kind: "name";
  readonly text: string;
}
/** A destructuring pattern: what it declares and the expressions inside it. */
export interface Pattern extends Place {
  readonly kind: "pattern";
  readonly form: "object" | "array";
  readonly names: readonly Name[];
  readonly defaults: readonly Expression[];
}
export interface PropertyName extends Place {
  readonly kind: "property-name";
  readonly form: "identifier" | "string" | "number" | "computed" | "private";
  readonly text: string;
  readonly expression?: Expression;
}
export interface Decorator extends Place {
  readonly kind: "decorator";
  readonly name: string;
  readonly arguments: readonly Expression[];
}

// Types

export interface TypeReference extends Place {
  readonly kind: "type-reference";
  /** Dotted: `i32`, `settings.Target`. */
  readonly name: string;
  readonly arguments: readonly Type[];
}
export interface UnionType extends Place {
  readonly kind: "union-type";
  readonly members: readonly Type[];
}
export interface ArrayType extends Place {
  readonly kind: "array-type";
  readonly element: Type;
}
export interface FunctionType extends Place {
  readonly kind: "function-type";
  readonly constructs: boolean;
  readonly parameters: readonly Parameter[];
  readonly result: Type;
}
export interface LiteralType extends Place {
  readonly kind: "literal-type";
  readonly form: "string" | "number" | "template";
}
/** Types that exist only in TypeScript. */
export interface OtherType extends Place {
  readonly kind: "other-type";
  readonly form:
    | "object"
    | "tuple"
    | "mapped"
    | "conditional"
    | "keyof"
    | "typeof"
    | "indexed"
    | "intersection"
    | "predicate"
    | "import"
    | "infer"
    | "unique";
  readonly parts: readonly Type[];
}
export type Type = TypeReference | UnionType | ArrayType | FunctionType | LiteralType | OtherType;
export interface TypeParameter extends Place {
  readonly kind: "type-parameter";
  readonly name: string;
  readonly constraint?: Type;
  readonly fallback?: Type;
}

// Expressions

export interface Identifier extends Place {
  readonly kind: "identifier";
  readonly name: string;
}
export interface NumberLiteral extends Place {
  readonly kind: "number";
  readonly text: string;
  readonly bigint: boolean;
}
export interface StringLiteral extends Place {
  readonly kind: "string";
}
export interface Template extends Place {
  readonly kind: "template";
  readonly substitutions: readonly Expression[];
  readonly tag?: Expression;
}
export interface RegularExpression extends Place {
  readonly kind: "regexp";
}
export interface Keyword extends Place {
  readonly kind: "keyword";
  readonly name: "this" | "super" | "null" | "true" | "false" | "new.target" | "import.meta";
}
export interface ArrayLiteral extends Place {
  readonly kind: "array";
  /** A hole is `undefined`. */
  readonly elements: readonly (Expression | undefined)[];
}
export interface Property extends Place {
  readonly kind: "property";
  readonly name: PropertyName;
  /** A method has a function as its value. */
  readonly value: Expression;
}
export interface ObjectLiteral extends Place {
  readonly kind: "object";
  readonly properties: readonly (Property | Spread)[];
}
export interface Spread extends Place {
  readonly kind: "spread";
  readonly value: Expression;
}
export interface Unary extends Place {
  readonly kind: "unary";
  readonly operator: string;
  readonly operand: Expression;
}
export interface Update extends Place {
  readonly kind: "update";
  readonly operand: Expression;
}
export interface Binary extends Place {
  readonly kind: "binary";
  readonly operator: string;
  readonly operatorStart: number;
  readonly left: Expression;
  readonly right: Expression;
}
export interface Assignment extends Place {
  readonly kind: "assignment";
  readonly operator: string;
  readonly operatorStart: number;
  readonly target: Expression;
  readonly value: Expression;
}
export interface Conditional extends Place {
  readonly kind: "conditional";
  readonly test: Expression;
  readonly yes: Expression;
  readonly no: Expression;
}
export interface Call extends Place {
  readonly kind: "call";
  readonly callee: Expression;
  readonly typeArguments: readonly Type[];
  readonly arguments: readonly Expression[];
  readonly constructs: boolean;
  /** Offset of a `?.` before the arguments. */
  readonly optional?: number;
}
export interface Member extends Place {
  readonly kind: "member";
  readonly object: Expression;
  readonly name: Name;
  /** Offset of the `?.`, where there is one. */
  readonly optional?: number;
}
export interface Index extends Place {
  readonly kind: "index";
  readonly object: Expression;
  readonly index: Expression;
  readonly optional?: number;
}
export interface Cast extends Place {
  readonly kind: "cast";
  readonly form: "as" | "as const" | "angle" | "satisfies" | "non-null";
  readonly value: Expression;
  readonly type?: Type;
  readonly operatorStart: number;
}
export interface Sequence extends Place {
  readonly kind: "sequence";
  readonly values: readonly Expression[];
}
export interface Parenthesized extends Place {
  readonly kind: "parenthesized";
  readonly value: Expression;
}
export interface Suspension extends Place {
  readonly kind: "suspension";
  readonly form: "await" | "yield";
  readonly value?: Expression;
}
export interface DynamicImport extends Place {
  readonly kind: "dynamic-import";
  readonly arguments: readonly Expression[];
}
export type Expression =
  | Identifier
  | NumberLiteral
  | StringLiteral
  | Template
  | RegularExpression
  | Keyword
  | ArrayLiteral
  | ObjectLiteral
  | Spread
  | Unary
  | Update
  | Binary
  | Assignment
  | Conditional
  | Call
  | Member
  | Index
  | Cast
  | Sequence
  | Parenthesized
  | Suspension
  | DynamicImport
  | FunctionNode
  | ClassNode;

// Functions and classes

export interface Parameter extends Place {
  readonly kind: "parameter";
  readonly binding: Name | Pattern;
  readonly modifiers: readonly string[];
  readonly decorators: readonly Decorator[];
  readonly rest: boolean;
  /** Offset of the `?`, where there is one. */
  readonly optional?: number;
  readonly type?: Type;
  readonly initializer?: Expression;
}
export interface FunctionNode extends Place {
  readonly kind: "function";
  readonly form:
    | "declaration"
    | "expression"
    | "arrow"
    | "method"
    | "getter"
    | "setter"
    | "constructor";
  readonly name?: Name;
  /** The name, or the word or arrow that makes it a function: where to point. */
  readonly head: Place;
  /** Place of the word `async`. */
  readonly async?: Place;
  /** Place of the `*`. */
  readonly generator?: Place;
  readonly declared: boolean;
  readonly decorators: readonly Decorator[];
  readonly typeParameters: readonly TypeParameter[];
  readonly parameters: readonly Parameter[];
  readonly returnType?: Type;
  readonly body?: Block | Expression;
}
export interface Field extends Place {
  readonly kind: "field";
  readonly name: PropertyName;
  readonly modifiers: readonly string[];
  readonly decorators: readonly Decorator[];
  readonly optional?: number;
  readonly type?: Type;
  readonly initializer?: Expression;
}
export interface Method extends Place {
  readonly kind: "method";
  readonly name: PropertyName;
  readonly modifiers: readonly string[];
  readonly optional?: number;
  readonly function: FunctionNode;
}
export interface StaticBlock extends Place {
  readonly kind: "static-block";
  readonly body: Block;
}
export interface Signature extends Place {
  readonly kind: "signature";
  readonly form: "index" | "call";
  /** The name of the index: AssemblyScript reads over one that is called `key`. */
  readonly key: string;
  readonly types: readonly Type[];
}
export type ClassMember = Field | Method | StaticBlock | Signature;
export interface ClassNode extends Place {
  readonly kind: "class";
  readonly form: "declaration" | "expression" | "interface";
  readonly name?: Name;
  readonly decorators: readonly Decorator[];
  readonly typeParameters: readonly TypeParameter[];
  readonly extends: readonly Type[];
  readonly implements: readonly Type[];
  readonly members: readonly ClassMember[];
}

// Statements

export interface Block extends Place {
  readonly kind: "block";
  readonly statements: readonly Statement[];
}
export interface Declarator extends Place {
  readonly kind: "declarator";
  readonly binding: Name | Pattern;
  readonly type?: Type;
  readonly initializer?: Expression;
}
export interface Variables extends Place {
  readonly kind: "variables";
  readonly form: "let" | "const" | "var";
  readonly declared: boolean;
  readonly declarators: readonly Declarator[];
}
export interface ExpressionStatement extends Place {
  readonly kind: "expression-statement";
  readonly value: Expression;
}
export interface If extends Place {
  readonly kind: "if";
  readonly test: Expression;
  readonly yes: Statement;
  readonly no?: Statement;
}
export interface For extends Place {
  readonly kind: "for";
  readonly first?: Variables | Expression;
  readonly test?: Expression;
  readonly step?: Expression;
  readonly body: Statement;
}
export interface ForEach extends Place {
  readonly kind: "for-each";
  readonly form: "of" | "in";
  readonly awaits: boolean;
  /** Place of the word `of` or `in`. */
  readonly word: Place;
  readonly target: Variables | Expression;
  readonly value: Expression;
  readonly body: Statement;
}
export interface While extends Place {
  readonly kind: "while";
  readonly test: Expression;
  readonly body: Statement;
}
/** `return` and `throw`. */
export interface Leave extends Place {
  readonly kind: "leave";
  readonly form: "return" | "throw";
  readonly value?: Expression;
}
export interface Jump extends Place {
  readonly kind: "jump";
}
export interface Try extends Place {
  readonly kind: "try";
  readonly block: Block;
  readonly binding?: Name | Pattern;
  readonly handler?: Block;
  readonly finalizer?: Block;
}
export interface Switch extends Place {
  readonly kind: "switch";
  readonly value: Expression;
  readonly cases: readonly Case[];
}
export interface Case extends Place {
  readonly kind: "case";
  readonly test?: Expression;
  readonly statements: readonly Statement[];
}
export interface Labeled extends Place {
  readonly kind: "labeled";
  readonly label: Name;
  readonly body: Statement;
}
export interface With extends Place {
  readonly kind: "with";
  readonly value: Expression;
  readonly body: Statement;
}
export interface Debugger extends Place {
  readonly kind: "debugger";
}
export interface EnumMember extends Place {
  readonly kind: "enum-member";
  readonly name: PropertyName;
  readonly value?: Expression;
}
export interface Enum extends Place {
  readonly kind: "enum";
  readonly constant: boolean;
  readonly name: Name;
  readonly members: readonly EnumMember[];
}
export interface TypeAlias extends Place {
  readonly kind: "type-alias";
  readonly name: Name;
  readonly typeParameters: readonly TypeParameter[];
  readonly type: Type;
}
export interface Namespace extends Place {
  readonly kind: "namespace";
  readonly name: Name;
  readonly body: Block;
}
/** `import`, and `export ... from`. */
export interface Import extends Place {
  readonly kind: "import";
  readonly names: readonly Name[];
  /** Place of a word `type` in it. */
  readonly typeOnly?: Place;
  /** The quoted path. */
  readonly from?: Name;
  /** `import x = require("y")`. */
  readonly equals: boolean;
}
export interface Export extends Place {
  readonly kind: "export";
  /** Place of a word `type` in it. */
  readonly typeOnly?: Place;
  /** `export default value`, `export { a }`. */
  readonly values: readonly Expression[];
}
/** What the parser could not read; the compiler will say why. */
export interface Unparsed extends Place {
  readonly kind: "unparsed";
}
export type Statement =
  | Block
  | Variables
  | ExpressionStatement
  | If
  | For
  | ForEach
  | While
  | Leave
  | Jump
  | Try
  | Switch
  | Labeled
  | With
  | Debugger
  | Enum
  | TypeAlias
  | Namespace
  | Import
  | Export
  | FunctionNode
  | ClassNode
  | Unparsed;

export type Node =
  | Statement
  | Expression
  | Type
  | Name
  | Pattern
  | PropertyName
  | Decorator
  | TypeParameter
  | Parameter
  | Property
  | ClassMember
  | Declarator
  | Case
  | EnumMember;

const leaves = new Set<Node["kind"]>([
  "identifier",
  "name",
  "number",
  "string",
  "keyword",
  "regexp",
  "literal-type",
  "jump",
  "debugger",
  "unparsed",
]);
const none: readonly Node[] = [];
const known = new WeakMap<Node, readonly Node[]>();

/** The nodes directly below a node, in source order as far as the fields are. */
export function childrenOf(node: Node): readonly Node[] {
  if (leaves.has(node.kind)) return none;
  const before = known.get(node);
  if (before !== undefined) return before;
  const children: Node[] = [];
  for (const key in node) {
    const value: unknown = node[key as keyof Node];
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) if (isNode(item)) children.push(item);
    } else if (isNode(value)) children.push(value);
  }
  known.set(node, children);
  return children;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "kind" in value;
}

/** The expression without parentheses around it. */
export function bare(expression: Expression): Expression {
  while (expression.kind === "parenthesized") expression = expression.value;
  return expression;
}
