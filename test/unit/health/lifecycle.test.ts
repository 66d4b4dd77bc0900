import assert from 'node:assert/strict';
import { advanceLife, type Life, type Restarted } from '../../../src/health/lifecycle';
import type { DaemonInstance, Session } from '../../../src/health/report';
import { Watch, goodReport } from './support';

const HOUR_MS = 3_600_000;

/** One daemon looked at by hand, and what was told of its lives. */
class Lives {
  readonly watch = new Watch();
  readonly told: Restarted[] = [];
  life: Life | undefined;

  answer(
    instance: DaemonInstance | undefined,
    sessions: readonly [string, string][],
    more: object = {},
  ): this {
    this.watch.wait(5_000).answer(
      goodReport(this.watch.time, {
        kind: instance ? 'dispatchd' : 'smithy',
        ...(instance && { instance }),
        sessions: sessions.map(([id, status]): Session => ({ id, title: id, status })),
        ...more,
      }),
    );
    return this.look();
  }

  refuse(times = 1): this {
    for (let n = 0; n < times; n++) {
      this.watch.wait(5_000).fail('refused');
      this.look();
    }
    return this;
  }

  look(): this {
    const { life, restarted } = advanceLife(this.life, this.watch.track);
    this.life = life;
    if (restarted) this.told.push(restarted);
    return this;
  }
}

const first: DaemonInstance = { id: 'a' };
const second: DaemonInstance = { id: 'b', startKind: 'restart', previousUpMs: 3.2 * HOUR_MS };

describe('a daemon that begins a new life', () => {
  it('is told once, with what became of its work', () => {
    const lives = new Lives()
      .answer(first, [
        ['one', 'running'],
        ['two', 'running'],
        ['three', 'running'],
        ['four', 'completed'],
      ])
      .refuse(2)
      .answer(second, [
        ['one', 'running'],
        ['three', 'interrupted'],
        ['four', 'completed'],
      ])
      .answer(second, [
        ['one', 'running'],
        ['three', 'interrupted'],
      ]);
    assert.deepEqual(lives.told, [
      { kind: 'restart', wasUpMs: 3.2 * HOUR_MS, isInferred: false, resumed: 2, interrupted: 1 },
    ]);
  });

  it('is told after its first completed cycle, when it has resumed what it resumes', () => {
    const lives = new Lives().answer(first, [['one', 'running']]);
    lives.answer(second, [], { lastPollCompletedAt: undefined });
    assert.equal(lives.told.length, 0);
    lives.answer(second, [['one', 'interrupted']]);
    assert.deepEqual(
      lives.told.map(({ interrupted }) => interrupted),
      [1],
    );
  });

  it('says so after a reboot', () => {
    const lives = new Lives().answer(first, []).answer({ ...second, startKind: 'reboot' }, []);
    assert.equal(lives.told[0]?.kind, 'reboot');
  });

  it('is not told at the first look, nor while it goes on living', () => {
    const lives = new Lives()
      .answer(second, [['one', 'interrupted']])
      .refuse()
      .answer(second, []);
    assert.deepEqual(lives.told, []);
  });

  for (const [status, told] of [
    ['running', 0],
    ['interrupted', 1],
  ] as const) {
    it(`by our own restart is ${told === 0 ? 'silent' : 'told'} where its work is ${status} afterwards`, () => {
      const lives = new Lives().answer(first, [['one', 'running']]);
      lives.watch.restart({ restarting: true });
      lives.look().refuse();
      lives.watch.restart({ restarting: false, proven: true });
      lives.look().answer(second, [['one', status]]);
      assert.equal(lives.told.length, told);
    });
  }
});

describe('a smithy, which names no lives', () => {
  it('is taken for restarted when it was gone and all its work is gone', () => {
    const lives = new Lives()
      .answer(undefined, [['one', 'running']])
      .refuse()
      .answer(undefined, [['new', 'running']]);
    assert.deepEqual(lives.told, [{ kind: 'restart', isInferred: true, resumed: 0, interrupted: 1 }]);
  });

  it('is not when its work is still there, when it had none, or when it never was gone', () => {
    const there = new Lives()
      .answer(undefined, [['one', 'running']])
      .refuse()
      .answer(undefined, [['one', 'running']]);
    const idle = new Lives().answer(undefined, []).refuse().answer(undefined, []);
    const ended = new Lives().answer(undefined, [['one', 'running']]).answer(undefined, []);
    assert.deepEqual([...there.told, ...idle.told, ...ended.told], []);
  });
});
