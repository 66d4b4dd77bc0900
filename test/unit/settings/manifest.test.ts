import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import { readDaemons } from '../../../src/settings/daemonList';
import { listProblemText } from '../../../src/words/listProblemText';

const ROOT = join(__dirname, '../../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Manifest {
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

const SECTION = 'daemonHealth.';
const manifest = JSON.parse(read('package.json')) as Manifest;
const { properties } = manifest.contributes.configuration;
const NAMES = Object.keys(properties).map((name) => name.slice(SECTION.length));

describe('the settings', () => {
  it('that are read stand in the manifest, and those of the manifest are read', () => {
    const source = read('src/settings/settings.ts');
    const names = [...source.matchAll(/\.(?:get|inspect|update)(?:<[^>]*>)?\(\s*'([\w.]+)'/g)];
    assert.deepEqual(
      [...new Set(names.map(([, name]) => name))].sort(),
      [...NAMES].sort(),
      'package.json, contributes.configuration, and src/settings/settings.ts name the same settings',
    );
  });

  it('are not taken from a folder that is not trusted, none of them', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.deepEqual([...restrictedConfigurations].sort(), Object.keys(properties).sort());
  });

  for (const name of NAMES) {
    it(`stand in the README: ${name}`, () => {
      assert.ok(read('README.md').includes(`\`${SECTION}${name}\``), 'README.md, "Settings": add a row');
    });
  }
});

/** A part of the schema, as far as it is read here. */
interface Schema {
  readonly description?: string;
  readonly markdownDescription?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly defaultSnippets?: readonly { readonly label: string; readonly body: unknown }[];
}

/** What a snippet inserts where nobody types anything else: `"^${1:5}"` is a number, `"${1:a}"` a text. */
function inserted(body: unknown): unknown {
  const text = JSON.stringify(body)
    .replace(/"\^\$\{\d+:([^}]*)\}"/g, '$1')
    .replace(/\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
    .replace(/\$\{\d+:((?:[^{}]|\{\{[^}]*\}\})*)\}/g, '$1')
    .replaceAll('\\\\$', '$');
  return JSON.parse(text);
}

describe('what the editor completes of an entry of the list', () => {
  const list = properties['daemonHealth.daemons'] as Schema;
  const entry = list.items!;
  const snippets = entry.defaultSnippets!.map(({ label, body }) => [label, inserted(body)] as const);
  const problemsOf = (value: unknown) =>
    readDaemons([value], { configured: true, allowRemote: false }).problems.map(listProblemText);

  for (const [label, body] of snippets) {
    it(`is read without a problem: ${label}`, () => assert.deepEqual(problemsOf(body), []));
  }

  it('has every form of an entry, and every proof', () => {
    const bodies = snippets.map(([, body]) => body as Readonly<Record<string, object>>);
    const sources = ['url', 'files', 'command'].filter((key) => bodies.some((body) => key in body));
    assert.deepEqual(sources, ['url', 'files', 'command']);
    const proofs = ['time', 'age', 'counter', 'due', 'beat'];
    const offered = proofs.filter((proof) => bodies.some(({ progress }) => proof in (progress ?? {})));
    assert.deepEqual(offered, proofs);
    for (const key of ['expect', 'restart'])
      assert.ok(
        bodies.some((body) => key in body),
        key,
      );
  });

  const COMPLETE: Readonly<Record<string, (value: unknown) => object>> = {
    name: (name) => ({ name, url: 'http://127.0.0.1:1' }),
    url: (url) => ({ name: 'x', url, kind: 'generic' }),
    files: (files) => ({ name: 'x', files }),
    command: (command) => ({ name: 'x', command }),
    progress: (progress) => ({ name: 'x', files: ['/x'], progress }),
    expect: (expect) => ({ name: 'x', url: 'http://127.0.0.1:1', expect, kind: 'generic' }),
    pollIntervalMs: (pollIntervalMs) => ({ name: 'x', url: 'http://127.0.0.1:1', pollIntervalMs }),
    restart: (restart) => ({ name: 'x', url: 'http://127.0.0.1:1', restart }),
  };
  for (const [key, whole] of Object.entries(COMPLETE)) {
    it(`has examples of "${key}", which are read without a problem`, () => {
      const { examples = [] } = entry.properties![key]!;
      assert.ok(examples.length > 0);
      for (const example of examples)
        assert.deepEqual(problemsOf(whole(example)), [], JSON.stringify(example));
    });
  }

  const validate = new Ajv({ strict: false, validateFormats: false }).compile(entry);
  /** The problems that a window tells, where the editor marks something, too; fails where one of the two is alone. */
  function agreed(value: object): readonly string[] {
    const written = JSON.parse(JSON.stringify(value)) as object;
    const problems = problemsOf(written);
    const text = JSON.stringify(written).slice(0, 300);
    assert.equal(validate(written), problems.length === 0, `${text}: ${problems.join(' ')}`);
    return problems;
  }

  describe('is what a window reads', () => {
    const url = 'http://127.0.0.1:8080/health';
    const progress = { time: 'a', redAfterMs: 60_000 };
    const fleet = { prometheus: 'http://127.0.0.1:9090', query: 'up', value: 'age', redAbove: 600 };
    const bases: Readonly<Record<string, object>> = {
      address: { url, kind: 'generic', progress: { ...progress, busy: 'b' }, restart: { command: 'x' } },
      files: { files: ['/x'], progress: { ...progress, each: 'jobs', from: { command: ['x'] } } },
      command: { command: ['x'], progress: { counter: ['a', 'c'], busy: 'b', redAfterMs: 60_000 } },
      Prometheus: fleet,
      'files besides': { url, progress: { ...progress, each: 'e', from: { files: ['/x'], beside: ['/y'] } } },
      'routes besides': { url, progress: { ...progress, each: 'e', from: { url: ['/a', '/b'] } } },
      smithy: { url, kind: 'smithy' },
      preset: { preset: 'openclaw' },
    };
    const keys = Object.keys(entry.properties!);
    const below = (key: string) =>
      Object.keys(entry.properties![key]!.properties!).map((each) => `${key}.${each}`);
    const from = ['url', 'files', 'command', 'everyMs', 'beside', 'newerThan', 'x'].map(
      (key) => `progress.from.${key}`,
    );
    const places = [
      ...keys,
      'x',
      ...below('progress'),
      'progress.x',
      ...from,
      ...below('restart'),
      'restart.x',
    ];
    const values: readonly unknown[] = [
      ...[
        undefined,
        null,
        true,
        -1,
        0,
        0.5,
        999,
        1_000,
        2_678_400_001,
        1e12,
        {},
        [],
        [[]],
        [null],
        [5],
        [200],
        [99],
      ],
      ...[
        '',
        ' ',
        'x',
        'a  b',
        ' a',
        'a\nb',
        'x'.repeat(2_001),
        '$text',
        '/a',
        '//a',
        '${file}',
        'generic',
        'age',
      ],
      ...[
        'HTTP://127.0.0.1:1',
        `${url}?x`,
        `${url}#x`,
        'http://u:p@127.0.0.1',
        'https://127.0.0.1',
        'file:///x',
      ],
      ...[['x'], ['a', 'b'], [''], ['~/x'], ['~x'], ['/a/../b'], ['/proc/1/environ'], ['//h/x'], ['C:\\x']],
      ...[
        ['${workspaceFolder}/x'],
        ['/a', '/b'],
        Array(51).fill('/x'),
        { a: 'good' },
        { '': 1 },
        { a: [1, null] },
      ],
    ];
    for (const [what, base] of Object.entries(bases)) {
      it(`with anything anywhere: ${what}`, () => {
        assert.deepEqual(agreed(base), []);
        for (const place of places) {
          for (const value of values) {
            // A preset of the user's own may have any name, and what is read of it is another setting.
            if (place === 'preset' && typeof value === 'string' && value !== '') continue;
            const path = place.split('.');
            const given = structuredClone(base) as Record<string, unknown>;
            let at = given;
            for (const key of path.slice(0, -1)) at = (at[key] ??= {}) as Record<string, unknown>;
            at[path.at(-1)!] = value;
            for (const told of agreed(given)) assert.match(told, /^daemonHealth\.daemons\[0\](\.\S+| ).+\.$/);
          }
        }
      });
    }
  });

  const named: readonly (readonly [entry: object, problem: RegExp])[] = [
    [{ url: 'http://127.0.0.1:1', name: 5 }, /\.name is not a text\.$/],
    [{ url: 'http://127.0.0.1:1', progres: {} }, /\.progres is not known, and does not count\.$/],
    [
      { url: 'http://127.0.0.1:1', pollIntervalMs: '5000' },
      /\.pollIntervalMs is not a number of milliseconds/,
    ],
    [
      { url: 'http://127.0.0.1:1', restart: { command: 'x', arg: [] } },
      /\.restart\.arg is not known, and does not count\.$/,
    ],
  ];
  for (const [value, problem] of named) {
    it(`is watched though one part does not count, which is told: ${String(problem)}`, () => {
      const read = readDaemons([{ url: 'http://127.0.0.1:2' }, value], {
        configured: true,
        allowRemote: false,
      });
      assert.equal(read.daemons.length, 2);
      const [told, ...more] = read.problems.map(listProblemText);
      assert.match(told ?? '', problem);
      assert.match(told ?? '', /^daemonHealth\.daemons\[1\]\./);
      assert.deepEqual(more, []);
    });
  }

  it('says of each key what it is for', () => {
    const missing: string[] = [];
    const look = (schema: Schema, path: string) => {
      for (const [key, inner] of Object.entries(schema.properties ?? {})) {
        const here = `${path}.${key}`;
        if (!(inner.description ?? inner.markdownDescription)) missing.push(here);
        look(inner, here);
      }
    };
    look(entry, 'daemons');
    assert.deepEqual(missing, []);
  });

  it('shows examples in its description that are read without a problem', () => {
    const [, shown = ''] =
      /```json\n"daemonHealth\.daemons": ([^`]*)```/.exec(list.markdownDescription ?? '') ?? [];
    const entries = JSON.parse(shown) as readonly unknown[];
    assert.ok(entries.length > 0);
    assert.deepEqual(entries.flatMap(problemsOf), []);
  });
});
