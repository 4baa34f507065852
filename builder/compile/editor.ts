import type { Project } from "../project/project.js";
import { needsSource } from "./needs.js";

/** Where the files for editors go, in the app's folder. The folder is not for version control. */
export const editorFolder = ".thimble";

/**
 * The files that make an editor understand an app: its needs, and a tsconfig.json for the app's own to extend
 * (`{ "extends": "./.thimble/tsconfig.json" }`). The keys are paths below the app's folder.
 *
 * @param options.sdkPath the folder sdk/assembly, and `stdPath` the folder std of the compiler: both relative to `.thimble`
 * or absolute, with forward slashes.
 */
export function editorFiles(
  project: Project,
  options: { readonly sdkPath: string; readonly stdPath: string },
): ReadonlyMap<string, string> {
  return new Map([
    [`${editorFolder}/needs.ts`, needsSource(project)],
    [`${editorFolder}/tsconfig.json`, `${JSON.stringify(editorConfig(options), null, 2)}\n`],
  ]);
}

function editorConfig({
  sdkPath,
  stdPath,
}: {
  readonly sdkPath: string;
  readonly stdPath: string;
}): object {
  return {
    compilerOptions: {
      target: "esnext",
      module: "esnext",
      moduleResolution: "bundler",
      // The compiler's own types stand for the JavaScript library: i32, StaticArray, memory and so on.
      noLib: true,
      types: [],
      strict: true,
      noEmit: true,
      experimentalDecorators: true,
      skipLibCheck: true,
      paths: {
        thimble: [`${sdkPath}/index.ts`],
        "thimble/needs": ["./needs.ts"],
        "thimble/drivers": [`${sdkPath}/drivers/index.ts`],
        "thimble/contract": [`${sdkPath}/contract.ts`],
      },
    },
    files: [`${stdPath}/assembly/index.d.ts`, "./needs.ts"],
    include: ["../*.ts"],
  };
}
