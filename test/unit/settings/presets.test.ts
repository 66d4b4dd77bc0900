import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv';
import manifest from '../../../package.json';
import { readDaemons } from '../../../src/settings/daemonList';
import { BUNDLED_PRESETS } from '../../../src/settings/presets';
import { listProblemText } from '../../../src/words/listProblemText';

const read = (entries: unknown, presets?: unknown) =>
  readDaemons(entries, { configured: true, allowRemote: false, presets });
const problemsOf = (...given: Parameters<typeof read>) => read(...given).problems.map(listProblemText);

describe('the presets that come with the extension', () => {
  const names = [...BUNDLED_PRESETS.keys()];

  for (const name of names) {
    it(`are read as an entry: ${name}`, () => {
      const { daemons, problems } = read([
        { name: 'x', preset: name, ...(name === 'bullmq' && { url: 'http://localhost:1/metrics' }) },
      ]);
      assert.deepEqual(problems.map(listProblemText), []);
      assert.equal(daemons[0]?.kind, 'generic');
      assert.match(String(BUNDLED_PRESETS.get(name)?.['about']), /\.$/);
    });
  }

  it('fit their schema, which stands beside them', () => {
    const folder = join(__dirname, '../../../src/settings');
    const json = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as object;
    const validate = new Ajv({ strict: false, allErrors: true }).compile(json('presets.schema.json'));
    assert.equal(validate(json('presets.json')), true, JSON.stringify(validate.errors));
    assert.equal(validate({ mine: { files: 'x' } }), false);
    assert.equal(validate({ mine: { progress: { time: 't', redAfterMs: 'soon' } } }), false);
  });

  it('stand in the manifest, with what they are', () => {
    const [sections] = [manifest.contributes.configuration].flat();
    const all = JSON.stringify(sections ?? {});
    const sets = [manifest.contributes.configuration].flat() as { properties: Record<string, unknown> }[];
    const daemons = sets.flatMap(({ properties }) => properties['daemonHealth.daemons'] ?? [])[0] as {
      items: { properties: { preset: { anyOf: [{ enum: string[]; enumDescriptions: string[] }] } } };
    };
    const [known] = daemons.items.properties.preset.anyOf;
    assert.deepEqual(known.enum, names, all.slice(0, 0));
    assert.deepEqual(
      known.enumDescriptions,
      names.map((name) => BUNDLED_PRESETS.get(name)?.['about']),
    );
  });
});

