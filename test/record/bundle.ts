import { build, type Plugin } from 'esbuild';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** What a window's code finds in place of Node's own. */
export const REPLACED = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
  'performance',
  'process',
  'Math',
  'AbortSignal',
] as const;

export type Replaced = Readonly<Record<(typeof REPLACED)[number], unknown>>;

export type Program = (
  exports: object,
  require: (name: string) => unknown,
  module: { exports: object },
  filename: string,
  dirname: string,
  ...replaced: unknown[]
) => void;

/** One thing in the source that is another, as it is bundled; nothing is written into the source. */
export interface Mutation {
  readonly file: string;
  /** What stands there, once. */
  readonly from: string;
  readonly to: string;
}

/**
 * The extension as it is built from its entry point, all in one text: where its files lie and which chunks it is cut
 * into is not to be seen from outside.
 */
export async function bundleExtension(root: string, mutation?: Mutation): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['src/extension.ts'],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    external: ['vscode'],
    // An `import()` would reach past the replaced modules.
    supported: { 'dynamic-import': false },
    legalComments: 'none',
    logLevel: 'warning',
    plugins: mutation ? [mutating(root, mutation)] : [],
  });
  return outputFiles[0]!.text;
}

/** @throws where the source does not have it, or has it more than once: the mutation would be another, or none */
function mutating(root: string, { file, from, to }: Mutation): Plugin {
  const path = join(root, file);
  const parts = readFileSync(path, 'utf8').split(from);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, not once: ${from}`);
  const contents = parts.join(to);
  return {
    name: 'mutating',
    setup: (bundler) =>
      bundler.onLoad({ filter: /\.ts$/ }, (loaded) =>
        loaded.path === path ? { contents, loader: 'ts' } : undefined,
      ),
  };
}

/** What runs in the windows: the code, compiled once, and its package.json. */
export interface Product {
  readonly program: Program;
  readonly manifest: unknown;
}

/** Compiles it once; each call is a window of its own, with nothing shared. */
export function compile(code: string): Program {
  const names = ['exports', 'require', 'module', '__filename', '__dirname', ...REPLACED];
  const script = new Script(`(function (${names.join(', ')}) {${code}\n})`, { filename: 'extension.js' });
  return script.runInThisContext() as Program;
}
