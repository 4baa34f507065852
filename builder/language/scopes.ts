import {
  bare,
  childrenOf,
  type Block,
  type Declarator,
  type Expression,
  type FunctionNode,
  type Identifier,
  type Name,
  type Node,
  type Parameter,
  type Pattern,
} from "./nodes.js";

/** What a name stands for in one file. */
export interface Declaration {
  readonly name: string;
  readonly kind:
    | "variable"
    | "constant"
    | "parameter"
    | "function"
    | "class"
    | "interface"
    | "enum"
    | "namespace"
    | "import"
    | "type"
    | "catch";
  readonly node: Node;
  /** The function whose local it is; undefined for what the module or a namespace holds, static for the program. */
  readonly owner: FunctionNode | undefined;
  /** True for variables of the module that live in a block of it, such as in a `for` loop: not static either. */
  readonly inBlock: boolean;
}

interface Scope {
  readonly parent: Scope | undefined;
  readonly owner: FunctionNode | undefined;
  readonly inBlock: boolean;
  readonly names: Map<string, Declaration>;
}

export interface Scopes {
  /** What an identifier used as a value means; undefined if the file does not declare it. */
  readonly declarationOf: ReadonlyMap<Identifier, Declaration>;
  /** All uses of one declaration. */
  readonly usesOf: ReadonlyMap<Declaration, readonly Identifier[]>;
  /** `this` and `super` where there is none: in functions inside members of a class. */
  readonly capturedThis: ReadonlySet<Node>;
  /** All names declared anywhere in the file, types and type parameters included. */
  readonly names: ReadonlySet<string>;
  /** The innermost function around a node; undefined at module level. */
  readonly functionOf: ReadonlyMap<Node, FunctionNode | undefined>;
}

interface Context {
  readonly scope: Scope;
  /** Innermost function. */
  readonly within: FunctionNode | undefined;
  /** Whether a class surrounds this, and whether a function stands between. */
  readonly self: "none" | "own" | "lost";
}

class Analysis implements Scopes {
  readonly declarationOf = new Map<Identifier, Declaration>();
  readonly usesOf = new Map<Declaration, Identifier[]>();
  readonly capturedThis = new Set<Node>();
  readonly names = new Set<string>();
  readonly functionOf = new Map<Node, FunctionNode | undefined>();

  visit(node: Node, context: Context): void {
    this.functionOf.set(node, context.within);
    switch (node.kind) {
      case "identifier":
        return this.use(node, context);
      case "keyword":
        if ((node.name === "this" || node.name === "super") && context.self === "lost")
          this.capturedThis.add(node);
        return;
      case "function":
        return this.function(node, context);
      case "class":
        return this.children(node, { ...context, self: "own" });
      case "block":
      case "for":
      case "for-each":
      case "switch":
      case "try":
        return this.block(node, context);
      case "type-parameter":
        this.names.add(node.name);
        return this.children(node, context);
      case "namespace":
        return this.inside(node.body, {
          ...context,
          scope: { ...this.open(context), inBlock: context.scope.inBlock },
        });
      default:
        return this.children(node, context);
    }
  }

  private children(node: Node, context: Context): void {
    for (const child of childrenOf(node)) this.visit(child, context);
  }

  private open(context: Context): Scope {
    return { parent: context.scope, owner: context.within, inBlock: true, names: new Map() };
  }

  private block(node: Node, context: Context): void {
    this.inside(node, { ...context, scope: this.open(context) });
  }

  /** Declares what stands directly in the node, then visits it: names hold in the whole block. */
  inside(node: Node, context: Context): void {
    for (const child of childrenOf(node)) this.declare(child, context.scope);
    this.functionOf.set(node, context.within);
    this.children(node, context);
  }

  private declare(node: Node, scope: Scope): void {
    switch (node.kind) {
      case "variables":
        for (const declarator of node.declarators)
          this.bind(
            declarator.binding,
            node.form === "const" ? "constant" : "variable",
            declarator,
            scope,
          );
        return;
      case "function":
        if (node.form === "declaration" && node.name !== undefined)
          this.add(node.name.text, "function", node, scope);
        return;
      case "class":
        if (node.form !== "expression" && node.name !== undefined)
          this.add(node.name.text, node.form === "interface" ? "interface" : "class", node, scope);
        return;
      case "enum":
      case "namespace":
        return this.add(node.name.text, node.kind, node, scope);
      case "type-alias":
        return this.add(node.name.text, "type", node, scope);
      case "import":
        for (const name of node.names) this.add(name.text, "import", node, scope);
        return;
      case "case":
        for (const statement of node.statements) this.declare(statement, scope);
        return;
      default:
    }
  }

  private bind(
    binding: Name | Pattern,
    kind: Declaration["kind"],
    node: Declarator | Parameter | Node,
    scope: Scope,
  ): void {
    for (const name of binding.kind === "name" ? [binding] : binding.names)
      this.add(name.text, kind, node, scope);
  }

