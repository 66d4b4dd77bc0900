import assert from 'node:assert/strict';
import { across, isToBeLookedAt, type AcrossStep, type DaemonNotice } from '../../../src/health/across';
import type { HealthEvent } from '../../../src/health/advance';
import type { Conflict, InvolvedDaemon } from '../../../src/health/conflicts';
import { AMBER_PENDING_MS, GATHER_MS, GATHER_RECOVERY_MS } from '../../../src/health/policy';
import type { DaemonId } from '../../../src/health/report';
import { Steps } from './steps';
import { FakeTime, goodReport } from './support';

const SECOND_MS = 1_000;

/** Several daemons on one clock, looked at together after each step, as the registry does. */
class Room {
  readonly time = new FakeTime();
  readonly daemons = new Map<DaemonId, Steps>();
  readonly told: { readonly atMs: number; readonly text: string }[] = [];
  conflicts: readonly Conflict[] = [];
  step: AcrossStep | undefined;

  constructor(count: number) {
    for (let index = 0; index < count; index++) {
      const steps = new Steps({}, this.time);
      this.daemons.set(`d${index}` as DaemonId, steps);
      steps.answer();
    }
  }

  /** So many daemons do this, one after the other, all within the time. */
  each(count: number, withinMs: number, act: (steps: Steps) => readonly HealthEvent[]): void {
    [...this.daemons].slice(0, count).forEach(([daemonId, steps], index) => {
      if (index > 0) this.wait(withinMs / count);
      const arrived = act(steps).flatMap((event): readonly DaemonNotice[] =>
        event.kind === 'notice' ? [{ daemonId, notice: event.notice }] : [],
      );
      this.look(arrived);
    });
  }

  look(arrived: readonly DaemonNotice[] = []): void {
    const all = new Map([...this.daemons].map(([id, { watched }]) => [id, watched]));
    this.step = across(this.step?.together, all, arrived, this.conflicts, this.time.now());
    for (const group of this.step.groups) {
      const { kind, state } = group[0]!.notice;
      this.told.push({ atMs: this.time.monotonicMs, text: `${group.length} ${kind} ${state}` });
    }
  }

  /** Time passes; a group that must not wait any longer is looked at in its moment. */
  wait(ms: number): this {
    const untilMs = this.time.monotonicMs + ms;
    for (;;) {
      const wakeMs = this.step?.wakeAtMs ?? Infinity;
      if (wakeMs > untilMs) break;
      this.time.advance(Math.max(0, wakeMs - this.time.monotonicMs));
      this.look();
    }
    this.time.advance(untilMs - this.time.monotonicMs);
    return this;
  }

  /** So many of them refuse connections, each asked every five seconds, until all are red. */
  refuse(count: number): void {
    for (let round = 0; round < 4; round++) {
      this.each(count, 4 * SECOND_MS, (steps) => steps.fail('refused'));
      this.wait(SECOND_MS);
    }
  }

  get texts(): readonly string[] {
    return this.told.map(({ text }) => text);
  }
}

const stuck = (time: FakeTime) =>
  goodReport(time, { queue: { readyUnassignedTasks: 3, availableWorkers: 0, stuck: true } });

