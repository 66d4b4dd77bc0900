import assert from 'node:assert/strict';
import { readDaemons } from '../../../src/settings/daemonList';
import type { DaemonConfig } from '../../../src/model/daemonConfig';
import { listProblemText } from '../../../src/words/listProblemText';

const URL = 'http://127.0.0.1:8080/health';
const read = (entry: object) =>
  readDaemons([{ url: URL, ...entry }], { configured: true, allowRemote: false });

describe('how a daemon of any make is asked', () => {
  const proofs: readonly (readonly [progress: object, read: object])[] = [
    [
      { time: 'a.b', redAfterMs: 60_000 },
      { by: 'time', at: 'a.b', redAfterMs: 60_000 },
    ],
    [
      { age: 'idle', busy: 'runs', redAfterMs: 1_000 },
      { by: 'age', at: 'idle', busy: 'runs', redAfterMs: 1_000 },
    ],
    [
      { counter: 'n', busy: 'b', redAfterMs: 60_000 },
      { by: 'counter', at: 'n', busy: 'b', redAfterMs: 60_000 },
    ],
    [
      { due: 'next', redAfterMs: 60_000 },
      { by: 'due', at: 'next', redAfterMs: 60_000 },
    ],
    [
      { beat: '$text', redAfterMs: 60_000 },
      { by: 'beat', at: '$text', redAfterMs: 60_000 },
    ],
  ];
  for (const [progress, expected] of proofs) {
    it(`is read: ${JSON.stringify(progress)}`, () => {
      const { daemons, problems } = read({ progress });
      assert.deepEqual(problems, []);
      assert.deepEqual(daemons[0]?.asks, { progress: expected });
      assert.equal(daemons[0]?.kind, 'generic', 'who has a proof is of any make');
    });
  }

  it('keeps the query of its address, and the statuses of a good answer', () => {
    const { daemons } = read({ url: `${URL}?verbose`, kind: 'generic', expect: [200, 429] });
    assert.deepEqual(daemons[0]?.asks, { query: '?verbose', expect: [200, 429] });
    assert.deepEqual(daemons[0]?.target, { kind: 'http', origin: URL });
  });

  it('takes files in place of an address', () => {
    const files = ['~/.hermes/cron/ticker_last_success', '/var/lib/x/state.json'];
    const { daemons, problems } = readDaemons([{ files }], { configured: true, allowRemote: false });
    assert.deepEqual(problems, []);
    const [daemon] = daemons;
    assert.deepEqual([daemon?.target, daemon?.kind], [{ kind: 'file', paths: files }, 'generic']);
    assert.equal(daemon?.name, 'generic');
  });

  const FILES =
    'is not a list of up to 10 paths of files on this machine, such as ["~/.daemon/last_success"]';
  for (const files of [
    [],
    '/x',
    ['x'],
    ['../x'],
    ['//host/share'],
    ['/proc/1/stat'],
    ['/x', 5],
    Array(11).fill('/x'),
  ]) {
    it(`refuses the files ${JSON.stringify(files).slice(0, 40)}`, () => {
      const { problems } = readDaemons([{ files }], { configured: true, allowRemote: false });
      assert.deepEqual(problems.map(listProblemText), [`daemonHealth.daemons[0].files ${FILES}.`]);
    });
  }

  const FLEET = {
    name: 'api {{instance}}',
    prometheus: 'http://127.0.0.1:9090/',
    query: ' time() - x_last_success_timestamp_seconds ',
    value: 'age',
    redAbove: 600,
  };
  const readFleet = (entry: object, allowRemote = false) =>
    readDaemons([{ ...FLEET, ...entry }], { configured: true, allowRemote });

  it('takes a Prometheus that measures many', () => {
    const { daemons, problems } = readFleet({});
    assert.deepEqual(problems, []);
    const [{ target, asks, name, kind, id }] = daemons as [DaemonConfig];
    const query = 'time() - x_last_success_timestamp_seconds';
    assert.deepEqual(target, { kind: 'prometheus', origin: 'http://127.0.0.1:9090', query });
    assert.deepEqual(asks, { fleet: { rowName: 'api {{instance}}', value: 'age', redAbove: 600 } });
    assert.deepEqual([name, kind], ['api', 'generic']);
    assert.equal(id, `prometheus:["http://127.0.0.1:9090","${query}"]`);
  });

  const names: [name: unknown, fleet: string][] = [
    ['{{instance}}', 'fleet of 127.0.0.1:9090'],
    ['api of {{ zone }} ({{instance}})', 'api of'],
    ['{{job}} / {{instance}} workers', 'workers'],
    [undefined, 'fleet of 127.0.0.1:9090'],
    ['my fleet', 'my fleet'],
  ];
  for (const [name, fleet] of names) {
    it(`calls a fleet ${fleet}: ${String(name)}`, () =>
      assert.equal(readFleet({ name }).daemons[0]?.name, fleet));
  }

  it('takes two queries to one Prometheus as two fleets, and one as one', () => {
    const { daemons } = readDaemons([FLEET, { ...FLEET, query: 'up' }, { ...FLEET, name: 'b' }], {
      configured: true,
      allowRemote: false,
    });
    assert.deepEqual(
      daemons.map(({ target }) => target.kind === 'prometheus' && target.query),
      ['time() - x_last_success_timestamp_seconds', 'up'],
    );
  });

  it('asks a Prometheus of another machine only where that is allowed', () => {
    const prometheus = 'http://prometheus.example:9090';
    assert.deepEqual(readFleet({ prometheus }).problems.map(listProblemText), [
      'daemonHealth.daemons[0] is not on this machine (prometheus.example); set daemonHealth.allowRemote to watch the daemon all the same.',
    ]);
    assert.equal(readFleet({ prometheus }, true).daemons.length, 1);
  });

  const NO_PROMETHEUS =
    'is not the http address of a Prometheus, without a password, a "?" or a "#", such as "http://127.0.0.1:9090"';
  const NO_QUERY =
    'is not a query of at most 2000 characters, such as "time() - my_last_success_timestamp_seconds"';
  const NO_VALUE = 'is not "age", "counter" or "state"';
  const NO_RED_ABOVE =
    'is not a number: for an age or a counter seconds, at least 1 and at most a month, for a state the figure itself';
  const ALONE = 'is only for an entry with "prometheus"';
  const NOT_OF_FLEET = 'is not for an entry with "prometheus", which is many daemons';
  const fleetProblems: [entry: object, path: string, problem: string][] = [
    [{ prometheus: 9090 }, 'prometheus', NO_PROMETHEUS],
    [{ prometheus: 'https://127.0.0.1:9090' }, 'prometheus', NO_PROMETHEUS],
    [{ prometheus: 'http://a:secret@127.0.0.1:9090' }, 'prometheus', NO_PROMETHEUS],
    [{ prometheus: 'http://127.0.0.1:9090/?query=up' }, 'prometheus', NO_PROMETHEUS],
    [{ query: undefined }, 'query', NO_QUERY],
    [{ query: ' ' }, 'query', NO_QUERY],
    [{ query: 'x'.repeat(2_001) }, 'query', NO_QUERY],
    [{ query: '\ud800' }, 'query', NO_QUERY],
    [{ value: undefined }, 'value', NO_VALUE],
    [{ value: 'time' }, 'value', NO_VALUE],
    [{ redAbove: undefined }, 'redAbove', NO_RED_ABOVE],
    [{ redAbove: '600' }, 'redAbove', NO_RED_ABOVE],
    [{ redAbove: 0 }, 'redAbove', NO_RED_ABOVE],
    [{ redAbove: 1e9 }, 'redAbove', NO_RED_ABOVE],
    [{ value: 'state', redAbove: Infinity }, 'redAbove', NO_RED_ABOVE],
    [{ progress: { time: 'a', redAfterMs: 60_000 } }, 'progress', NOT_OF_FLEET],
    [{ expect: [200] }, 'expect', NOT_OF_FLEET],
    [{ restart: { command: 'x' } }, 'restart', NOT_OF_FLEET],
    [
      { url: URL },
      'prometheus',
      'is one too many: an entry has one of "url", "files", "command" and "prometheus"',
    ],
    [{ prometheus: undefined, url: URL }, 'query', ALONE],
    [{ prometheus: undefined, url: URL, query: undefined, value: undefined }, 'redAbove', ALONE],
  ];
  for (const [entry, path, problem] of fleetProblems) {
    it(`refuses a fleet: ${JSON.stringify(entry).slice(0, 60)}`, () => {
      const { daemons, problems } = readFleet(entry);
      const said = `daemonHealth.daemons[0].${path} ${problem}.`;
      assert.deepEqual(problems.map(listProblemText), [said]);
      assert.deepEqual(daemons, []);
    });
  }

  it('takes a state above which a figure of any size is red', () => {
    assert.deepEqual(readFleet({ value: 'state', redAbove: 0 }).problems, []);
    assert.deepEqual(readFleet({ value: 'state', redAbove: -1 }).problems, []);
  });

  it('is not told of a daemon without a word on it', () => {
    assert.equal(read({ kind: 'generic' }).daemons[0]?.asks, undefined);
    assert.equal(read({}).daemons[0]?.kind, undefined, 'its kind shows in its answer');
  });

  const places = (path: string, rest: string) => `daemonHealth.daemons[0].${path} ${rest}.`;
  const ONE = 'needs exactly one of time, age, counter, due and beat';
  const PLACE = 'is not a field of the answer, such as "lastSuccessAt" or "scheduler.nextRunAt"';
  const TIME = 'is not a number of milliseconds, at least 1000 and at most a month';
  const problems: readonly (readonly [entry: object, problem: string])[] = [
    [{ progress: 'time' }, places('progress', 'is not an object')],
    [{ progress: ['time'] }, places('progress', 'is not an object')],
    [{ progress: { redAfterMs: 60_000 } }, places('progress', ONE)],
    [{ progress: { time: 'a', beat: 'b', redAfterMs: 60_000 } }, places('progress', ONE)],
    [{ progress: { time: 5, redAfterMs: 60_000 } }, places('progress.time', PLACE)],
    [{ progress: { time: '', redAfterMs: 60_000 } }, places('progress.time', PLACE)],
    [{ progress: { time: 'a\nb', redAfterMs: 60_000 } }, places('progress.time', PLACE)],
    [{ progress: { time: 'x'.repeat(300), redAfterMs: 60_000 } }, places('progress.time', PLACE)],
    [{ progress: { due: 'a', busy: 1, redAfterMs: 60_000 } }, places('progress.busy', PLACE)],
    [
      { progress: { counter: 'a', redAfterMs: 60_000 } },
      places(
        'progress.busy',
        'is missing: a counter that stands still proves nothing while the daemon has nothing to do',
      ),
    ],
    [{ progress: { time: 'a' } }, places('progress.redAfterMs', TIME)],
    [{ progress: { time: 'a', redAfterMs: '5' } }, places('progress.redAfterMs', TIME)],
    [{ progress: { time: 'a', redAfterMs: 999 } }, places('progress.redAfterMs', TIME)],
    [{ progress: { time: 'a', redAfterMs: NaN } }, places('progress.redAfterMs', TIME)],
    [
      { progress: { tiem: 'a', redAfterMs: 60_000 } },
      places(
        'progress.tiem',
        'is not known; known are time, age, counter, due, beat, busy, redAfterMs, stuckAfterMs, and what the README names besides',
      ),
    ],
    [
      { files: ['/x'] },
      places('files', 'is one too many: an entry has one of "url", "files", "command" and "prometheus"'),
    ],
    [{ expect: 200 }, places('expect', 'is not a list of HTTP statuses, such as [200, 204]')],
    [{ expect: [] }, places('expect', 'is not a list of HTTP statuses, such as [200, 204]')],
    [{ expect: [20] }, places('expect', 'is not a list of HTTP statuses, such as [200, 204]')],
    [
      { kind: 'smithy', progress: { time: 'a', redAfterMs: 60_000 } },
      'daemonHealth.daemons[0] has "progress", which only a daemon of the kind "generic" has.',
    ],
    [
      { kind: 'ductor', expect: [200] },
      'daemonHealth.daemons[0] has "expect", which only a daemon of the kind "generic" has.',
    ],
  ];
  for (const [entry, problem] of problems) {
    it(`is refused, with the place: ${JSON.stringify(entry).slice(0, 80)}`, () => {
      const given = read(entry);
      assert.deepEqual(given.problems.map(listProblemText), [problem]);
      assert.deepEqual(given.daemons, []);
    });
  }
});
