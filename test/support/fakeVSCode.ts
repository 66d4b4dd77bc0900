import Module, { createRequire } from 'node:module';

/** Loads a module of ours with an object in the place of `vscode`. */
export function loadWith<T>(vscode: object, file: string): T {
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const load = loader._load.bind(Module);
  loader._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));
  try {
    return createRequire(__filename)(file) as T;
  } finally {
    loader._load = load;
  }
}
