import assert from 'node:assert/strict';
import type { Session } from '../../../../src/health/report';
import { sessionRows } from '../../../../src/ui/tree/sessionRows';
import { clockMinute } from '../../../../src/base/time';
import { daemonRows } from '../../../../src/ui/tree/daemonRows';
import { spokenOf, valueOf, type Row } from '../../../../src/ui/tree/row';
import { MINUTE_MS, Watch, goodReport } from '../../health/support';
import { modelOf } from '../support';

const DAEMON = 'http://127.0.0.1:3457';
const drawn = sessionRows(() => []);

function groupsOf(watch: Watch, rows = drawn) {
  return rows.groups(modelOf(watch), DAEMON, watch.time.now());
}

describe('the row of interrupted work', () => {
  for (const [remembersInterrupted, description] of [
    [false, '1 not resumed'],
    [true, '1 to run again'],
  ] as const) {
    it(`says "${description}" where the daemon ${remembersInterrupted ? 'remembers' : 'forgets'} what was interrupted`, () => {
      const watch = new Watch();
      const sessions = [{ id: 'a', title: 'build', status: 'interrupted' }];
      watch.answer(goodReport(watch.time, { kind: 'toy', sessions, traits: { remembersInterrupted } }));
      const { interrupted } = groupsOf(watch);
      assert.deepEqual(
        interrupted.map(({ label, description: says }) => [label, says]),
        [['Interrupted', description]],
      );
    });
  }
});

describe('the hover of a session', () => {
  const hoverAt = (leftMs: number, quietMs: number) => {
    const watch = new Watch();
    const { wallAt } = watch.time;
    const times = { deadlineAt: wallAt + leftMs, lastActivityAt: wallAt - quietMs };
    watch.answer(
      goodReport(watch.time, { sessions: [{ id: 'a', title: 'build', status: 'running', ...times }] }),
    );
    const [row] = groupsOf(watch).live;
    return { row: row!.label, hover: drawn.hover(row!.id, modelOf(watch), watch.time.now())! };
  };

  it('says of the time that is left what its row says', () => {
    for (const [leftMs, says] of [
      [-3_000, 'time is up'],
      [0, 'time is up'],
      [400, '1 s left'],
      [9_900, '9 s left'],
    ] as const) {
      const { row, hover } = hoverAt(leftMs, 20_000);
      assert.ok(row.startsWith(says), row);
      assert.ok(hover.toLowerCase().includes(`\n${says}`), hover);
    }
  });

  it('gives no length to what was less than a second ago, or is ahead', () => {
    for (const quietMs of [0, 300, -2_000]) {
      assert.match(hoverAt(90_000, quietMs).hover, /\nActive at the last answer/);
    }
  });
});

describe('the group of ended sessions', () => {
  const labelAt = (agoMs: number) => {
    const watch = new Watch();
    const endedAt = watch.time.wallAt - agoMs;
    const { wallAt } = watch.time;
    const midnight = new Date(wallAt).setHours(0, 30, 0, 0);
    watch.time.advance(midnight + 24 * 60 * MINUTE_MS - wallAt);
    watch.answer(
      goodReport(watch.time, {
        sessions: [
          {
            id: 'a',
            title: 'build',
            status: 'completed',
            endedAt: endedAt + midnight + 24 * 60 * MINUTE_MS - wallAt,
          },
        ],
      }),
    );
    return groupsOf(watch).ended[0]?.label;
  };

  it('is of today where all of it is', () => {
    assert.deepEqual([10 * MINUTE_MS, 40 * MINUTE_MS].map(labelAt), ['Ended today', 'Ended lately']);
  });
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
    const { live, interrupted, ended } = groupsOf(
      watch,
      sessionRows(() => lost),
    );
    assert.deepEqual(live, []);
    const rows = [...interrupted, ...ended].map(({ label, description, children = [] }) => [
      `${label}: ${description}`,
      ...children.map((row) => `${row.label} ${row.description}`.replace(/\d\d:\d\d/, 'AT').trim()),
    ]);
    assert.deepEqual(rows, [
      ['Interrupted: 1 not resumed', 'interrupted AT · nightly lint'],
      ['Ended today: 2 · 1 timed out or failed', 'finished AT · docs', 'timed out · silent turn · assumed'],
    ]);
  });
});

