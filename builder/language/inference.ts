import {
  bare,
  type Binary,
  type Call,
  type ClassMember,
  type Expression,
  type FunctionNode,
  type Identifier,
  type Member,
  type Node,
  type Type,
} from "./nodes.js";
import type { Declaration } from "./scopes.js";
import { ancestor, isClass, type Unit } from "./unit.js";

/** A type that is certain. What is not certain is `undefined` and leads to no finding. */
export interface Known {
  /** `i32`, `f64`, `bool`, `string`, `Array`, or the name of a class. */
  readonly name: string;
  readonly arguments: readonly (Known | undefined)[];
  readonly nullable: boolean;
  /** Where a number type comes from: written by somebody, a literal, or a variable that took it from a literal. */
  readonly origin: "written" | "literal" | "variable";
}

const aliases: Readonly<Record<string, string>> = {
  number: "f64",
  boolean: "bool",
  String: "string",
};
const integers = new Set(["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize"]);
const floats = new Set(["f32", "f64"]);
const elements: Readonly<Record<string, string>> = {
  Int8Array: "i8", Int16Array: "i16", Int32Array: "i32", Int64Array: "i64", Uint8Array: "u8", Uint8ClampedArray: "u8",
  Uint16Array: "u16", Uint32Array: "u32", Uint64Array: "u64", Float32Array: "f32", Float64Array: "f64",
}; // prettier-ignore
const comparisons = new Set(["==", "!=", "===", "!==", "<", ">", "<=", ">=", "instanceof", "in"]);
const stringMethods = new Set(
  "toString toUpperCase toLowerCase trim trimStart trimEnd padStart padEnd repeat replace replaceAll substring substr slice charAt concat join".split(
    " ",
  ),
);
/** Expressions in which literals take the type their place asks for. */
const followsPlace = new Set(["number", "unary", "binary", "conditional"]);
/** Constants that name constants are followed no deeper than this. */
const depthMax = 600;
const sameArrayMethods = new Set(["slice", "filter", "concat", "reverse", "sort", "fill"]);

export function isInteger(type: Known | undefined): boolean {
  return type !== undefined && integers.has(type.name);
}

export function isFloat(type: Known | undefined): boolean {
  return type !== undefined && floats.has(type.name);
}

export function isNumeric(type: Known | undefined): boolean {
  return isInteger(type) || isFloat(type);
}

export function isString(type: Known | undefined): boolean {
  return type?.name === "string";
}

/** The type of the elements of an array, typed array or static array. */
export function elementOf(type: Known | undefined): Known | undefined {
  if (type === undefined) return undefined;
  if (type.name === "Array" || type.name === "StaticArray") return type.arguments[0];
  const element = elements[type.name];
  return element === undefined ? undefined : known(element);
}

export function isList(type: Known | undefined): boolean {
  return (
    type !== undefined &&
    (type.name === "Array" || type.name === "StaticArray" || Object.hasOwn(elements, type.name))
  );
}

function known(
  name: string,
  args: readonly (Known | undefined)[] = [],
  origin: Known["origin"] = "written",
): Known {
  return { name, arguments: args, nullable: false, origin };
}

/** Types of expressions of one file, as far as the file itself tells them. */
export class Types {
  private readonly ofDeclaration = new Map<Declaration, Known | undefined>();
  private depth = 0;
  private readonly ofExpression = new Map<Expression, Known | undefined>();

  constructor(private readonly unit: Unit) {}

  /** What an annotation means; a type parameter means nothing certain. */
  read(type: Type | undefined, depth = 0): Known | undefined {
    if (type === undefined || depth > 20) return undefined;
    if (type.kind === "array-type") return known("Array", [this.read(type.element, depth + 1)]);
    if (type.kind === "union-type") {
      const rest = type.members.filter(
        (member) => !(member.kind === "type-reference" && member.name === "null"),
      );
      const only =
        rest.length === 1 && rest.length < type.members.length
          ? this.read(rest[0], depth + 1)
          : undefined;
      return only === undefined ? undefined : { ...only, nullable: true };
    }
    if (type.kind !== "type-reference") return undefined;
    if (this.unit.scopes.names.has(type.name)) return this.readDeclared(type.name, depth);
    return known(
      Object.hasOwn(aliases, type.name) ? aliases[type.name]! : type.name,
      type.arguments.map((argument) => this.read(argument, depth + 1)),
    );
  }

