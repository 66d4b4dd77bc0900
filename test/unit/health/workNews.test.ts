import assert from 'node:assert/strict';
import type { Session } from '../../../src/health/report';
import { isEndWorthTelling, type FinishedWish, type WorkEnd } from '../../../src/health/workNews';
import { DAY_MS, MINUTE_MS, SECOND_MS, goodReport, type Parts } from './support';
import { Steps } from './steps';

/** One daemon with work, and what is news of the work. */
class Room {
  readonly steps = new Steps();
  skewMs = 0;
  parts: Parts = { kind: 'dispatchd', instance: { id: 'one', stateDir: '/state' } };

  get nowAt(): number {
    return this.steps.time.wallAt + this.skewMs;
  }

  poll(...sessions: readonly Session[]): string[] {
    const before = this.steps.events.length;
    this.steps.answer(goodReport(this.steps.time, { skewMs: this.skewMs, ...this.parts, sessions }));
    return this.steps.events.slice(before).flatMap((event) => {
      if (event.kind === 'ended') return `${event.session.id} ${event.end} ${event.ranMs ?? '?'}`;
      if (event.kind !== 'waits') return [];
      return `${event.session.id} waits${event.isAgain ? ' again' : ''}`;
    });
  }

  wait(ms: number): this {
    this.steps.time.advance(ms);
    return this;
  }

  runs(id: string, more: Partial<Session> = {}): Session {
    return { id, title: id, status: 'running', createdAt: this.nowAt, startedAt: this.nowAt, ...more };
  }

  /** Ended now. */
  ended(session: Session, status = 'completed', more: Partial<Session> = {}): Session {
    return { ...session, status, endedAt: this.nowAt, ...more };
  }
}

describe('the end of work', () => {
  const ends: [status: string, more: Partial<Session>, news: string[]][] = [
    ['completed', { exitCode: 0 }, ['lint completed 12000']],
    ['failed', { exitCode: 3 }, ['lint failed 12000']],
    // These are told by rules of their own, or were asked for.
    ['timed-out', {}, []],
    ['cancelled', {}, []],
    ['interrupted', {}, []],
    // A smithy has one word for every end, and only some of its reasons say how.
    ['terminated', {}, []],
    ['terminated', { outcome: 'Stopped by user via Stop All' }, []],
    ['terminated', { outcome: 'Process no longer alive (PID check)' }, []],
    ['terminated', { outcome: 'Completed with result' }, ['lint completed 12000']],
    ['terminated', { outcome: 'Session exceeded max duration (25s)' }, []],
    ['terminated', { exitCode: 3 }, ['lint failed 12000']],
  ];
  for (const [status, more, news] of ends) {
    it(`${status} ${more.outcome ?? more.exitCode ?? ''} is ${news.join() || 'no news of its own'}`, () => {
      const room = new Room();
      const lint = room.runs('lint');
      assert.deepEqual(room.poll(lint), []);
      assert.deepEqual(room.wait(12 * SECOND_MS).poll(room.ended(lint, status, more)), news);
      assert.deepEqual(
        room.wait(5_000).poll(room.ended(lint, status, { ...more, endedAt: room.nowAt - 5_000 })),
        [],
      );
    });
  }

  it('of what began and ended between two looks is news', () => {
    const room = new Room();
    room.poll();
    const quick = room.wait(1_000).runs('quick');
    assert.deepEqual(room.wait(2_000).poll(room.ended(quick, 'failed')), ['quick failed 2000']);
  });

  for (const skewMs of [-DAY_MS, 0, DAY_MS]) {
    it(`before the first look is no news, by a clock that is off by ${skewMs} ms`, () => {
      const room = new Room();
      room.skewMs = skewMs;
      const old = room.runs('old');
      const ended = room.wait(30_000).ended(old, 'failed');
      room.wait(MINUTE_MS);
      assert.deepEqual(room.poll(ended), []);
      const next = room.wait(5_000).runs('next');
      assert.deepEqual(room.wait(5_000).poll(ended, room.ended(next, 'failed')), ['next failed 5000']);
    });
  }

  it('that was listed before, and is missing in one answer, is told once', () => {
    const room = new Room();
    const lint = room.runs('lint');
    room.poll(lint);
    const ended = room.wait(5_000).ended(lint, 'failed');
    assert.equal(room.poll(ended).length, 1);
    assert.deepEqual([room.wait(5_000).poll(), room.wait(5_000).poll(ended)], [[], []]);
  });

  it('that an answer lists first which was blind before is no news where it was before the first look', () => {
    const room = new Room();
    const old = room.ended(room.runs('old'), 'failed');
    room.wait(MINUTE_MS).poll();
    assert.deepEqual(room.wait(5_000).poll(old), []);
  });

  it('of work that runs again under its name is news again', () => {
    const room = new Room();
    const task = room.runs('task');
    room.poll(task);
    assert.equal(room.wait(5_000).poll(room.ended(task)).length, 1);
    room.wait(5_000).poll(task);
    assert.equal(room.wait(5_000).poll(room.ended(task, 'failed')).length, 1);
  });

  it('of work that runs again is news again also where its daemon does not say when it ended', () => {
    const room = new Room();
    const task = room.runs('task');
    room.poll(task);
    for (let time = 0; time < 2; time++) {
      assert.deepEqual(room.wait(5_000).poll({ ...task, status: 'failed' }), ['task failed ?']);
      assert.deepEqual(room.wait(5_000).poll({ ...task, status: 'failed' }), []);
      room.wait(5_000).poll(task);
    }
  });

  it('is told after a restart of the daemon, and what the restart interrupted is not: that is told already', () => {
    const room = new Room();
    const [build, lint] = [room.runs('build'), room.runs('lint')];
    room.poll(build, lint);
    room.wait(5_000);
    room.parts = { ...room.parts, instance: { id: 'two', stateDir: '/state' } };
    const news = room.poll(room.ended(build, 'interrupted'), room.ended(lint, 'failed'));
    assert.deepEqual(news, ['lint failed 5000']);
    assert.deepEqual(room.wait(5_000).poll(room.ended(build, 'interrupted', { handled: true })), []);
  });

  it('of another daemon that took the port is no news', () => {
    const room = new Room();
    room.poll(room.runs('build'));
    const theirs = room.wait(5_000).ended(room.runs('theirs'), 'failed');
    room.parts = { ...room.parts, instance: { id: 'other', stateDir: '/other' } };
    assert.deepEqual(room.wait(1_000).poll(theirs), []);
  });

  it('that somebody asked for is no failure', () => {
    const room = new Room();
    const build = room.runs('build');
    room.poll(build);
    room.wait(5_000).poll({ ...build, status: 'terminating', stopping: 'cancel' });
    assert.deepEqual(room.wait(5_000).poll(room.ended(build, 'failed')), []);
  });
});

