import { join } from "node:path";
import ts from "typescript";

/** What an editor asks its language service, by a piece of the text and the place right behind it. */
export interface Editor {
  /** Names that complete `before`, as if it had been typed at the end of app.ts. */
  complete(before: string): string[];
  /** What a hover over the last word of `piece`, found in app.ts, shows: its documentation. */
  hover(piece: string): string;
  /** The file and the line of text that the definition of the last word of `piece` is in. */
  definition(piece: string): { file: string; line: string };
  /** Errors in app.ts. */
  errors(): string[];
}

/** Opens the app.ts of a folder. Each question reads the disk anew. */
export function openEditor(folder: string): Editor {
  const appFile = join(folder, "app.ts");
  const config = ts.getParsedCommandLineOfConfigFile(join(folder, "tsconfig.json"), undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
    },
  })!;
  let typed = "";
  let version = 0;
  const read = (file: string): string | undefined => {
    const text = ts.sys.readFile(file);
    return file === slashed(appFile) || file === appFile ? `${text}${typed}` : text;
  };
  const service = ts.createLanguageService({
    getCompilationSettings: () => config.options,
    getScriptFileNames: () => config.fileNames,
    getScriptVersion: () => String(version),
    getScriptSnapshot: (file) => {
      const text = read(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
    fileExists: (file) => ts.sys.fileExists(file),
    readFile: read,
    directoryExists: (path) => ts.sys.directoryExists(path),
    getDirectories: (path) => ts.sys.getDirectories(path),
  });
  const ask = <T>(text: string, question: (source: string) => T): T => {
    typed = text;
    version++;
    return question(read(appFile)!);
  };
  const lastWord = (source: string, piece: string): number => {
    const at = source.indexOf(piece);
    if (at < 0) throw new Error(`app.ts has no ${piece}`);
    return at + piece.length - 1;
  };
  return {
    complete: (before) =>
      ask(`\n${before}`, (source) => {
        const found = service.getCompletionsAtPosition(appFile, source.length, undefined);
        return found?.entries.map(({ name }) => name) ?? [];
      }),
    hover: (piece) =>
      ask("", (source) => {
        const info = service.getQuickInfoAtPosition(appFile, lastWord(source, piece));
        return ts.displayPartsToString(info?.documentation);
      }),
    definition: (piece) =>
      ask("", (source) => {
        const found = service.getDefinitionAtPosition(appFile, lastWord(source, piece))?.[0];
        if (found === undefined) throw new Error(`${piece} has no definition`);
        const text = read(found.fileName)!;
        const line = text.slice(0, found.textSpan.start).split("\n").length - 1;
        return { file: found.fileName, line: text.split("\n")[line]!.trim() };
      }),
    errors: () =>
      ask("", () =>
        [
          ...service.getSyntacticDiagnostics(appFile),
          ...service.getSemanticDiagnostics(appFile),
        ].map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
      ),
  };
}

/** As TypeScript writes paths. */
const slashed = (path: string): string => path.replaceAll("\\", "/");
