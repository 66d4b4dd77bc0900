import assert from 'node:assert/strict';
import type { Session } from '../../../src/health/report';
import { MemoryMemento, memoryOver } from '../../support/memento';
import { Steps } from '../health/steps';
import { FakeTime, goodReport, type Parts } from '../health/support';
import { daemon } from '../ui/support';

const DUCTOR = daemon('ductor', 8799);
const TURN: Session = {
  id: 'turn',
  title: 'long refactoring',
  status: 'running',
  startedAt: 5,
  endUntold: true,
};

/** One workspace that sees a ductor, and what it keeps of the life. */
class Room {
  readonly time = new FakeTime();
  readonly state = new MemoryMemento();
  writes = 0;
  readonly memory = memoryOver(
    {
      keys: () => this.state.keys(),
      get: <T>(key: string) => this.state.get<T>(key),
      update: (key: string, value: unknown) => {
        if (key === 'lives') this.writes++;
        return this.state.update(key, JSON.parse(JSON.stringify(value)));
      },
    },
    () => this.time.wallAt,
  );
  readonly steps = new Steps({}, this.time);

  see(sessions: readonly Session[], more: Parts = {}): this {
    const instance = { id: 'a', bootId: 'one' };
    this.steps.answer(goodReport(this.time, { kind: 'ductor', instance, sessions, ...more }));
    this.memory.stepped({ daemon: DUCTOR, track: this.steps.watched.track }, this.steps.watched);
    return this;
  }

  get kept(): unknown {
    return this.state.get<Record<string, unknown>>('lives')?.[DUCTOR.id];
  }
}

describe('what is kept of the last life of a ductor', () => {
  it('is what ran, by its title and its times, and neither what it runs nor what it printed', () => {
    const secret = { command: 'a prompt', cwd: '/project', outcome: 'done', lastActivityAt: 7 };
    const room = new Room().see([
      { ...TURN, ...secret },
      { ...TURN, id: 'b', status: 'completed' },
    ]);
    const { wallAt: seenAt } = room.time;
    assert.deepEqual(room.kept, { id: 'a', kind: 'ductor', bootId: 'one', seenAt, ran: [TURN] });
  });

  it('is written when that changes, and not with every answer', () => {
    const room = new Room();
    for (let seen = 0; seen < 10; seen++) {
      room.time.advance(5_000);
      room.see([{ ...TURN, lastActivityAt: room.time.wallAt }]);
    }
    assert.equal(room.writes, 1);
    room.see([]);
    assert.equal(room.writes, 2);
  });

  it('tells when it was last seen, once the window closes', async () => {
    const room = new Room().see([TURN]);
    room.time.advance(60_000);
    room.see([TURN]);
    await room.memory.flush();
    assert.equal((room.kept as { seenAt: number }).seenAt, room.time.wallAt);
  });

  it('is bounded', () => {
    const room = new Room().see(Array.from({ length: 1_000 }, (_, n) => ({ ...TURN, id: `turn ${n}` })));
    assert.equal((room.kept as { ran: unknown[] }).ran.length, 100);
  });

  it('is not what ran in a daemon that remembers that itself', () => {
    const room = new Room().see([TURN], { kind: 'dispatchd' });
    assert.deepEqual(room.kept, { id: 'a' });
  });

  it('is cleaned, and used without what is damaged', async () => {
    const room = new Room();
    const ran = [{ ...TURN, title: 'a\nb\u202e' }, { id: 5 }, { ...TURN, status: 'completed' }, 'x'];
    await room.state.update('lives', { [DUCTOR.id]: { id: 'a', kind: 'ductor', ran } });
    const { instance } = memoryOver(room.state).recall(DUCTOR.id);
    assert.deepEqual(
      instance?.sessions.map(({ title }) => title),
      ['a b'],
    );
  });
});