describe('whether an end is worth telling', () => {
  const seen = { wallAt: 0, monotonicMs: 1_000_000, uptimeMs: 0 };
  const end = (is: WorkEnd['end'], ranMs: number | undefined, endedAgoMs = 3_000): WorkEnd => ({
    session: { id: 's', title: 's', status: is },
    end: is,
    ...(ranMs !== undefined && { ranMs }),
    endedMs: seen.monotonicMs - endedAgoMs,
  });
  const [here, left] = [0, undefined];
  /** The window got the focus after the end. */
  const back = seen.monotonicMs - 1_000;
  const wishes: FinishedWish[] = ['longOrAway', 'long', 'always', 'never'];
  const rows: [what: string, WorkEnd, focusedSinceMs: number | undefined, wishes: FinishedWish[]][] = [
    ['a failure', end('failed', 10), here, wishes],
    ['a failure nobody saw', end('failed', 10), left, wishes],
    ['a short one, seen', end('completed', 60_000), here, ['always']],
    ['a long one, seen', end('completed', 60_001), here, ['longOrAway', 'long', 'always']],
    ['a short one while the window had no focus', end('completed', 10), left, ['longOrAway', 'always']],
    ['a short one before the window got the focus', end('completed', 10), back, ['longOrAway', 'always']],
    ['one of unknown length, seen', end('completed', undefined), here, ['always']],
  ];
  for (const [what, ended, focusedSinceMs, told] of rows) {
    it(`${what}: ${told.join(', ')}`, () => {
      assert.deepEqual(
        wishes.filter((wish) => isEndWorthTelling(ended, focusedSinceMs, wish)),
        told,
      );
    });
  }
});

describe('work that waits for a person', () => {
  const waiting = (id: string, question: string): Session => ({ id, title: id, status: 'waiting', question });

  it('is news once, and again with another question', () => {
    const room = new Room();
    room.parts = { kind: 'ductor' };
    const task = room.runs('task');
    assert.deepEqual(room.poll(task), []);
    assert.deepEqual(room.wait(5_000).poll(waiting('task', 'Which colour?')), ['task waits']);
    assert.deepEqual(room.wait(5_000).poll(waiting('task', 'Which colour?')), []);
    assert.deepEqual(room.wait(5_000).poll(task), []);
    assert.deepEqual(room.wait(5_000).poll(waiting('task', 'Which size?')), ['task waits']);
    assert.deepEqual(room.wait(5_000).poll(waiting('task', 'Which one?')), ['task waits']);
  });

  it('is news again, also in the same words, once it went on; not where an answer only left it out', () => {
    const room = new Room();
    const session = room.runs('session');
    const asks = waiting('session', 'Allow Bash?');
    assert.deepEqual(room.poll(asks), ['session waits']);
    assert.deepEqual(room.wait(5_000).poll(), []);
    assert.deepEqual(room.wait(5_000).poll(asks), []);
    assert.deepEqual(room.wait(5_000).poll(session), []);
    assert.deepEqual(room.wait(5_000).poll(asks), ['session waits again']);
    assert.deepEqual(room.wait(5_000).poll(waiting('session', 'Allow Edit?')), ['session waits']);
    assert.deepEqual(room.wait(5_000).poll(asks), ['session waits again']);
  });

  it('is news at the first look: somebody is needed, whoever was told before', () => {
    const room = new Room();
    room.parts = { kind: 'ductor' };
    assert.deepEqual(room.poll(waiting('task', 'Which colour?')), ['task waits']);
  });

  it('is never a stall, for however long it waits', () => {
    const room = new Room();
    room.parts = { kind: 'ductor', queue: { readyUnassignedTasks: 0, availableWorkers: 0 } };
    room.poll(room.runs('task'));
    for (let minutes = 0; minutes < 24 * 60; minutes += 10) {
      room.wait(10 * MINUTE_MS).poll(waiting('task', 'Which colour?'));
      const { state } = room.steps.watched.track.verdict;
      assert.equal(state, 'healthy');
    }
    assert.deepEqual(
      room.steps.events.filter(({ kind }) => kind === 'notice' || kind === 'timedOut'),
      [],
    );
  });
});
