/**
 * The rooms of `src/`, and who may import whom. The lint rules and docs/architecture.md are made of this table; there
 * is no other. Each room may import itself and `base`.
 */

/** `node`: which modules of Node, `true` for all. `vscode`: `true`, `false`, or `'types'` for `import type` only. */
export const rooms = {
  base: { may: [], node: ['node:timers', 'node:timers/promises'], vscode: false },
  protocol: { may: [], node: [], vscode: false },
  system: { may: ['protocol'], node: true, vscode: false },
  health: { may: [], node: [], vscode: false },
  model: { may: ['health'], node: [], vscode: false },
  kinds: { may: ['protocol', 'system', 'health', 'model'], node: true, vscode: false },
  settings: { may: ['health', 'model', 'kinds'], node: [], vscode: true },
  words: { may: ['health', 'model'], node: [], vscode: false },
  store: { may: ['health', 'model', 'system'], node: true, vscode: 'types' },
  watch: {
    may: ['health', 'model', 'kinds', 'settings', 'store', 'system', 'protocol'],
    node: true,
    vscode: false,
  },
  restart: {
    may: ['health', 'model', 'kinds', 'watch', 'system', 'store', 'protocol'],
    node: true,
    vscode: false,
  },
  diagnostics: { may: ['health', 'model', 'words', 'system'], node: true, vscode: false },
  ui: {
    may: ['health', 'model', 'words', 'kinds', 'settings', 'store', 'watch', 'restart', 'diagnostics'],
    node: [],
    vscode: true,
  },
  app: {
    may: [
      'protocol',
      'system',
      'health',
      'model',
      'kinds',
      'settings',
      'words',
      'store',
      'watch',
      'restart',
      'diagnostics',
      'ui',
    ],
    node: true,
    vscode: true,
  },
  launcher: { may: ['protocol', 'system', 'health', 'kinds', 'words'], node: true, vscode: false },
  dispatchd: { may: ['protocol', 'system'], node: true, vscode: false },
};