describe('the row of a session', () => {
  /** Polled now with these sessions: those that wait or run, then those that ended. */
  function rowsAt(watch: Watch, sessions: readonly Session[]): readonly Row[] {
    watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions }));
    const { live, ended } = groupsOf(watch);
    return [...live, ...ended.flatMap(({ children = [] }) => children)];
  }

  it('counts what ended badly once, where all did', () => {
    const watch = new Watch();
    const sessions = ['one', 'two'].map((id) => ({
      id,
      title: id,
      status: 'failed',
      endedAt: watch.time.wallAt,
    }));
    watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions }));
    assert.deepEqual(
      groupsOf(watch).ended.map(({ description }) => description),
      ['2 timed out or failed'],
    );
  });

  it('says the same at the next poll, where nothing is new', () => {
    const watch = new Watch();
    const at = watch.time.wallAt;
    const sessions: readonly Session[] = [
      { id: 'a', title: 'build', status: 'running', deadlineAt: at + 30.5 * MINUTE_MS, lastActivityAt: at },
      { id: 'b', title: 'test', status: 'completed', endedAt: at - MINUTE_MS },
    ];
    const before = rowsAt(watch, sessions);
    watch.wait(5_000);
    const after = rowsAt(watch, sessions);
    assert.equal(before.length, 2);
    assert.deepEqual(after, before);
  });

  it('is made once as long as its session is the same and it says the same', () => {
    const watch = new Watch();
    const deadlineAt = watch.time.wallAt + 30.5 * MINUTE_MS;
    const a: Session = { id: 'a', title: 'build', status: 'running', deadlineAt };
    const [first] = rowsAt(watch, [a]);
    assert.equal(rowsAt(watch.wait(5_000), [a])[0], first);
    assert.notEqual(rowsAt(watch, [{ ...a }])[0], first, 'another session');
    const [before] = rowsAt(watch, [a]);
    assert.notEqual(rowsAt(watch.wait(MINUTE_MS), [a])[0]!.label, before!.label, 'a minute less is left');
    watch.fail('refused');
    const [silent] = groupsOf(watch).live;
    assert.equal(silent!.label, 'was running · build');
    assert.equal(silent!.icon, 'question');
  });

  const left: readonly [leftMs: number, label: string][] = [
    [2 * 60 * MINUTE_MS + 5 * MINUTE_MS, '2 h 5 min left · build'],
    [26 * MINUTE_MS + 59_000, '26 min left · build'],
    [66_000, '1 min left · build'],
    [MINUTE_MS, '1 min left · build'],
    [59_999, '59 s left · build'],
    [900, '1 s left · build'],
    [0, 'time is up · build'],
  ];
  for (const [leftMs, label] of left) {
    it(`begins with the time left, in whole minutes and in the last minute in seconds: ${label}`, () => {
      const watch = new Watch();
      const at = watch.time.wallAt;
      const [row] = rowsAt(watch, [{ id: 'a', title: 'build', status: 'running', deadlineAt: at + leftMs }]);
      assert.equal(row!.label, label);
    });
  }

  it('without a deadline begins with when it was started, or with its status', () => {
    const watch = new Watch();
    const at = watch.time.wallAt;
    const labels = rowsAt(watch, [
      { id: 'a', title: 'build', status: 'running', startedAt: at - 5 * MINUTE_MS },
      { id: 'b', title: 'test', status: 'running' },
    ]).map(({ label }) => label);
    assert.deepEqual(labels, [`since ${clockMinute(at - 5 * MINUTE_MS, at)} · build`, 'running · test']);
  });

  it('is written at most once a minute while nothing is new, though it tells two times', () => {
    const watch = new Watch();
    const at = watch.time.wallAt;
    const session = {
      id: 'a',
      title: 'build',
      status: 'running',
      deadlineAt: at + 30 * MINUTE_MS + 17_000,
      lastActivityAt: at - 40_000,
    };
    const seen = new Map<string, number>();
    for (let second = 0; second < 20 * 60; second++) {
      const [row] = rowsAt(watch, [session]);
      const text = `${row!.label} ${row!.description}`;
      if (!seen.has(text)) seen.set(text, second);
      watch.wait(1_000);
    }
    const moments = [...seen.values()];
    const gaps = moments.slice(2).map((moment, index) => moment - moments[index + 1]!);
    assert.ok(moments.length >= 20, `${moments.length} texts`);
    assert.ok(Math.min(...gaps) >= 60, `written again after ${Math.min(...gaps)} s`);
  });

  it('is drawn again in time: with the next minute, in the last one with the next second', () => {
    const nextAfter = (leftMs: number) => {
      const watch = new Watch();
      const deadlineAt = watch.time.wallAt + leftMs;
      const one = { id: 'a', title: 'build', status: 'running', deadlineAt };
      const [before] = rowsAt(watch, [one]);
      const inMs = drawn.nextChangeMs(modelOf(watch), watch.time.now())!;
      watch.wait(inMs);
      const [after] = groupsOf(watch).live;
      assert.notEqual(after!.label, before!.label);
      return inMs;
    };
    assert.deepEqual([5 * MINUTE_MS + 20_000, 60_500, 12_300].map(nextAfter), [20_001, 501, 301]);
    const watch = new Watch();
    rowsAt(watch, [{ id: 'a', title: 'build', status: 'running' }]);
    assert.equal(drawn.nextChangeMs(modelOf(watch), watch.time.now()), undefined);
  });

  it('says its status once, where that is all there is', () => {
    const watch = new Watch();
    const session = { id: 'a', title: 'build', status: 'starting' };
    assert.equal(spokenOf(rowsAt(watch, [session])[0]!), 'starting · build');
    watch.wait(5_000).fail('refused');
    assert.equal(spokenOf(groupsOf(watch).live[0]!), 'was starting · build');
  });

  it('says what is left as long as its daemon hangs, too: a dispatchd ends it by a timer of its own', () => {
    const watch = new Watch();
    const at = watch.time.wallAt;
    const sessions = [
      { id: 'a', title: 'build', status: 'running', startedAt: at - 60_000, deadlineAt: at + 30_000 },
    ];
    watch.answer(
      goodReport(watch.time, { kind: 'dispatchd', sessions, pollStale: true, cycleAgoMs: 90_000 }),
    );
    assert.equal(watch.state, 'wedged');
    assert.equal(groupsOf(watch).live[0]!.label, '30 s left · build');
  });

  it('says for how long nothing moved', () => {
    const watch = new Watch();
    const at = watch.time.wallAt;
    const session = { id: 'a', title: 'build', status: 'running', lastActivityAt: at };
    rowsAt(watch, [session]);
    watch.wait(3 * MINUTE_MS);
    assert.equal(rowsAt(watch, [session])[0]!.description, '· quiet for 3 min');
  });

  it('says who works, and leaves the command to its hover', () => {
    const watch = new Watch();
    const deadlineAt = watch.time.wallAt + 5 * MINUTE_MS;
    const command = "node -e 'a long program'";
    const [row] = rowsAt(watch, [
      { id: 'a', title: 'build', status: 'running', role: 'worker', deadlineAt, command },
    ]);
    assert.equal(spokenOf(row!), '5 min left · build · worker');
    assert.match(
      drawn.hover(row!.id, modelOf(watch), watch.time.now())!,
      /^Runs: node -e 'a long program'$/m,
    );
  });

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
    const [after] = groupsOf(watch).live;
    assert.deepEqual(
      [after!.icon, after!.severity, after!.label, after!.description],
      ['question', 'plain', 'was running · build', '· worker'],
    );
    assert.doesNotMatch(drawn.hover(after!.id, modelOf(watch), watch.time.now())!, /left/);
    rowsAt(watch, [session, { ...session, id: 'b', status: 'starting' }]);
    watch.wait(5_000).fail('refused');
    assert.equal(groupsOf(watch).live[1]!.label, 'was starting · build');
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
        ['waits for you · coder: docs', '· Which schema?', 'comment-discussion', 'amber'],
        ['running · build', '', 'play-circle', 'plain'],
      ],
    );
    const [root] = daemonRows(modelOf(watch), watch.time.now(), drawn);
    assert.equal(root.description, 'healthy · 1 running · 1 waits for you');
    assert.match(
      drawn.hover(all[0]!.id, modelOf(watch), watch.time.now())!,
      /^coder: docs\nWaits for you: Which schema\?$/m,
    );
    watch.wait(5_000).fail('refused');
    const [after] = groupsOf(watch).live;
    assert.deepEqual(
      [after!.label, after!.icon, after!.severity],
      ['was waiting for you · coder: docs', 'question', 'plain'],
    );
  });

  it('that waits is copied with its question', () => {
    const watch = new Watch();
    const [row] = rowsAt(watch, [{ id: 'b', title: 'docs', status: 'waiting', question: 'Which schema?' }]);
    assert.equal(valueOf(row!), 'b: waits for you · docs: Which schema?');
  });
});

