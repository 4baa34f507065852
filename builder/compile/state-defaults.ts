import {
  FieldDeclaration,
  FunctionPrototype,
  Node,
  type ClassDeclaration,
  type ClassPrototype,
  type Statement,
} from "assemblyscript";

/** What `persistent` of the SDK calls. */
const methodName = "__setDefaults";

/** CommonFlags.Instance, DecoratorFlags.Inline and Token.Equals of the compiler. */
const instanceFlag = 262_144;
const inlineFlag = 64;
const equals = 101;

/** Gives the class a method that sets each field to its default. A constructor would take the object from the heap. */
export function addDefaults(prototype: ClassPrototype): void {
  const declaration = prototype.declaration as ClassDeclaration;
  const { range } = declaration.name;
  const name = Node.createIdentifierExpression(methodName, range);
  const nothing = Node.createNamedType(
    Node.createSimpleTypeName("void", range),
    null,
    false,
    range,
  );
  const method = Node.createMethodDeclaration(
    name,
    null,
    instanceFlag,
    null,
    Node.createFunctionType([], nothing, null, false, range),
    Node.createBlockStatement(declaration.members.flatMap(assignment), range),
    range,
  );
  prototype.addInstance(
    methodName,
    new FunctionPrototype(methodName, prototype, method, inlineFlag),
  );
}

/** `this.field = value;` with the value that the declaration gives; memory begins as zeros. */
function assignment(member: Node): Statement[] {
  if (!(member instanceof FieldDeclaration) || !member.initializer) return [];
  if ((member.flags & instanceFlag) === 0) return [];
  const { range } = member.initializer;
  const field = Node.createPropertyAccessExpression(
    Node.createThisExpression(range),
    Node.createIdentifierExpression(member.name.text, range),
    range,
  );
  const value = Node.createBinaryExpression(equals, field, member.initializer, range);
  return [Node.createExpressionStatement(value)];
}
