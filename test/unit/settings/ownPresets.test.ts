import assert from 'node:assert/strict';
import { readDaemons } from '../../../src/settings/daemonList';
import { BUNDLED_PRESETS } from '../../../src/settings/presets';
import { listProblemText } from '../../../src/words/listProblemText';

const read = (presets: unknown, entries: unknown = []) =>
  readDaemons(entries, { configured: true, allowRemote: false, presets });
/** As it stands in a file: a key may be `__proto__`. */
const json = (text: string): unknown => JSON.parse(text);
const PROOF = { time: 'at', redAfterMs: 60_000 };
const HUGE = 100_000;

/** What is odd about a preset of the name `mine`, and what its user is told. */
const ODD: readonly (readonly [what: string, preset: unknown, said: string])[] = [
  ['null', null, 'should be an object'],
  ['a list', [{ url: 'http://127.0.0.1:1' }], 'should be an object'],
  ['a text', 'claude', 'should be an object'],
  ['a number', 5, 'should be an object'],
  ['another preset', { preset: 'claude' }, 'has "preset", which no preset has'],
  ['itself', { preset: 'mine' }, 'has "preset", which no preset has'],
  ['a name', { name: 'x', url: 'http://127.0.0.1:1' }, 'has "name", which no preset has'],
  ['a kind', { kind: 'smithy' }, 'has "kind", which no preset has'],
  ['a key with a typing error', { pollIntervalMS: 5_000 }, 'has "pollIntervalMS", which no preset has'],
  [
    'the prototype',
    json('{"__proto__":{"url":"http://127.0.0.1:1"}}'),
    'has "__proto__", which no preset has',
  ],
  ['a constructor', { constructor: 1 }, 'has "constructor", which no preset has'],
  ['a key with controls, and long', { [`a\u0007\n${'b'.repeat(HUGE)}`]: 1 }, 'has "a bbb'],
  ['a url that is none', { url: 5 }, 'needs a "url"'],
  ['a url that is null', { url: null }, 'needs a "url"'],
  [
    'a url of https',
    { url: 'https://127.0.0.1/' },
    'has a "url" that is not an http address: https://127.0.0.1/',
  ],
  ['a url with a password', { url: 'http://a:b@127.0.0.1/' }, 'has a "url" with a user name or a password'],
  ['files as a text', { files: '~/x' }, '.files is not a list of up to 10 paths'],
  ['files of somebody else', { files: ['~root/x'] }, '.files is not a list of up to 10 paths'],
  ['a home alone', { files: ['~'] }, '.files is not a list of up to 10 paths'],
  ['a path up from home', { files: ['~/../x'] }, '.files is not a list of up to 10 paths'],
  ['a relative path', { files: ['run/x'] }, '.files is not a list of up to 10 paths'],
  ['a share', { files: ['\\\\server\\x'] }, '.files is not a list of up to 10 paths'],
  ['too many files', { files: Array<string>(HUGE).fill('~/x') }, '.files is not a list of up to 10 paths'],
  ['a command as a text', { command: 'mydaemon status' }, '.command is not a list of a program'],
  ['a command of numbers', { command: ['sleep', 5] }, '.command is not a list of a program'],
  ['no program', { command: [''] }, '.command is not a list of a program'],
  ['two sources', { url: 'http://127.0.0.1:1', command: ['x'] }, '.command is one too many'],
  ['an interval as a text', { pollIntervalMs: '5000' }, '.pollIntervalMs is not a number of milliseconds'],
  ['an interval of null', { pollIntervalMs: null }, '.pollIntervalMs is not a number of milliseconds'],
  ['words that mean nothing', { means: { ok: 'toString' } }, '.means is not an object of words'],
  ['a prototype of words', { means: json('{"__proto__":{}}') }, '.means is not an object of words'],
  ['a proof as a text', { progress: 'time' }, '.progress is not an object'],
  ['two proofs', { progress: { ...PROOF, age: 'x' } }, '.progress needs exactly one of time'],
  [
    'a proof of the prototype',
    { progress: json('{"__proto__":{"time":"at"}}') },
    '.progress.__proto__ is not known',
  ],
  [
    'a time as a text',
    { progress: { time: 'at', redAfterMs: '60000' } },
    '.progress.redAfterMs is not a number',
  ],
  [
    'an endless time',
    { progress: { time: 'at', redAfterMs: Infinity } },
    '.progress.redAfterMs is not a number',
  ],
  [
    'a place of any length',
    { progress: { ...PROOF, time: 'x'.repeat(HUGE) } },
    '.progress.time is not a field',
  ],
  [
    'counters without number',
    { progress: { counter: Array<string>(HUGE).fill('n'), busy: 'b', redAfterMs: 60_000 } },
    '.progress.counter is not a field',
  ],
  [
    'as many places of work',
    { progress: { ...PROOF, busy: Array<string>(HUGE).fill('b') } },
    '.progress.busy is not a field',
  ],
  [
    'as many matches',
    {
      progress: {
        ...PROOF,
        each: 'jobs',
        where: Object.fromEntries(Array.from({ length: HUGE }, (_, index) => [`k${index}`, 1])),
      },
    },
    '.progress.where is not an object of fields',
  ],
  ['a restart as a text', { restart: 'mydaemon run' }, '.restart is not an object'],
  ['a restart as a list', { restart: ['mydaemon', 'run'] }, '.restart is not an object'],
  [
    'a restart with a typing error',
    { restart: { command: 'x', arg: ['y'] } },
    'has "restart.arg", which no preset has',
  ],
  [
    'a restart of the prototype',
    { restart: json('{"__proto__":{"command":"x"}}') },
    'has "restart.__proto__", which no preset has',
  ],
  [
    'an environment of numbers',
    { restart: { command: 'x', env: { A: 5 } } },
    '.restart.env is not a map of strings',
  ],
  ['a Prometheus without a query', { prometheus: 'http://127.0.0.1:9090' }, '.query is not a query'],
];