describe('an entry with a preset', () => {
  const only = (entry: object, presets?: unknown) => {
    const { daemons, problems } = read([entry], presets);
    assert.deepEqual(problems.map(listProblemText), []);
    return daemons[0]!;
  };

  it('has what the preset says, and wins where it says that itself', () => {
    const daemon = only({
      name: 'gate',
      preset: 'openclaw',
      pollIntervalMs: 9_000,
      restart: { command: 'x' },
    });
    assert.equal(daemon.name, 'gate');
    assert.deepEqual(daemon.target, { kind: 'http', origin: 'http://127.0.0.1:18789' });
    assert.equal(daemon.asks?.query, '/startupz');
    assert.equal(daemon.pollIntervalMs, 9_000);
    assert.deepEqual(daemon.restart, { command: 'x' });
    const own = only({ preset: 'openclaw', progress: { time: 'at', redAfterMs: 60_000 } });
    assert.deepEqual(own.asks?.progress, { by: 'time', at: 'at', redAfterMs: 60_000 });
    assert.equal(own.name, 'openclaw');
  });

  it('has one source: its own, and of an address alone the path of the preset', () => {
    assert.equal(only({ preset: 'opencode', url: 'http://127.0.0.1:5000' }).asks?.query, '/global/health');
    const other = only({ preset: 'opencode', url: 'http://127.0.0.1:5000/x?y' });
    assert.deepEqual(
      [other.target, other.asks?.query],
      [{ kind: 'http', origin: 'http://127.0.0.1:5000' }, '/x?y'],
    );
    assert.deepEqual(only({ preset: 'openclaw', command: ['a', 'b'] }).target, {
      kind: 'command',
      argv: ['a', 'b'],
    });
  });

  it('keeps the sessions of claude, and no turn of codex', () => {
    assert.deepEqual(
      ['claude', 'codex'].map((preset) => {
        const { by, keepsWork } = only({ preset }).restart ?? {};
        return [by, keepsWork];
      }),
      [
        ['itself', true],
        ['itself', false],
      ],
    );
  });

  it('may have one of the user, from the user settings alone', () => {
    const mine = { nightly: { about: 'x', files: ['/x'], progress: { time: '$mtime', redAfterMs: 60_000 } } };
    assert.deepEqual(only({ preset: 'nightly' }, mine).target, { kind: 'file', paths: ['/x'] });
    const sets = [manifest.contributes.configuration].flat() as {
      properties: Record<string, { scope?: string }>;
    }[];
    const scope = sets.flatMap(({ properties }) => properties['daemonHealth.presets']?.scope ?? []);
    // VS Code takes no value of such a setting from a workspace.
    assert.deepEqual(scope, ['machine']);
    assert.ok(
      manifest.capabilities.untrustedWorkspaces.restrictedConfigurations.includes('daemonHealth.presets'),
    );
  });

  it('is told what is wrong, by its path', () => {
    assert.deepEqual(problemsOf([{ preset: 'openklaw' }]), [
      `daemonHealth.daemons[0] has an unknown "preset"; known are ${[...BUNDLED_PRESETS.keys()].join(', ')}.`,
    ]);
    assert.deepEqual(problemsOf([{ preset: 'claude', kind: 'ductor', url: 'http://localhost:1' }]), [
      'daemonHealth.daemons[0] has "preset", which only a daemon of the kind "generic" has.',
    ]);
    const wrong: readonly (readonly [presets: unknown, said: string])[] = [
      [[], 'daemonHealth.presets should be an object of up to 50 presets by their names.'],
      [
        { claude: { url: 'http://127.0.0.1:1' } },
        'daemonHealth.presets["claude"] has the name of a preset that comes with the extension, which stays as it is.',
      ],
      [{ a: 1 }, 'daemonHealth.presets["a"] should be an object.'],
      [{ a: { uri: 'x' } }, 'daemonHealth.presets["a"] has "uri", which no preset has.'],
      [
        { a: { progress: { due: 'x', redAfterMs: 1 } } },
        'daemonHealth.presets["a"].progress.redAfterMs is not a number of milliseconds, at least 1000 and at most a month.',
      ],
      [
        { a: { command: ['x'], progress: { time: 'x', redAfterMs: 9_000, from: { url: '/x' } } } },
        'daemonHealth.presets["a"].progress.from.url needs a "url": the paths are asked at its address.',
      ],
      [
        { a: { means: { ok: 'fine' } } },
        'daemonHealth.presets["a"].means is not an object of words and what they mean: good, bad, starting, stopped, silent or gone.',
      ],
    ];
    for (const [presets, said] of wrong) assert.deepEqual(problemsOf([], presets), [said]);
  });

  it('costs no other entry anything where it is wrong, and is not called unknown then', () => {
    const good = { name: 'good', url: 'http://127.0.0.1:1/', kind: 'generic' };
    const rows: readonly (readonly [entry: unknown, presets: object, said: readonly RegExp[]])[] = [
      [{ preset: 5 }, {}, [/^daemonHealth\.daemons\[1\] has an unknown "preset"; known are openclaw, /]],
      [
        { preset: 'mine' },
        { mine: { colour: 1 } },
        [
          /^daemonHealth\.presets\["mine"\] has "colour", which no preset has\.$/,
          /^daemonHealth\.daemons\[1\] is not watched until daemonHealth\.presets\["mine"\] is right\.$/,
        ],
      ],
      [
        { preset: 'openclaw', progress: { time: 'at' } },
        {},
        [/^daemonHealth\.daemons\[1\]\.progress\.redAfterMs is not a number/],
      ],
      [{ preset: 'openclaw', url: 5 }, {}, [/^daemonHealth\.daemons\[1\] needs a "url"/]],
      [7, {}, [/^daemonHealth\.daemons\[1\] should be an object with a "name" and a "url"\.$/]],
    ];
    for (const [entry, presets, said] of rows) {
      const problems = problemsOf([good, entry], presets);
      assert.equal(problems.length, said.length, problems.join('\n'));
      said.forEach((each, index) => assert.match(problems[index]!, each));
      assert.deepEqual(
        read([good, entry], presets).daemons.map(({ name }) => name),
        ['good'],
      );
    }
  });
});

