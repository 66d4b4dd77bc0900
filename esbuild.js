'use strict';
const esbuild = require('esbuild');
const {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { relative, resolve } = require('node:path');
const { licences } = require('./scripts/bundled.cjs');

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** What several chunks share, statically too: there is one HTTP client, and one class of its errors. */
const SHARED = 'src/system/httpClient.ts';

/** Every file of `dist/` and where it comes from. Without a word to it, a file is loaded when it is first needed. */
const entryPoints = {
  extension: 'src/extension.ts', // by VS Code, at activation: must stay small
  app: 'src/app/app.ts', // right after it: all that a window does
  probe: 'src/kinds/probe.ts', // at the first poll
  ...kindChunks(), // with the first answer that may be of that kind: what reads its JSON
  schedule: 'src/kinds/ductor/schedule.ts', // with the first cron job of a ductor
  discovery: 'src/app/discovery.ts',
  surfaces: 'src/app/surfaces.ts', // right after it, unawaited: what draws, and the words for it
  core: 'src/health/core.ts', // while the first answer is waited for: all that moves daemons on
  door: 'src/ui/notifications/door.ts', // right after it: whether and where it is told, and in which words
  processFinder: 'src/watch/processFinder.ts', // once a daemon has work to lose
  scan: 'src/watch/discovery/scan.ts', // with the first look for daemons that nobody named
  sharedFile: 'src/store/sharedFile.ts', // right after it, unawaited: what other windows changed
  past: 'src/app/past.ts', // after what draws: what happened on this machine
  healthPage: 'src/ui/healthPage/healthPage.ts', // when it is opened
  told: 'src/store/told.ts', // when a window gets the focus
  commands: 'src/ui/commands/commands.ts', // with the first command
  copyDiagnostics: 'src/ui/commands/copyDiagnostics.ts',
  restarts: 'src/app/restarts.ts',
  check: 'src/check/check.ts', // with the first endpoint that is checked, by a window or by `dispatchd check`
  showHang: 'src/app/showHang.ts',
  restartLock: 'src/restart/restartLock.ts', // with the first failure of a daemon that was up
  evidence: 'src/diagnostics/evidence.ts',
  work: 'src/app/sessions.ts', // once a daemon runs something
  httpClient: SHARED, // undici: with the first of the parts that speak HTTP
  dispatchd: 'src/dispatchd/main.ts', // a process of its own
};

/** A process of its own in one file: an editor may delete the folder of an old version while it runs. */
const wholeEntryPoints = { launcher: 'src/launcher/main.ts', demo: 'src/launcher/demo.ts' };

/** Each kind of daemon has what talks to it in one file. */
function kindChunks() {
  const kinds = readdirSync('src/kinds').filter((name) => existsSync(`src/kinds/${name}/connection.ts`));
  return Object.fromEntries(kinds.map((name) => [`kind-${name}`, `src/kinds/${name}/connection.ts`]));
}

/** An import of `SHARED`, and `import('./x')` of any other entry point, is one of the built file. */
const lazyChunks = {
  name: 'lazy-chunks',
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\// }, (args) => {
      if (!['dynamic-import', 'import-statement'].includes(args.kind)) return undefined;
      const source = `${relative(__dirname, resolve(args.resolveDir, args.path)).replaceAll('\\', '/')}.ts`;
      if (args.kind === 'import-statement' && source !== SHARED) return undefined;
      const chunk = Object.keys(entryPoints).find((name) => entryPoints[name] === source);
      return chunk ? { path: `./${chunk}.js`, external: true } : undefined;
    });
    build.onEnd(({ metafile }) => Object.keys(metafile?.outputs ?? {}).forEach(requireLate));
  },
};

/**
 * What is loaded late is required: of a file of its own kind that is imported, Node first looks for the names that it
 * exports, which takes longer than to load it.
 */
function requireLate(file) {
  if (!file.endsWith('.js')) return;
  const text = readFileSync(file, 'utf8');
  const late = text.replaceAll(/\bimport\(("(?:\.\/[\w-]+\.js|node:\w+)")\)/g, '(async()=>require($1))()');
  if (late !== text) writeFileSync(file, late);
}

/** @param metafiles of all builds */
function report(metafiles) {
  const inputs = Object.assign({}, ...metafiles.map(({ inputs }) => inputs));
  const outputs = Object.assign({}, ...metafiles.map(({ outputs }) => outputs));
  writeFileSync('dist/meta.json', JSON.stringify({ inputs, outputs }));
  writeFileSync('dist/THIRD-PARTY-NOTICES.txt', licences(Object.keys(inputs)));
  for (const file of Object.keys(outputs)) {
    if (!file.endsWith('.js')) continue;
    console.log(`${file.padEnd(20)} ${(statSync(file).size / 1024).toFixed(1).padStart(7)} KB`);
  }
}

const OPTIONS = {
  outdir: 'dist',
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  external: ['vscode'],
  minify: production,
  sourcemap: production ? false : 'linked',
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

async function main() {
  if (!watch) rmSync('dist', { recursive: true, force: true });
  mkdirSync('dist', { recursive: true });
  const contexts = await Promise.all([
    esbuild.context({ ...OPTIONS, entryPoints, plugins: [lazyChunks] }),
    esbuild.context({ ...OPTIONS, entryPoints: wholeEntryPoints }),
  ]);
  if (watch) {
    await Promise.all(contexts.map((context) => context.watch()));
    return;
  }
  const results = await Promise.all(contexts.map((context) => context.rebuild()));
  report(results.map(({ metafile }) => metafile));
  await Promise.all(contexts.map((context) => context.dispose()));
}

main().catch(() => process.exit(1));
