import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../../../src/health/report';
import type { Probe } from '../../../src/kinds/probe';
import { workingText } from '../../../src/words/work';
import { playDuctor } from '../../support/ductorProbe';
import { DUCTOR, type FakeDuctor, pythonTime } from '../../support/fakeDuctor';
import { reportOf } from '../support';

const LATER = join(__dirname, '..', '..', 'fixtures', 'ductor', 'later');
const SECOND_MS = 1_000;

/** What a whole ductor 0.16.3 answered and had in its files at one moment. */
interface Moment {
  readonly health: object;
  readonly tasks: object;
  readonly 'inflight_turns.json': unknown;
  readonly 'named_sessions.json': unknown;
}
const json = (file: string): unknown => JSON.parse(readFileSync(join(LATER, file), 'utf8'));

/** All times of it, as if it had been recorded now: ISO 8601, and seconds since 1970. */
function shifted<T>(value: T, byMs: number): T {
  return JSON.parse(JSON.stringify(value), (key, each: unknown) => {
    if (key === 'started_at') return pythonTime(Date.parse(each as string) + byMs);
    const isTime = (key === 'created_at' || key === 'completed_at') && each !== 0;
    return isTime ? (each as number) + byMs / 1_000 : each;
  }) as T;
}

describe('what a real ductor answered and wrote', function () {
  this.timeout(20_000);
  let ductor: FakeDuctor;
  let probe: Probe;

  playDuctor((played) => ({ ductor, probe } = played));

  /**
   * Puts the ductor there as it was, and asks it.
   *
   * @param capturedAt when it was recorded
   * @param beganAt when the life had begun that wrote the files
   */
  async function ask(moment: Moment, capturedAt: string, beganAt: string): Promise<Report> {
    const byMs = Date.now() - Date.parse(capturedAt);
    const agoMs = Date.parse(capturedAt) - Date.parse(beganAt);
    ductor.begin({ agoMs });
    ductor.beginAgent('coder', { agoMs });
    const ok = { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } };
    ductor.routes = {
      '/interagent/health': { ...ok, body: moment.health },
      '/tasks/list': { ...ok, body: shifted(moment.tasks, byMs) },
    };
    for (const file of ['inflight_turns.json', 'named_sessions.json'] as const) {
      if (moment[file] !== 'absent') ductor.write(file, shifted(moment[file], byMs));
    }
    return reportOf(await probe.ask());
  }
  const said = ({ sessions }: Report) =>
    sessions?.map(({ title, status, command }) => [
      title,
      status,
      ...(command === undefined ? [] : [command]),
    ]);
  /** What the sub-agent wrote while it worked. */
  const coderTurns = (capturedAt: string) =>
    ductor.write(
      'agents/coder/inflight_turns.json',
      shifted(json('agents-coder-inflight_turns.json'), Date.now() - Date.parse(capturedAt)),
    );

  const TURN = ['long refactoring run 120 every 5', 'running'];
  const NAMED = ['vastpike', 'running', 'go on with step 3 run 120 every 5'];
  const CODER = ['coder: review run 120 every 5', 'running'];

  it('while all of it worked is a turn, a named session, the turn and the task of a sub-agent', async () => {
    const capturedAt = '2026-11-25T15:06:07Z';
    coderTurns(capturedAt);
    const report = await ask(json('1-working.json') as Moment, capturedAt, '2026-11-25T15:05:56Z');
    assert.deepEqual(said(report), [TURN, NAMED, CODER, ['coder: nightly lint', 'running']]);
    assert.deepEqual([report.unknownWork, report.malformed], [undefined, []]);
    const [turn] = report.sessions!;
    assert.ok(Math.abs(report.daemonNow! - turn!.startedAt! - 4.1 * SECOND_MS) < 1.5 * SECOND_MS);
    assert.doesNotMatch(JSON.stringify(report), /BACKGROUND TASKS/, "ductor's own text");
  });

  for (const [file, capturedAt, rest] of [
    ['2-graceful-end-after-300ms.json', '2026-11-25T15:06:07.9Z', [TURN, NAMED, CODER]],
    ['2-graceful-end-after-2600ms.json', '2026-11-25T15:06:10.2Z', [TURN, NAMED, CODER]],
    ['2-graceful-end-after-4600ms.json', '2026-11-25T15:06:12.2Z', [TURN]],
  ] as const) {
    it(`while it ended is what its files still said: ${file}`, async () => {
      if (rest.length === 3) coderTurns(capturedAt);
      const report = await ask(json(file) as Moment, capturedAt, '2026-11-25T15:05:56Z');
      assert.deepEqual(said(report), [...rest, ['coder: nightly lint', 'cancelled']]);
      assert.equal(report.unknownWork, undefined);
    });
  }

  it('after its next start is nothing that runs', async () => {
    const report = await ask(
      json('4-started-again.json') as Moment,
      '2026-11-25T15:06:19Z',
      '2026-11-25T15:06:16Z',
    );
    assert.deepEqual(said(report), [['coder: nightly lint', 'cancelled']]);
    assert.equal(workingText(report, true), 'none running');
  });

  it('after it was killed and started is the named session that it resumed', async () => {
    const moment = json('6-started-after-kill-9.json') as Moment;
    const report = await ask(moment, '2026-11-25T15:06:27Z', '2026-11-25T15:06:24Z');
    assert.deepEqual(said(report), [
      NAMED,
      ['coder: nightly lint', 'interrupted'],
      ['coder: nightly lint', 'cancelled'],
    ]);
  });

  it('is not what the killed one left behind, before the next one has cleared it', async () => {
    const [left, next] = ['5-killed-9.json', '6-started-after-kill-9.json'].map(json) as [Moment, Moment];
    const capturedAt = '2026-11-25T15:06:24.5Z';
    const byMs = Date.now() - Date.parse(capturedAt);
    ductor.write(
      'named_sessions.json',
      shifted(left['named_sessions.json'], byMs),
      Date.now() - 5 * SECOND_MS,
    );
    const moment = {
      ...next,
      'inflight_turns.json': left['inflight_turns.json'],
      'named_sessions.json': 'absent',
    };
    const report = await ask(moment, capturedAt, '2026-11-25T15:06:24Z');
    assert.equal(workingText(report, true), 'none running');
  });

  it('of an earlier run is its turn, its named sessions and its tasks', async () => {
    const capturedAt = '2026-11-22T00:36:00Z';
    const { main } = DUCTOR.agents.body.agents;
    const moment = {
      health: { agents: { main } },
      tasks: DUCTOR.tasks.body,
      'inflight_turns.json': DUCTOR.files.inflight,
      'named_sessions.json': DUCTOR.files.named,
    };
    assert.deepEqual(said(await ask(moment, capturedAt, '2026-11-22T00:35:56Z')), [
      ['migrate the database schema', 'running'],
      ['rareant', 'running', 'continue with step 3 and report'],
      ['zenseal', 'running', 'first turn, never answered yet'],
      ['docs-sweep', 'running'],
      ['db-migration', 'running'],
      ['nightly-fail', 'timed-out'],
      ['quick-check', 'completed'],
    ]);
  });
});
