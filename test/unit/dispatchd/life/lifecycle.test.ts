import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Lifecycle,
  lastExit,
  startKind,
  type Life,
  type PreviousLife,
} from '../../../../src/dispatchd/life/lifecycle';
import { FakeClock } from '../../../support/dispatchd/fakeClock';

const A = '11111111-1111-1111-1111-111111111111';
const B = '22222222-2222-2222-2222-222222222222';
const life = (overrides: Partial<Life> = {}): PreviousLife => ({
  kind: 'read',
  value: { instanceId: 'i', bootId: A, startedAt: 1_000, aliveAt: 61_000, ...overrides },
});
const setAside: PreviousLife = { kind: 'set-aside', setAside: { file: 'f', movedTo: 'm', reason: 'r' } };

describe('dispatchd lifecycle', () => {
  for (const [title, previous, bootId, expected] of [
    ['no file is the first start', { kind: 'absent' }, A, 'first-start'],
    ['the same boot is a restart', life(), A, 'restart'],
    ['another boot is a reboot', life(), B, 'reboot'],
    ['a boot that cannot be told is a restart', life(), 'unknown', 'restart'],
    [
      'a boot that could not be told then is a restart, not a first start',
      life({ bootId: 'unknown' }),
      A,
      'restart',
    ],
    ['neither could be told', life({ bootId: 'unknown' }), 'unknown', 'restart'],
    ['a file that cannot be read was written by somebody', setAside, A, 'restart'],
    ['no file, and a boot that cannot be told', { kind: 'absent' }, 'unknown', 'first-start'],
  ] as [string, PreviousLife, string, string][]) {
    it(title, () => assert.equal(startKind(previous, bootId), expected));
  }

  for (const [title, previous, expected] of [
    ['nothing before', { kind: 'absent' }, undefined],
    ['nothing readable before', setAside, undefined],
    [
      'no last word: killed, last seen at its last heartbeat',
      life(),
      { kind: 'killed', at: 61_000, upMs: 60_000 },
    ],
    [
      'a clean end',
      life({ exit: { kind: 'clean', at: 70_000 } }),
      { kind: 'clean', at: 70_000, upMs: 69_000 },
    ],
    [
      'a crash, with its reason',
      life({ exit: { kind: 'crashed', at: 70_000, reason: 'oops' } }),
      { kind: 'crashed', at: 70_000, upMs: 69_000, reason: 'oops' },
    ],
    [
      'a clock set back between start and end',
      life({ exit: { kind: 'clean', at: 10 } }),
      { kind: 'clean', at: 10, upMs: 0 },
    ],
  ] as [string, PreviousLife, unknown][]) {
    it(`last exit: ${title}`, () => assert.deepEqual(lastExit(previous), expected));
  }

  describe('file', () => {
    let dir: string;
    beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lifecycle-'))));
    afterEach(() => rmSync(dir, { recursive: true }));

    it('is read by the next life', async () => {
      const clock = new FakeClock();
      const startedAt = clock.wallMs();
      const lifecycle = new Lifecycle(clock, dir, { instanceId: 'i', bootId: A, startedAt });
      await lifecycle.beat();
      clock.advance(5_000);
      await lifecycle.beat();
      assert.deepEqual(lastExit(await Lifecycle.readPrevious(dir, 0)), {
        kind: 'killed',
        at: startedAt + 5_000,
        upMs: 5_000,
      });
      clock.advance(1_000);
      void lifecycle.beat();
      await lifecycle.endCleanly();
      await lifecycle.beat();
      assert.deepEqual(lastExit(await Lifecycle.readPrevious(dir, 0)), {
        kind: 'clean',
        at: startedAt + 6_000,
        upMs: 6_000,
      });
    });

    it('makes its folder', async () => {
      const folder = join(dir, 'a', 'b');
      const life = { instanceId: 'i', bootId: A, startedAt: 1 };
      await new Lifecycle(new FakeClock(), folder, life).beat();
      assert.equal((await Lifecycle.readPrevious(folder, 0)).kind, 'read');
    });

    for (const text of ['', '{', 'null', '[]', '{"bootId":1}', '\0\0\0']) {
      it(`is set aside, not deleted, when it holds ${JSON.stringify(text)}`, async () => {
        writeFileSync(join(dir, 'lifecycle.json'), text);
        assert.equal((await Lifecycle.readPrevious(dir, 0)).kind, 'set-aside');
        assert.deepEqual(readdirSync(dir), ['lifecycle.json.corrupt-1970-01-01T00-00-00.000Z']);
      });
    }

    it('may come from a newer version', async () => {
      const newer = { version: 9, instanceId: 'i', bootId: A, startedAt: 1, aliveAt: 2, mood: 'good' };
      writeFileSync(join(dir, 'lifecycle.json'), JSON.stringify(newer));
      assert.equal((await Lifecycle.readPrevious(dir, 0)).kind, 'read');
    });
  });

  it('tells how long a life was by the monotonic clock, however the wall clock was set', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lifecycle-'));
    const clock = new FakeClock();
    const lifecycle = new Lifecycle(clock, dir, { instanceId: 'i', bootId: A, startedAt: clock.wallMs() });
    clock.advance(60_000);
    clock.jumpWall(-3_600_000);
    await lifecycle.beat();
    assert.equal(lastExit(await Lifecycle.readPrevious(dir, 0))?.upMs, 60_000);
    clock.advance(10_000);
    clock.jumpWall(9 * 3_600_000);
    await lifecycle.endCleanly();
    assert.equal(lastExit(await Lifecycle.readPrevious(dir, 0))?.upMs, 70_000);
    rmSync(dir, { recursive: true });
  });

  it('keeps what a newer version wrote about itself, over a life of this one', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'lifecycle-'));
    const clock = new FakeClock();
    const file = join(dir, 'lifecycle.json');
    writeFileSync(file, JSON.stringify({ ...(life() as { value: Life }).value, version: 2, counted: 5 }));
    const previous = await Lifecycle.readPrevious(dir, 0);
    const born = { instanceId: 'j', bootId: A, startedAt: clock.wallMs() };
    await new Lifecycle(clock, dir, born, previous).beat();
    const { counted, instanceId } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    assert.deepEqual([counted, instanceId], [5, 'j']);
    rmSync(dir, { recursive: true });
  });
});
