/**
 * Makes `.vscode-test/<name>` by `fill(folder)`, once; the folder appears whole or not at all. `recipe` is whatever
 * the content depends on. Resolves with the folder.
 */
export function ensureInstalled(what: {
  readonly name: string;
  readonly recipe: unknown;
  /** For a person who waits. */
  readonly title: string;
  readonly fill: (folder: string) => Promise<unknown>;
}): Promise<string>;

/** `npm install` in this folder, which becomes a package if it is none, without running any package's scripts. */
export function npmInstall(folder: string, args: readonly string[]): Promise<void>;

/** Unpacks packages of this Debian or Ubuntu into the folder: nothing of them is installed. Rejects where there are none. */
export function unpackDebian(folder: string, packages: readonly string[]): Promise<void>;
