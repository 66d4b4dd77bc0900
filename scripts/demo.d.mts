export function demoPaths(port: number): {
  readonly dir: string;
  readonly stateDir: string;
  readonly serverDataDir: string;
  readonly folder: string;
};