describe('the sessions of a daemon that does not answer', () => {
  const session: Session = { id: 'a', title: 'build', status: 'running' };
  const rowsOf = (watch: Watch) => daemonRows(modelOf(watch), watch.time.now(), drawn);
  const watched = () => {
    const watch = Watch.healthy();
    const ended: Session = { id: 'b', title: 'lint', status: 'failed', endedAt: watch.time.wallAt };
    watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions: [session, ended] }));
    return watch;
  };

  it('are folded into one row, closed, with when they were last known', () => {
    const watch = watched();
    const at = watch.time.wallAt;
    watch.repeat(3, 5_000, () => watch.fail('refused'));
    const rows = rowsOf(watch);
    const keys = rows[0].children.map((id) => id.replace(`${DAEMON}#`, ''));
    assert.deepEqual(keys, ['state', 'lastKnown', 'details']);
    const folded = rows.find(({ id }) => id === `${DAEMON}#lastKnown`)!;
    assert.equal(folded.label, `Last known ${clockMinute(at, at)}: 1 session`);
    assert.equal(folded.expanded, undefined);
    assert.deepEqual(folded.children, [`${DAEMON}#session#a`, `${DAEMON}#ended`]);
    for (const id of folded.children)
      assert.equal(rows.find((row) => row.id === id)?.parentId, folded.id, 'a row is found from below');
    assert.equal(rows[0].description, 'unreachable', 'nobody knows what runs');
  });

  it('stay where they are while that is not decided', () => {
    const watch = watched();
    watch.wait(5_000).fail('refused');
    assert.equal(watch.state, 'notAnswering');
    assert.ok(rowsOf(watch)[0].children.includes(`${DAEMON}#session#a`));
  });
});