describe('one cause for many', () => {
  it('one that fails alone is told in its moment', () => {
    const room = new Room(50);
    room.each(1, 0, (steps) => steps.fail('refused'));
    room.wait(5 * SECOND_MS).each(1, 0, (steps) => steps.fail('refused'));
    room.wait(5 * SECOND_MS).each(1, 0, (steps) => steps.fail('refused'));
    assert.deepEqual(room.told, [{ atMs: room.time.monotonicMs, text: '1 problem unreachable' }]);
  });

  it('forty of fifty that fail at once are told as one, moments after the first', () => {
    const room = new Room(50);
    room.refuse(40);
    room.wait(GATHER_MS);
    assert.deepEqual(room.texts, ['40 problem unreachable']);
  });

  it('waits no longer than its time for one that decides nothing', () => {
    const room = new Room(2);
    const [first, second] = [...room.daemons.values()];
    const look = () => room.look(noticesOf(room, first!));
    for (let ask = 0; ask < 3; ask++) {
      room.wait(5 * SECOND_MS);
      first!.fail('refused');
      if (ask === 2) second!.fail('refused');
      look();
    }
    assert.deepEqual(room.texts, []);
    const sinceMs = room.time.monotonicMs;
    room.wait(GATHER_MS);
    assert.deepEqual(room.told, [{ atMs: sinceMs + GATHER_MS, text: '1 problem unreachable' }]);
  });

  it('waits for none that is slow while another one hangs', () => {
    const room = new Room(2);
    const [first, second] = [...room.daemons.values()];
    second!.fail('timeout');
    room.wait(SECOND_MS);
    first!.wedge();
    room.look(noticesOf(room, first!));
    assert.deepEqual(room.texts, ['1 problem wedged']);
  });

  it('those that fell together come back together', () => {
    const room = new Room(5);
    room.refuse(5);
    room.wait(GATHER_MS);
    for (let round = 0; round < 9; round++) {
      room.each(5, 4 * SECOND_MS, (steps) => steps.answer());
      room.wait(SECOND_MS);
    }
    assert.deepEqual(room.texts, ['5 problem unreachable', '5 recovered unreachable']);
  });

  it('those that are back do not wait for ever for one that stays away', () => {
    const room = new Room(5);
    room.refuse(5);
    room.wait(GATHER_MS);
    for (let round = 0; round < 9; round++) {
      room.each(4, 4 * SECOND_MS, (steps) => steps.answer());
      room.wait(SECOND_MS);
    }
    room.wait(GATHER_RECOVERY_MS);
    assert.deepEqual(room.texts, ['5 problem unreachable', '4 recovered unreachable']);
  });

  it('what is over before it was told is not told', () => {
    const room = new Room(2);
    const [first, second] = [...room.daemons.values()];
    for (let ask = 0; ask < 3; ask++) {
      room.wait(5 * SECOND_MS);
      first!.fail('refused');
      if (ask === 2) second!.fail('refused');
      room.look(noticesOf(room, first!));
    }
    first!.input({ kind: 'stoppedByUs' });
    room.wait(SECOND_MS);
    first!.fail('refused');
    room.look();
    room.wait(GATHER_MS);
    assert.deepEqual(room.texts, []);
  });

  it('waits for one that is amber and has just begun to fail', () => {
    const room = new Room(2);
    const second = [...room.daemons.values()][1]!;
    room.each(2, 0, (steps) => (steps === second ? steps.answer(stuck(room.time)) : []));
    room.wait(AMBER_PENDING_MS);
    room.each(2, 0, (steps) => (steps === second ? steps.answer(stuck(room.time)) : []));
    assert.deepEqual(room.texts, ['1 problem stuck']);
    room.refuse(2);
    room.refuse(2);
    room.wait(GATHER_MS);
    assert.deepEqual(room.texts, ['1 problem stuck', '2 problem unreachable']);
  });

  it('asks those that nobody would ask in time for one message', () => {
    const room = new Room(1);
    const [steps] = [...room.daemons.values()];
    const isAsked = (askDueMs: number) => isToBeLookedAt({ ...steps!.watched, askDueMs }, room.time.now());
    const { monotonicMs } = room.time;
    assert.deepEqual(
      [0, 5 * SECOND_MS, 6 * SECOND_MS].map((ms) => isAsked(monotonicMs + ms)),
      [false, false, true],
    );
    steps!.fail('refused');
    assert.equal(isAsked(monotonicMs + 6 * SECOND_MS), false, 'one that fails is asked every second');
  });

  it('two causes at once are two', () => {
    const room = new Room(4);
    for (let round = 0; round < 4; round++) {
      let index = 0;
      room.each(4, 4 * SECOND_MS, (steps) => steps.fail(index++ % 2 === 0 ? 'refused' : 'timeout'));
      room.wait(SECOND_MS);
    }
    room.wait(GATHER_MS);
    assert.deepEqual([...room.texts].sort(), ['2 problem unreachable', '2 problem unresponsive']);
  });
});

describe('a conflict', () => {
  const party = (port: number): InvolvedDaemon => ({
    name: 'smithy',
    kind: 'smithy',
    port,
    database: '/p/db',
    databaseShown: '/p/db',
    isWorking: true,
    isWatched: true,
  });
  const conflict: Conflict = { id: 'conflict#/p/db', database: '/p/db', parties: [party(1), party(2)] };

  it('is told once, when it has lasted', () => {
    const room = new Room(2);
    room.conflicts = [conflict];
    const told: number[] = [];
    for (let ms = 0; ms <= 2 * AMBER_PENDING_MS; ms += SECOND_MS) {
      room.look();
      if ((room.step?.conflicts.tell.length ?? 0) > 0) told.push(ms);
      room.wait(SECOND_MS);
    }
    assert.deepEqual(told, [AMBER_PENDING_MS]);
  });
});

/** The notices of one daemon that nobody has looked at yet. */
function noticesOf(room: Room, steps: Steps): readonly DaemonNotice[] {
  const [daemonId] = [...room.daemons].find(([, each]) => each === steps)!;
  const notices = steps.events.flatMap((event): readonly DaemonNotice[] =>
    event.kind === 'notice' ? [{ daemonId, notice: event.notice }] : [],
  );
  steps.events.length = 0;
  return notices;
}