  private readDeclared(name: string, depth: number): Known | undefined {
    const { classes, enums, aliases: own } = this.unit.declared;
    const alias = own.get(name);
    if (alias !== undefined)
      return alias.typeParameters.length > 0 ? undefined : this.read(alias.type, depth + 1);
    if (enums.has(name)) return known("i32");
    return classes.has(name) ? known(name) : undefined;
  }

  /** The type of an expression, where `expected` is the type its place asks for: literals follow it. */
  of(expression: Expression, expected?: Known): Known | undefined {
    const node = bare(expression);
    const follows = expected !== undefined && followsPlace.has(node.kind);
    if (!follows && this.ofExpression.has(node)) return this.ofExpression.get(node);
    if (this.depth >= depthMax) return undefined;
    this.depth++;
    const type = this.infer(node, expected);
    this.depth--;
    if (!follows) this.ofExpression.set(node, type);
    return type;
  }

  private infer(node: Expression, expected: Known | undefined): Known | undefined {
    switch (node.kind) {
      case "number":
        return literalType(node.text, expected);
      case "string":
        return known("string");
      case "template":
        return node.tag === undefined ? known("string") : undefined;
      case "keyword":
        if (node.name === "this") return this.self(node);
        return node.name === "true" || node.name === "false" ? known("bool") : undefined;
      case "array":
        return this.array(node.elements);
      case "identifier":
        return this.identifier(node);
      case "unary":
        if (
          node.operator === "-" &&
          node.operand.kind === "number" &&
          !isNumeric(expected) &&
          node.operand.text === "2147483648"
        )
          return known("i32", [], "literal");
        return node.operator === "!"
          ? known("bool")
          : node.operator === "typeof"
            ? known("string")
            : node.operator === "void"
              ? undefined
              : this.of(node.operand, expected);
      case "update":
        return this.of(node.operand);
      case "binary":
        return this.binary(node, expected);
      case "assignment":
        return this.of(node.target);
      case "conditional":
        return this.conditional(node.yes, node.no, expected);
      case "cast":
        return this.cast(node.value, node.type, node.form === "non-null");
      case "call":
        return this.call(node);
      case "member":
        return this.member(node);
      case "index":
        return this.index(this.of(node.object));
      default:
        return undefined;
    }
  }

  private self(node: Node): Known | undefined {
    const name = ancestor(this.unit, node, isClass)?.name?.text;
    return name === undefined ? undefined : known(name);
  }

  private array(items: readonly (Expression | undefined)[]): Known | undefined {
    const first = items[0];
    const element = first === undefined ? undefined : this.of(first);
    return known("Array", [element === undefined ? undefined : fromVariable(element)]);
  }

  private identifier(node: Identifier): Known | undefined {
    const declaration = this.unit.scopes.declarationOf.get(node);
    if (declaration === undefined)
      return node.name === "NaN" || node.name === "Infinity" ? known("f64") : undefined;
    if (!this.ofDeclaration.has(declaration)) {
      // Guards against `const a = a + 1`.
      this.ofDeclaration.set(declaration, undefined);
      this.ofDeclaration.set(declaration, this.declaration(declaration));
    }
    return this.ofDeclaration.get(declaration);
  }

  private declaration({ node }: Declaration): Known | undefined {
    if ((node.kind !== "declarator" && node.kind !== "parameter") || node.binding.kind !== "name")
      return undefined;
    if (node.type !== undefined) return this.read(node.type);
    if (node.initializer === undefined) return undefined;
    const type = this.of(node.initializer);
    return type === undefined ? undefined : fromVariable(type);
  }

