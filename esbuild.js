'use strict';
const esbuild = require('esbuild');
const { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const { join, relative, resolve } = require('node:path');

const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');

/** Every file of `dist/` and where it comes from. Without a word to it, a file is loaded when it is first needed. */
const entryPoints = {
  extension: 'src/extension.ts', // by VS Code, at activation: must stay small
  app: 'src/app/app.ts', // right after it: all that a window does
  probe: 'src/kinds/connect.ts', // at the first poll: undici, valibot
  discovery: 'src/watch/discovery/discovery.ts',
  told: 'src/store/told.ts', // when a window gets the focus
  commands: 'src/ui/commands/commands.ts', // with the first command
  copyDiagnostics: 'src/ui/commands/copyDiagnostics.ts',
  restarts: 'src/app/restarts.ts',
  evidence: 'src/diagnostics/evidence.ts',
  work: 'src/app/sessions.ts', // once a daemon runs something
  httpClient: 'src/system/httpClient.ts', // for the parts that seldom speak HTTP: evidence, a dispatchd whose port is taken
  launcher: 'src/launcher/main.ts', // a process of its own
  dispatchd: 'src/dispatchd/main.ts', // a process of its own
};

/** `import('./x')` of a file that is an entry point of its own becomes a `require` of its built file. */
const lazyChunks = {
  name: 'lazy-chunks',
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\// }, (args) => {
      if (args.kind !== 'dynamic-import') return undefined;
      const source = `${relative(__dirname, resolve(args.resolveDir, args.path)).replaceAll('\\', '/')}.ts`;
      const chunk = Object.keys(entryPoints).find((name) => entryPoints[name] === source);
      return chunk ? { path: `./${chunk}.js`, external: true } : undefined;
    });
  },
};

/** The licences of the packages that are bundled: what they are licensed by asks for it. */
function licences(inputs) {
  const packages = new Set(
    inputs.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []),
  );
  return [...packages]
    .sort()
    .map((name) => {
      const folder = join('node_modules', name);
      const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
      return `${name} ${version}\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

const reportBuilds = {
  name: 'report-builds',
  setup(build) {
    build.onEnd((result) => {
      if (!result.metafile) return;
      writeFileSync('dist/meta.json', JSON.stringify(result.metafile));
      writeFileSync('dist/THIRD-PARTY-NOTICES.txt', licences(Object.keys(result.metafile.inputs)));
      for (const [file, { bytes }] of Object.entries(result.metafile.outputs)) {
        if (file.endsWith('.js'))
          console.log(`${file.padEnd(20)} ${(bytes / 1024).toFixed(1).padStart(7)} KB`);
      }
    });
  },
};

async function main() {
  if (!watch) rmSync('dist', { recursive: true, force: true });
  mkdirSync('dist', { recursive: true });
  const context = await esbuild.context({
    entryPoints,
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
    plugins: [lazyChunks, reportBuilds],
  });
  if (watch) {
    await context.watch();
    return;
  }
  await context.rebuild();
  await context.dispose();
}

main().catch(() => process.exit(1));
