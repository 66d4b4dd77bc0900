import assert from 'node:assert/strict';
import type { Session } from '../../../../src/health/report';
import { sessionRows } from '../../../../src/ui/tree/sessionRows';
import { valueOf, type Row } from '../../../../src/ui/tree/daemonRows';
import { MINUTE_MS, Watch, goodReport } from '../../health/support';
import { modelOf } from '../support';

describe('the row of interrupted work', () => {
  for (const [remembersInterrupted, description] of [
    [false, '1 not resumed'],
    [true, '1 to run again'],
  ] as const) {
    it(`says "${description}" where the daemon ${remembersInterrupted ? 'remembers' : 'forgets'} what was interrupted`, () => {
      const watch = new Watch();
      const sessions = [{ id: 'a', title: 'build', status: 'interrupted' }];
      watch.answer(goodReport(watch.time, { kind: 'toy', sessions, traits: { remembersInterrupted } }));
      const details = sessionRows(() => []).details(modelOf(watch), watch.time.now());
      assert.deepEqual(
        details.filter(({ label }) => label === 'Interrupted').map((detail) => detail.description),
        [description],
      );
    });
  }
});

describe('the rows of work that its daemon lost', () => {
  it('stand once each, also where the daemon lists the work with an end of its own', () => {
    const watch = new Watch();
    const endedAt = watch.time.wallAt;
    const sessions: readonly Session[] = [
      { id: 'task', title: 'nightly lint', status: 'cancelled', endedAt },
      { id: 'done', title: 'docs', status: 'completed', endedAt },
    ];
    const lost: readonly Session[] = [
      { id: 'task', title: 'nightly lint', status: 'interrupted', endedAt },
      { id: 'turn', title: 'silent turn', status: 'timed-out', endAssumed: true },
    ];
    watch.answer(goodReport(watch.time, { kind: 'ductor', sessions }));
    const details = sessionRows(() => lost).details(modelOf(watch), watch.time.now());
    const rows = details.map(({ label, description, children = [] }) => [
      `${label}: ${description}`,
      ...children.map((row) => `${row.label}: ${String(row.description).replace(/ \d.*/, '')}`),
    ]);
    assert.deepEqual(rows, [
      ['Sessions: none running'],
      ['Interrupted: 1 not resumed', 'nightly lint: interrupted'],
      ['Ended today: 2 · 1 timed out or failed', 'docs: completed', 'silent turn: timed out (assumed)'],
    ]);
  });
});

describe('the row of a session', () => {
  const drawn = sessionRows(() => []);

  /** Polled now with these sessions: the rows below "running" and "ended". */
  function rowsAt(watch: Watch, sessions: readonly Session[]): readonly Row[] {
    watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions }));
    return drawn.details(modelOf(watch), watch.time.now()).flatMap(({ children }) => children ?? []);
  }

  it('says the same at the next poll, where nothing is new', () => {
    const watch = new Watch();
    const at = watch.time.wallAt;
    const sessions: readonly Session[] = [
      { id: 'a', title: 'build', status: 'running', deadlineAt: at + 30 * MINUTE_MS, lastActivityAt: at },
      { id: 'b', title: 'test', status: 'completed', endedAt: at - MINUTE_MS },
    ];
    const before = rowsAt(watch, sessions);
    watch.wait(5_000);
    const after = rowsAt(watch, sessions);
    assert.equal(before.length, 2);
    assert.deepEqual(after, before);
  });

  const later: readonly [what: string, waitMs: number, description: RegExp][] = [
    ['its time left is another step', 26 * MINUTE_MS, /under 5 min left/],
    ['its last activity is older by a step', 3 * MINUTE_MS, /active 3 min ago/],
  ];
  for (const [what, waitMs, description] of later) {
    it(`says so when ${what}`, () => {
      const watch = new Watch();
      const at = watch.time.wallAt;
      const sessions: readonly Session[] = [
        { id: 'a', title: 'build', status: 'running', deadlineAt: at + 30 * MINUTE_MS, lastActivityAt: at },
      ];
      rowsAt(watch, sessions);
      watch.wait(waitMs);
      const [after] = rowsAt(watch, sessions);
      assert.match(after!.description!, description);
    });
  }

  it('shows no sign of life where the daemon does not answer', () => {
    const watch = new Watch();
    const at = watch.time.wallAt;
    const session: Session = {
      id: 'a',
      title: 'build',
      status: 'running',
      role: 'worker',
      deadlineAt: at + MINUTE_MS,
      lastActivityAt: at,
    };
    const [before] = rowsAt(watch, [session]);
    assert.equal(before!.icon, 'watch');
    watch.wait(5_000).fail('refused');
    const [detail] = drawn.details(modelOf(watch), watch.time.now());
    const [after] = detail!.children!;
    assert.equal(detail!.description, '1 was running');
    assert.deepEqual(
      [after!.icon, after!.severity, after!.description],
      ['question', 'plain', 'worker · was running'],
    );
    assert.doesNotMatch(drawn.hover(after!.id, modelOf(watch), watch.time.now())!, /left/);
    rowsAt(watch, [session, { ...session, id: 'b', status: 'starting' }]);
    watch.wait(5_000).fail('refused');
    const [both] = drawn.details(modelOf(watch), watch.time.now());
    assert.equal(both!.description, '2 were running');
    assert.equal(both!.children![1]!.description, 'worker · was starting');
  });

  it('says how the session is ended', () => {
    const watch = new Watch();
    const at = watch.time.wallAt;
    const session: Session = { id: 'a', title: 'build', status: 'running', deadlineAt: at + 30 * MINUTE_MS };
    rowsAt(watch, [session]);
    const [after] = rowsAt(watch, [{ ...session, stopping: 'cancelled' }]);
    assert.match(after!.description!, /ending: cancelled/);
  });

  it('that waits for an answer comes first, with its question, and is not said to run', () => {
    const watch = new Watch();
    const running = { id: 'a', title: 'build', status: 'running' };
    const waiting = { id: 'b', title: 'coder: docs', status: 'waiting', question: 'Which schema?' };
    const all = rowsAt(watch, [running, waiting]);
    assert.deepEqual(
      all.map(({ label, description, icon, severity }) => [label, description, icon, severity]),
      [
        ['coder: docs', 'waits for your answer: Which schema?', 'comment-discussion', 'amber'],
        ['build', '', 'play-circle', 'plain'],
      ],
    );
    const [detail] = drawn.details(modelOf(watch), watch.time.now());
    assert.equal(detail!.description, '1 running · 1 waits for your answer');
    assert.match(
      drawn.hover(all[0]!.id, modelOf(watch), watch.time.now())!,
      /^coder: docs\nWaits for your answer: Which schema\?$/m,
    );
    watch.wait(5_000).fail('refused');
    const [after] = drawn.details(modelOf(watch), watch.time.now())[0]!.children!;
    assert.deepEqual(
      [after!.description, after!.icon, after!.severity],
      ['was waiting for your answer: Which schema?', 'question', 'plain'],
    );
  });

  it('that waits is copied with its question', () => {
    const watch = new Watch();
    const [row] = rowsAt(watch, [{ id: 'b', title: 'docs', status: 'waiting', question: 'Which schema?' }]);
    assert.equal(valueOf(row!), 'b: docs, waits for your answer: Which schema?');
  });
});