  private add(name: string, kind: Declaration["kind"], node: Node, scope: Scope): void {
    const declaration: Declaration = {
      name,
      kind,
      node,
      owner: scope.owner,
      inBlock: scope.inBlock,
    };
    this.names.add(name);
    // Of an interface and a value of one name, the value is what expressions mean.
    const before = scope.names.get(name);
    if (before === undefined || before.kind === "interface" || before.kind === "type")
      scope.names.set(name, declaration);
  }

  private function(node: FunctionNode, context: Context): void {
    const member =
      node.form === "method" ||
      node.form === "getter" ||
      node.form === "setter" ||
      node.form === "constructor";
    const self = context.self === "none" ? "none" : member ? "own" : "lost";
    const scope: Scope = { parent: context.scope, owner: node, inBlock: false, names: new Map() };
    const inner: Context = { scope, within: node, self };
    for (const parameter of node.parameters)
      this.bind(parameter.binding, "parameter", parameter, scope);
    for (const child of childrenOf(node)) {
      if (child === node.body && child.kind === "block") this.inside(child, inner);
      else this.visit(child, child.kind === "decorator" ? context : inner);
    }
  }

  private use(identifier: Identifier, context: Context): void {
    let scope: Scope | undefined = context.scope;
    while (scope !== undefined && !scope.names.has(identifier.name)) scope = scope.parent;
    const declaration = scope?.names.get(identifier.name);
    if (declaration === undefined) return;
    this.declarationOf.set(identifier, declaration);
    const list = this.usesOf.get(declaration);
    if (list === undefined) this.usesOf.set(declaration, [identifier]);
    else list.push(identifier);
  }
}

/** Resolves every name of a file. AssemblyScript scopes `var` like `let`, and so does this. */
export function resolveScopes(module: Block): Scopes {
  const analysis = new Analysis();
  const scope: Scope = { parent: undefined, owner: undefined, inBlock: false, names: new Map() };
  analysis.inside(module, { scope, within: undefined, self: "none" });
  return analysis;
}

/**
 * Whether a local constant is known when the program is compiled, so that functions inside may use it:
 * numbers, a string, null, a function of its own, and arithmetic of numbers. Unknown counts as constant.
 */
export function isCompileTimeConstant(
  declaration: Declaration,
  scopes: Scopes,
  depth = 0,
): boolean {
  if (
    declaration.kind === "enum" ||
    declaration.kind === "class" ||
    declaration.kind === "namespace" ||
    declaration.kind === "interface" ||
    declaration.kind === "type"
  )
    return true;
  if (
    declaration.kind !== "constant" ||
    declaration.node.kind !== "declarator" ||
    declaration.node.binding.kind !== "name"
  )
    return false;
  const known = constants.get(declaration);
  if (known !== undefined) return known;
  const { initializer } = declaration.node;
  // What names itself in a circle is no constant; a chain too long to follow counts as one.
  constants.set(declaration, false);
  const result =
    initializer !== undefined && (depth > 200 || isConstant(initializer, scopes, depth + 1));
  constants.set(declaration, result);
  return result;
}

const constants = new WeakMap<Declaration, boolean>();

function isConstant(expression: Expression, scopes: Scopes, depth: number): boolean {
  const node = bare(expression);
  const all = (parts: readonly Expression[]): boolean =>
    parts.every((part) => isConstant(part, scopes, depth));
  switch (node.kind) {
    case "number":
    case "string":
    case "function":
      return true;
    case "keyword":
      return node.name === "null" || node.name === "true" || node.name === "false";
    case "template":
      return node.substitutions.length === 0 && node.tag === undefined;
    case "unary":
      return all([node.operand]);
    case "binary":
      return (
        node.operator !== "**" &&
        all([node.left, node.right]) &&
        !isText(node.left) &&
        !isText(node.right)
      );
    case "conditional":
      return all([node.test, node.yes, node.no]);
    case "cast":
      return all([node.value]);
    case "identifier": {
      const declaration = scopes.declarationOf.get(node);
      return (
        declaration === undefined ||
        declaration.kind === "import" ||
        (declaration.kind === "function" && declaration.owner === undefined) ||
        isCompileTimeConstant(declaration, scopes, depth)
      );
    }
    case "member":
      return bare(node.object).kind === "identifier" && isConstant(node.object, scopes, depth);
    case "call":
      return isBuiltinCall(node.callee, scopes) && all(node.arguments);
    default:
      return false;
  }
}

function isText(expression: Expression): boolean {
  const { kind } = bare(expression);
  return kind === "string" || kind === "template";
}

/** `sizeof<T>()`, `i32(3)` and the like: lower-case functions of the language that the file does not declare. */
function isBuiltinCall(callee: Expression, scopes: Scopes): boolean {
  return (
    callee.kind === "identifier" &&
    !scopes.declarationOf.has(callee) &&
    /^(?:sizeof|alignof|offsetof|nameof|idof|is[A-Z]\w*|[iuf]\d+|bool|isize|usize)$/.test(
      callee.name,
    )
  );
}
