import {
  CallExpression,
  ClassDeclaration,
  DecoratorNode,
  FieldDeclaration,
  IdentifierExpression,
  NewExpression,
  Node,
  PropertyAccessExpression,
  VariableStatement,
  type Element,
  type Expression,
  type File,
  type NamedTypeNode,
  type Program,
} from "assemblyscript";

/** Where an app uses what has to do with state. */
export interface Uses {
  /** Of `persistent`; `isConstant`: at the top level of a module, as the value of a constant. */
  readonly calls: readonly {
    readonly node: CallExpression;
    readonly file: File;
    readonly isConstant: boolean;
  }[];
  /** `new Element()`. */
  readonly objects: readonly { readonly node: NewExpression; readonly element: Element }[];
  /** `extends Element`. */
  readonly parents: readonly { readonly node: NamedTypeNode; readonly element: Element }[];
  /** `@was`; `owner` is the class at whose field it stands. */
  readonly names: readonly {
    readonly node: DecoratorNode;
    readonly owner: ClassDeclaration | undefined;
  }[];
}

/** Names that the compiler's program has for what the SDK exports. */
const persistentName = "~lib/thimble/state/persistent";
const wasName = "~lib/thimble/state/was";

export function findUses(program: Program): Uses {
  const uses = { calls: [], objects: [], parents: [], names: [] };
  for (const source of program.sources) {
    const file = program.filesByName.get(source.internalPath);
    if (!source.isLibrary && file) new Walk(file, uses).run();
  }
  return uses;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : never };

/** Goes through all nodes of a file. */
class Walk {
  readonly #file: File;
  readonly #uses: Writable<Uses>;
  /** Values of constants at the top level. */
  readonly #constants = new Set<Expression>();
  readonly #owners = new Map<DecoratorNode, ClassDeclaration>();

  constructor(file: File, uses: Writable<Uses>) {
    this.#file = file;
    this.#uses = uses;
  }

  run(): void {
    const { statements } = this.#file.source;
    for (const statement of statements) {
      if (!(statement instanceof VariableStatement)) continue;
      for (const { flags, initializer } of statement.declarations)
        if (initializer && (flags & constFlag) !== 0) this.#constants.add(initializer);
    }
    for (const statement of statements) this.#visit(statement);
  }

  #visit(node: Node): void {
    if (node instanceof ClassDeclaration) this.#visitClass(node);
    else if (node instanceof CallExpression) this.#visitCall(node);
    else if (node instanceof NewExpression) this.#visitNew(node);
    else if (node instanceof DecoratorNode) this.#visitDecorator(node);
    for (const value of Object.values(node)) {
      if (value instanceof Node) this.#visit(value);
      else if (Array.isArray(value))
        for (const item of value) if (item instanceof Node) this.#visit(item);
    }
  }

  #visitClass(node: ClassDeclaration): void {
    const parent = node.extendsType;
    const element = parent && this.#file.lookup(parent.name.identifier.text, true);
    if (element) this.#uses.parents.push({ node: parent, element });
    for (const member of node.members) {
      if (!(member instanceof FieldDeclaration)) continue;
      for (const decorator of member.decorators ?? []) this.#owners.set(decorator, node);
    }
  }

  #visitCall(node: CallExpression): void {
    if (this.#element(node.expression)?.internalName !== persistentName) return;
    const isConstant = this.#constants.has(node);
    this.#uses.calls.push({ node, file: this.#file, isConstant });
  }

  #visitNew(node: NewExpression): void {
    const element = this.#file.lookup(node.typeName.identifier.text, true);
    if (element) this.#uses.objects.push({ node, element });
  }

  #visitDecorator(node: DecoratorNode): void {
    if (this.#element(node.name)?.internalName !== wasName) return;
    this.#uses.names.push({ node, owner: this.#owners.get(node) });
  }

  /** What a name of the file stands for, one of `import * as thimble` too. */
  #element(expression: Expression): Element | null | undefined {
    if (expression instanceof IdentifierExpression) return this.#file.lookup(expression.text);
    if (!(expression instanceof PropertyAccessExpression)) return undefined;
    return this.#element(expression.expression)?.getMember(expression.property.text);
  }
}

/** CommonFlags.Const of the compiler. */
const constFlag = 8;