  private binary(node: Binary, expected: Known | undefined): Known | undefined {
    if (comparisons.has(node.operator)) return known("bool");
    const left = this.of(node.left, expected);
    if (node.operator === "&&" || node.operator === "||" || node.operator === "??") return left;
    const right = this.of(node.right, left);
    if (node.operator === "+" && (isString(left) || isString(right))) return known("string");
    if (!isNumeric(left) || !isNumeric(right)) return undefined;
    const origins = [left!.origin, right!.origin];
    const origin = origins.includes("written")
      ? "written"
      : origins.includes("variable")
        ? "variable"
        : "literal";
    if (left!.name === right!.name) return { ...left!, origin };
    if (isFloat(left) || isFloat(right))
      return known(left!.name === "f32" && right!.name === "f32" ? "f32" : "f64");
    const wide = [left!, right!].find((type) => type.name === "i64" || type.name === "u64");
    return wide ?? { ...left!, origin };
  }

  private conditional(
    yes: Expression,
    no: Expression,
    expected: Known | undefined,
  ): Known | undefined {
    const [first, second] = [this.of(yes, expected), this.of(no, expected)];
    return first !== undefined && first.name === second?.name
      ? { ...first, nullable: first.nullable || second.nullable }
      : undefined;
  }

  private cast(value: Expression, type: Type | undefined, nonNull: boolean): Known | undefined {
    if (!nonNull) return this.read(type);
    const inner = this.of(value);
    return inner === undefined ? undefined : { ...inner, nullable: false };
  }

  private index(list: Known | undefined): Known | undefined {
    return isString(list) ? known("string") : elementOf(list);
  }

  private call(node: Call): Known | undefined {
    const callee = bare(node.callee);
    if (node.constructs)
      return callee.kind === "identifier" ? this.created(callee, node) : undefined;
    if (callee.kind === "identifier") return this.called(callee);
    return callee.kind === "member" ? this.method(callee) : undefined;
  }

  private created(callee: Identifier, node: Call): Known | undefined {
    const declaration = this.unit.scopes.declarationOf.get(callee);
    if (declaration !== undefined)
      return declaration.kind === "class" && this.unit.declared.classes.has(callee.name)
        ? known(callee.name)
        : undefined;
    return known(
      callee.name,
      node.typeArguments.map((argument) => this.read(argument)),
    );
  }

  private called(callee: Identifier): Known | undefined {
    const declaration = this.unit.scopes.declarationOf.get(callee);
    if (declaration === undefined) {
      if (integers.has(callee.name) || floats.has(callee.name) || callee.name === "bool")
        return known(callee.name);
      return callee.name === "parseInt" || callee.name === "parseFloat" ? known("f64") : undefined;
    }
    const target = functionOf(declaration);
    return target === undefined ? undefined : this.read(target.returnType);
  }

  private method(callee: Member): Known | undefined {
    const { object, name } = callee;
    if (this.isGlobal(object, "Math")) return known("f64");
    const member = this.memberOf(object, name.text);
    if (member !== undefined)
      return member.kind === "method" ? this.read(member.function.returnType) : undefined;
    const type = this.of(object);
    if (type === undefined || this.unit.declared.classes.has(type.name)) return undefined;
    if (
      stringMethods.has(name.text) &&
      (isString(type) ||
        isNumeric(type) ||
        ((name.text === "toString" || name.text === "join") && isList(type)))
    )
      return known("string");
    if (isList(type)) {
      if (sameArrayMethods.has(name.text)) return type;
      if (name.text === "pop" || name.text === "shift" || name.text === "at")
        return elementOf(type);
      return name.text === "indexOf" || name.text === "push" || name.text === "findIndex"
        ? known("i32")
        : undefined;
    }
    return collectionMethod(type, name.text);
  }

  private member(node: Member): Known | undefined {
    const object = bare(node.object);
    if (this.isGlobal(object, "Math")) return known("f64");
    if (object.kind === "identifier" && this.unit.scopes.declarationOf.get(object)?.kind === "enum")
      return known("i32");
    const member = this.memberOf(object, node.name.text);
    if (member !== undefined) {
      if (member.kind === "field") return this.read(member.type);
      return member.kind === "method" && member.function.form === "getter"
        ? this.read(member.function.returnType)
        : undefined;
    }
    const type = this.of(object);
    if (node.name.text === "length" && (isString(type) || isList(type))) return known("i32");
    return node.name.text === "size" && (type?.name === "Map" || type?.name === "Set")
      ? known("i32")
      : undefined;
  }

