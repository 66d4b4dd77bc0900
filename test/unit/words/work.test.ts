import assert from 'node:assert/strict';
import type { WorkMade } from '../../../src/health/workMade';
import { restartedText } from '../../../src/ui/notifications/instancesText';
import { outcomeText } from '../../../src/words/outcomes';
import type { Report, Session } from '../../../src/health/report';
import { questionText, workText, workingText } from '../../../src/words/work';
import { reportWith } from '../health/support';

const NOW = { wallAt: 0, monotonicMs: 0, uptimeMs: 0 };

describe('the words for what became of the work', () => {
  const cases: readonly [WorkMade, string][] = [
    [{ resumed: 0, interrupted: 0 }, ''],
    [{ resumed: 1, interrupted: 0 }, '1 session resumed'],
    [{ resumed: 2, interrupted: 0 }, '2 sessions resumed'],
    [{ resumed: 0, interrupted: 1 }, '1 session interrupted'],
    [{ resumed: 0, interrupted: 3 }, '3 sessions interrupted'],
    [{ resumed: 1, interrupted: 2 }, '1 session resumed, 2 interrupted'],
    [{ resumed: 2, interrupted: 1 }, '2 sessions resumed, 1 interrupted'],
  ];
  for (const [made, text] of cases) {
    it(`are "${text}"`, () => assert.equal(workText(made), text));
  }

  it('are the same in the outcome of a restart and in the notification of a new life', () => {
    const work = { resumed: 2, interrupted: 1 };
    const outcome = { kind: 'cured', daemon: 'dispatchd', tookMs: 14_000, isRestart: true, work } as const;
    assert.equal(outcomeText(outcome), 'dispatchd restarted in 14 s · 2 sessions resumed, 1 interrupted.');
    const restarted = { ...work, kind: 'restart', isInferred: false, lost: [] } as const;
    assert.equal(
      restartedText('dispatchd', restarted, NOW, NOW),
      'dispatchd restarted; 2 sessions resumed, 1 interrupted.',
    );
  });
});

describe('the words for what a daemon works on', () => {
  const sessions = (...statuses: readonly string[]): readonly Session[] =>
    statuses.map((status, index) => ({ id: `${index}`, title: 'x', status }));
  const unknownWork = (parts: Partial<NonNullable<Report['unknownWork']>>) => ({
    unknownWork: { subAgents: [], turns: false, tasks: false, ...parts },
  });
  const unreadable = (...files: readonly string[]) => ({
    malformed: files.map((field) => ({ field, is: 'unreadableFile' as const })),
  });
  const rows: readonly [parts: Partial<Report>, text: string, wasText?: string][] = [
    [{}, 'not known'],
    [{ sessions: [] }, 'none running'],
    [{ sessions: sessions('running', 'completed') }, '1 running', '1 was running'],
    [
      { sessions: sessions('waiting') },
      'none running · 1 waits for you',
      'none running · 1 was waiting for you',
    ],
    [
      { sessions: sessions('waiting', 'running', 'waiting') },
      '1 running · 2 wait for you',
      '1 was running · 2 were waiting for you',
    ],
    [unknownWork({ turns: true }), 'tasks: none running · turns: not known'],
    [
      { sessions: sessions('completed'), ...unknownWork({ turns: true }) },
      'tasks: none running · turns: not known',
    ],
    [
      { sessions: sessions('running'), ...unknownWork({ turns: true }) },
      '1 running · turns: not known',
      '1 was running · turns: not known',
    ],
    [
      { ...unknownWork({ turns: true }), ...unreadable('inflight_turns.json', 'named_sessions.json') },
      'tasks: none running · turns: not known: inflight_turns.json, named_sessions.json could not be read',
    ],
    [
      { ...unknownWork({ subAgents: ['coder'] }), ...unreadable('agents/coder/inflight_turns.json') },
      'tasks: none running · turns: none running · turns of coder: not known: agents/coder/inflight_turns.json could not be read',
    ],
    [
      unknownWork({ subAgents: ['a', 'b', 'c', 'd', 'e'], turns: true }),
      'tasks: none running · turns: not known · turns of a, b, c and 2 more: not known',
    ],
    // A turn may run, and is not told for once, where the tasks are not told.
    [unknownWork({ tasks: true }), 'tasks: not known'],
    [unknownWork({ tasks: true, turns: true }), 'tasks: not known · turns: not known'],
    [
      { sessions: sessions('running'), ...unknownWork({ tasks: true }) },
      '1 running · tasks: not known',
      '1 was running · tasks: not known',
    ],
    [
      { sessions: [], ...unreadable('startup_state.json') },
      'none running · startup_state.json could not be read',
    ],
  ];
  for (const [parts, text, wasText = text] of rows) {
    it(`are "${text}"`, () => {
      const report = reportWith(parts);
      assert.deepEqual([workingText(report, true), workingText(report, false)], [text, wasText]);
    });
  }

  it('are the question of one that waits', () => {
    const [session] = sessions('waiting') as [Session];
    const asks = { ...session, question: 'Which schema?' };
    assert.deepEqual(
      [questionText(asks, true), questionText(asks, false), questionText(session, true)],
      ['waits for you: Which schema?', 'was waiting for you: Which schema?', 'waits for you'],
    );
  });
});