describe('what is judged of several things', () => {
  const rows: readonly (readonly [progress: object, said: string])[] = [
    [{ counter: 'n', busy: 'b', each: 'jobs' }, '.progress.each goes with time, age and due alone'],
    [{ time: 't', name: 'n' }, '.progress.name needs "each"'],
    [{ time: 't', each: 'jobs', where: ['x'] }, '.progress.where is not an object of fields'],
    [{ time: 't', from: {} }, '.progress.from is not an object with one of'],
    [{ time: 't', from: { url: 'http://127.0.0.1/x' } }, '.progress.from.url is not a path below'],
    [{ time: 't', from: { url: '//other/x' } }, '.progress.from.url is not a path below'],
    [{ time: 't', from: { files: ['x'] } }, '.progress.from.files is not a list'],
    [{ time: 't', from: { files: ['~/x'], beside: ['~/y'] } }, '.progress.from.beside is not a list'],
    [{ time: 't', from: { command: ['x'], beside: ['~/y'] } }, '.progress.from.beside is not known'],
    [{ time: 't', from: { command: ['x'], files: ['~/y'] } }, '.progress.from.command is one too many'],
    [{ time: 't', from: { files: ['${home:-~/x}/y'] } }, '.progress.from.files is not a list'],
    [{ time: 't', from: { files: ['${HOME}/y'] } }, '.progress.from.files is not a list'],
    [{ time: 't', from: { files: ['${X:-/net/a}/y'] } }, '.progress.from.files is not a list'],
    [{ time: 't', from: { files: ['${X:-~/${Y:-~/z}}/y'] } }, '.progress.from.files is not a list'],
    [{ counter: ['a', 3], busy: 'b' }, '.progress.counter is not a field'],
    [{ time: ['a', 'b'] }, '.progress.time is not a field'],
    [{ time: 'a', stuckAfterMs: 5 }, '.progress.stuckAfterMs is not a number'],
    [{ time: 't', sessions: { id: 'x' } }, '.progress.sessions needs "each"'],
    [{ time: 't', each: 'jobs', sessions: 'x' }, '.progress.sessions is not an object with the "id"'],
    [{ time: 't', each: 'jobs', sessions: {} }, '.progress.sessions.id is not a field'],
    [{ time: 't', each: 'jobs', sessions: { id: 'x', title: 'y' } }, '.progress.sessions.title is not known'],
    [{ time: 't', each: 'jobs', sessions: { id: 'x', startedAt: 5 } }, '.progress.sessions.startedAt is not'],
    [{ time: 't', each: 'jobs', sessions: { id: 'x', waits: 'y' } }, '.progress.sessions.waits is not an'],
  ];
  for (const [progress, said] of rows) {
    it(`is not ${JSON.stringify(progress)}`, () => {
      const entry = { url: 'http://127.0.0.1:1/x', progress: { redAfterMs: 60_000, ...progress } };
      const [problem = ''] = problemsOf([entry]);
      assert.ok(problem.includes(said), problem);
    });
  }
});
