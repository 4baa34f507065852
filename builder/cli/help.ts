/** What `--json` is in the help of a command. */
export const jsonHelp = "print one JSON document on standard output and nothing else";

/** The examples at the end of a command's help: each with what it does, or with an empty text. */
export function examples(
  ...lines: readonly (readonly [command: string, meaning: string])[]
): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, meaning]) => `  thimble ${command.padEnd(meaning === "" ? 0 : width)}${meaning === "" ? "" : "   " + meaning}`).join("\n")}\n`;
}
