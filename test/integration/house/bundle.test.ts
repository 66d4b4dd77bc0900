import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { KINDS } from '../../../src/kinds/index';

const ROOT = resolve(__dirname, '../../..');

interface Output {
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
}

/** What runs at every start of an editor, before anybody asks for anything. */
const AT_START = ['extension.js', 'app.js'];
/** What VS Code and Node have loaded themselves. */
const FREE = /^vscode$|^node:/;

describe('the built files', () => {
  let outputs: ReadonlyMap<string, Output>;

  before(() => {
    const meta = JSON.parse(readFileSync(join(ROOT, 'dist', 'meta.json'), 'utf8')) as {
      readonly outputs: Readonly<Record<string, Output>>;
    };
    outputs = new Map(
      Object.entries(meta.outputs)
        .filter(([path]) => path.endsWith('.js'))
        .map(([path, output]) => [basename(path), output]),
    );
  });

  const output = (file: string): Output => {
    const found = outputs.get(file);
    assert.ok(
      found,
      `dist/${file} is not built: esbuild.js has an entry point for each file that is loaded late`,
    );
    return found;
  };
  const inputsOf = (file: string) => Object.keys(output(file).inputs);
  /** Whatever a file loads while it is loaded itself; a dynamic import waits until somebody needs it. */
  const loadedWith = (file: string) =>
    output(file)
      .imports.filter(({ kind, external }) => external && kind !== 'dynamic-import')
      .map(({ path }) => path);
  const holding = (what: RegExp) =>
    [...outputs.keys()].filter((file) => inputsOf(file).some((input) => what.test(input))).sort();

  const isOfKind = (input: string) => KINDS.some(({ id }) => input.startsWith(`src/kinds/${id}/`));

  for (const file of AT_START) {
    it(`at start-up: ${file} holds no HTTP client, no schema library and nothing that talks to a daemon`, () => {
      const heavy =
        /node_modules\/(?:undici|valibot)\/|^src\/kinds\/[^/]+\/connection\.ts$|^src\/kinds\/probe\.ts$|^src\/system\/httpClient\.ts$/;
      assert.ok(inputsOf(file).length > 0);
      assert.deepEqual(
        inputsOf(file).filter((input) => heavy.test(input)),
        [],
        `dist/${file} holds this from the start: load it by import('…') of an entry point of esbuild.js`,
      );
    });

    it(`at start-up: ${file} holds of a kind no more than its facts`, () => {
      const facts = KINDS.flatMap(({ id }) => [`src/kinds/${id}/kind.ts`, `src/kinds/${id}/policy.ts`]);
      assert.deepEqual(
        inputsOf(file).filter((input) => isOfKind(input) && !facts.includes(input)),
        [],
        `dist/${file} holds this from the start: kind.ts imports its policy only, and load() brings the rest`,
      );
    });

    it(`at start-up: ${file} loads no other file of dist/ with it`, () => {
      assert.deepEqual(
        loadedWith(file).filter((path) => !FREE.test(path)),
        [],
        `dist/${file} requires this while it is loaded: use import('…') where it is needed`,
      );
    });
  }

  for (const { id } of KINDS) {
    const file = `kind-${id}.js`;

    it(`${file} is what talks to ${id}, loaded late`, () => {
      assert.ok(
        inputsOf(file).includes(`src/kinds/${id}/connection.ts`),
        `dist/${file} is built of kinds/${id}/connection.ts`,
      );
      const imports = [...outputs.keys()].flatMap((each) => output(each).imports);
      const late = imports.filter(({ path }) => path === `./${file}`);
      assert.deepEqual(
        [...new Set(late.map(({ kind }) => kind))],
        ['dynamic-import'],
        `load() of kinds/${id}/kind.ts is import('./connection')`,
      );
    });

    it(`${file} shares the one HTTP client`, () => {
      const loaded = new Set(loadedWith(file).filter((path) => !FREE.test(path)));
      // A kind that asks by its look alone loads no client of its own.
      loaded.delete('./httpClient.js');
      assert.deepEqual([...loaded], [], `dist/${file} loads httpClient.js and nothing else of dist/`);
    });
  }

  it('have a file for each kind and for nothing else that is named like one', () => {
    assert.deepEqual(
      [...outputs.keys()].filter((file) => file.startsWith('kind-')).sort(),
      KINDS.map(({ id }) => `kind-${id}.js`).sort(),
      'each folder of kinds/ with a connection.ts has a line in KINDS of src/kinds/index.ts',
    );
  });

  it('hold one HTTP client, and a second only in the launcher, which is one file', () => {
    const where = ['httpClient.js', 'launcher.js'];
    const why =
      'two clients have two classes of errors: import src/system/httpClient.ts, which esbuild.js keeps apart';
    assert.deepEqual(holding(/node_modules\/undici\//), where, why);
    assert.deepEqual(holding(/^src\/system\/httpClient\.ts$/), where, why);
    assert.deepEqual(holding(/^src\/system\/noAnswer\.ts$/), where, why);
  });

  it('require what they load late: what is imported is read for its exports first, which takes longer', () => {
    const importing = [...outputs.keys()].filter((file) =>
      /\bimport\(/.test(readFileSync(join(ROOT, 'dist', file), 'utf8')),
    );
    assert.deepEqual(importing, []);
  });

  it('have a launcher that is one file', () => {
    assert.deepEqual(
      output('launcher.js').imports.filter(({ path, external }) => external && !path.startsWith('node:')),
      [],
      'an editor may delete the folder of an old version while the launcher runs: it loads nothing but Node',
    );
  });

  it('are all in the package', () => {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-health-package-'));
    try {
      for (const file of ['package.json', '.vscodeignore', 'README.md', 'LICENSE']) {
        cpSync(join(ROOT, file), join(folder, file));
      }
      mkdirSync(join(folder, 'dist'));
      const built = [...outputs.keys()].sort();
      for (const file of [...built, 'meta.json']) writeFileSync(join(folder, 'dist', file), '');
      const vsce = join(ROOT, 'node_modules', '@vscode', 'vsce', 'vsce');
      const { stdout, stderr, status } = spawnSync(process.execPath, [vsce, 'ls', '--no-dependencies'], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.equal(status, 0, stderr);
      const packed = stdout.split('\n').filter((file) => file.startsWith('dist/'));
      assert.deepEqual(
        packed.map((file) => file.slice('dist/'.length)).sort(),
        built,
        '.vscodeignore: add a line !dist/… for each file that esbuild.js builds, and for no other',
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