  private isGlobal(node: Expression, name: string): boolean {
    return (
      node.kind === "identifier" && node.name === name && !this.unit.scopes.declarationOf.has(node)
    );
  }

  /** The member of a class of this file that `object.name` means. */
  memberOf(object: Expression, name: string): ClassMember | undefined {
    const node = bare(object);
    const declaration =
      node.kind === "identifier" ? this.unit.scopes.declarationOf.get(node) : undefined;
    const isStatic = declaration?.kind === "class";
    const type = isStatic ? known(declaration.name) : this.of(node);
    if (type === undefined) return undefined;
    let target = this.unit.declared.classes.get(type.name);
    for (let depth = 0; target !== undefined && depth < 20; depth++) {
      const found = target.members.find(
        (member) =>
          (member.kind === "field" || member.kind === "method") &&
          member.name.text === name &&
          member.modifiers.includes("static") === isStatic,
      );
      if (found !== undefined) return found;
      const [parent]: readonly Type[] = target.extends;
      target =
        parent?.kind === "type-reference" ? this.unit.declared.classes.get(parent.name) : undefined;
    }
    return undefined;
  }

  /** Types the parameters of a called function or constructor of this file expect. */
  parameterTypes(node: Call): readonly (Known | undefined)[] | undefined {
    const callee = bare(node.callee);
    const target = this.target(node, callee);
    return target?.parameters.map((parameter) =>
      parameter.rest ? undefined : this.read(parameter.type),
    );
  }

  private target(node: Call, callee: Expression): FunctionNode | undefined {
    if (callee.kind === "member") {
      const member = this.memberOf(callee.object, callee.name.text);
      return member?.kind === "method" ? member.function : undefined;
    }
    if (callee.kind !== "identifier") return undefined;
    const declaration = this.unit.scopes.declarationOf.get(callee);
    if (declaration === undefined) return undefined;
    if (!node.constructs) return functionOf(declaration);
    const target =
      declaration.kind === "class" ? this.unit.declared.classes.get(declaration.name) : undefined;
    const found = target?.members.find(
      (member) => member.kind === "method" && member.function.form === "constructor",
    );
    return found?.kind === "method" ? found.function : undefined;
  }
}

/** The function a declaration names: a function declaration, or a constant that holds one. */
export function functionOf(declaration: Declaration): FunctionNode | undefined {
  if (declaration.node.kind === "function") return declaration.node;
  if (
    declaration.kind !== "constant" ||
    declaration.node.kind !== "declarator" ||
    declaration.node.initializer === undefined
  )
    return undefined;
  const value = bare(declaration.node.initializer);
  return value.kind === "function" ? value : undefined;
}

function fromVariable(type: Known): Known {
  return type.origin === "literal" ? { ...type, origin: "variable" } : type;
}

/** AssemblyScript's rule: a literal takes the number type its place asks for, else the first of i32, u32, i64 that holds it, or f64. */
function literalType(text: string, expected: Known | undefined): Known {
  const radix = /^0[xXoObB]/.test(text);
  if (!radix && /[.eE]/.test(text))
    return known(expected?.name === "f32" ? "f32" : "f64", [], "literal");
  if (isNumeric(expected)) return { ...expected!, nullable: false };
  const value = Number(text.replaceAll("_", ""));
  return known(value <= 0x7fffffff ? "i32" : value <= 0xffffffff ? "u32" : "i64", [], "literal");
}

function collectionMethod(type: Known, name: string): Known | undefined {
  if (type.name !== "Map" && type.name !== "Set") return undefined;
  if (name === "get" && type.name === "Map") return type.arguments[1];
  if (name === "has" || name === "delete") return known("bool");
  if (name === "keys") return known("Array", [type.arguments[0]]);
  return name === "values"
    ? known("Array", [type.arguments[type.arguments.length - 1]])
    : undefined;
}
