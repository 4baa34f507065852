/** A block of code: its language ("" where none is named) and its text. */
export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced and the indented blocks of a Markdown text, in order. */
export function blocks(markdown: string): Block[] {
  const pattern = /^```(\w*)\n([^]*?)^```$|(?:(?<=\n\n)(?: {4}.*\n)+)/gm;
  return [...markdown.matchAll(pattern)].map(([all, language, text]) =>
    text === undefined
      ? { language: "", text: all.replace(/^ {4}/gm, "") }
      : { language: language ?? "", text },
  );
}

/** Commands that a text shows in blocks and in backticks, what follows `thimble`. `FOLDER` and the like are no commands. */
export function thimbleCommands(markdown: string): string[] {
  const lines = blocks(markdown)
    .filter(({ language }) => ["", "sh", "console"].includes(language))
    .flatMap(({ text }) => text.split("\n"));
  const spans = [...proseOf(markdown).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!);
  const commands = [...lines, ...spans].flatMap((text) => {
    const match = /^(?:\$ )?(?:npm ci && )?(?:npx )?thimble ((?:new|build|run|test)\b.*)$/.exec(
      text,
    );
    return match ? [match[1]!.trim()] : [];
  });
  return [...new Set(commands)].filter((command) => !/\b[A-Z]{3,}\b|\[/.test(command));
}

/** Targets of links that stay in the repository, without their anchors. */
export function relativeLinks(markdown: string): string[] {
  return [...proseOf(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => target!)
    .filter((target) => !/^(https?:|mailto:|#)/.test(target))
    .map((target) => target.replace(/#.*$/, ""));
}

function proseOf(markdown: string): string {
  return markdown.replace(/^```[^]*?^```$/gm, "");
}
