import assert from 'node:assert/strict';
import { readDaemons } from '../../../src/settings/daemonList';
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
      assert.deepEqual(problems.map(listProblemText), [
        `daemonHealth.daemons[0] has a problem: "files" ${FILES}.`,
      ]);
    });
  }

  it('is not told of a daemon without a word on it', () => {
    assert.equal(read({ kind: 'generic' }).daemons[0]?.asks, undefined);
    assert.equal(read({}).daemons[0]?.kind, undefined, 'its kind shows in its answer');
  });

  const places = (path: string, rest: string) => `daemonHealth.daemons[0] has a problem: "${path}" ${rest}.`;
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
    [{ files: ['/x'] }, places('files', 'is one too many: an entry has one of "url", "files" and "command"')],
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