describe("a preset of the user's own", () => {
  for (const [what, preset, said] of ODD) {
    it(`is told of by its path, and not used, where it is or has ${what}`, () => {
      const { daemons, problems } = read({ mine: preset }, [
        { preset: 'mine' },
        { url: 'http://127.0.0.1:1' },
      ]);
      const [first = '', ...rest] = problems.map(listProblemText);
      assert.match(first, /^daemonHealth\.presets\["mine"\][ .]/);
      assert.ok(first.includes(said), first);
      assert.ok(first.length < 400, `${first.length} characters`);
      assert.deepEqual(rest, [
        'daemonHealth.daemons[0] is not watched until daemonHealth.presets["mine"] is right.',
      ]);
      assert.deepEqual(
        daemons.map(({ target }) => target),
        [{ kind: 'http', origin: 'http://127.0.0.1:1' }],
      );
      assert.equal(({} as Record<string, unknown>)['url'], undefined);
    });
  }

  for (const [what, presets] of [
    ['a list', []],
    ['a text', 'claude'],
    ['a number', 5],
    ['true', true],
    ['far too many', Object.fromEntries(Array.from({ length: HUGE }, (_, index) => [`p${index}`, {}]))],
  ] as const) {
    it(`is not read where the setting is ${what}`, () => {
      assert.deepEqual(read(presets).problems.map(listProblemText), [
        'daemonHealth.presets should be an object of up to 50 presets by their names.',
      ]);
    });
  }

  it('keeps the names of the shipped ones for these', () => {
    for (const name of BUNDLED_PRESETS.keys()) {
      const { daemons, problems } = read({ [name]: { url: 'http://127.0.0.1:1' } }, [
        { preset: name, ...(name === 'bullmq' && { url: 'http://127.0.0.1:2/metrics' }) },
      ]);
      assert.deepEqual(problems.map(listProblemText), [
        `daemonHealth.presets["${name}"] has the name of a preset that comes with the extension, which stays as it is.`,
      ]);
      assert.notDeepEqual(daemons[0]?.target, { kind: 'http', origin: 'http://127.0.0.1:1' });
    }
  });

  it('may have any other name, also one that every object has', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'Claude', ' ', '"]']) {
      const presets = json(`{${JSON.stringify(name)}:{"files":["~/x"]}}`);
      const { daemons, problems } = read(presets, [{ name: 'x', preset: name }]);
      assert.deepEqual(problems, []);
      assert.deepEqual(daemons[0]?.target, { kind: 'file', paths: ['~/x'] });
      assert.deepEqual(read(undefined, [{ preset: name }]).daemons, []);
    }
  });

  it('has a long name cut, and its path is one line', () => {
    const [problem] = read({ [`a\n${'b'.repeat(HUGE)}`]: 1 }).problems;
    const text = listProblemText(problem!);
    assert.match(text, /^daemonHealth\.presets\["a b+…"\] should be an object\.$/);
    assert.ok(text.length < 120);
  });

  it('may be a fleet', () => {
    const fleet = { prometheus: 'http://127.0.0.1:9090', query: 'up', value: 'state', redAbove: 0 };
    const { daemons, problems } = read({ fleet }, [{ name: 'w {{instance}}', preset: 'fleet' }]);
    assert.deepEqual(problems.map(listProblemText), []);
    assert.deepEqual(daemons[0]?.target, {
      kind: 'prometheus',
      origin: 'http://127.0.0.1:9090',
      query: 'up',
    });
    const own = read({ fleet }, [{ preset: 'fleet', url: 'http://127.0.0.1:1' }]).problems.map(
      listProblemText,
    );
    assert.deepEqual(own, ['daemonHealth.daemons[0].query is only for an entry with "prometheus".']);
  });
});
