import Module, { createRequire } from 'node:module';

/** Of these another fake may have been loaded before: a module keeps the `vscode` that it was loaded with. */
const KEEPS_VSCODE = /[/\\]src[/\\](?:ui|app|settings)[/\\]/;

/** Loads a module of ours with an object in the place of `vscode`. */
export function loadWith<T>(vscode: object, file: string): T {
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const load = loader._load.bind(Module);
  loader._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));
  const require = createRequire(__filename);
  for (const path of Object.keys(require.cache)) if (KEEPS_VSCODE.test(path)) delete require.cache[path];
  try {
    return require(file) as T;
  } finally {
    loader._load = load;
  }
}
