import { idAt } from '../../support/target';
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDaemon } from '../../../src/restart/restartLock';

const ORIGIN = 'http://127.0.0.1:3457';
const DEAD_PID = 2 ** 22 + 1;

describe('the lock of a restart', () => {
  let folder: string;
  let other: ChildProcess;
  before(() => (other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])));
  after(() => other.kill());
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'daemon-health-lock-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Gives the lock back; `undefined` where somebody else has it. */
  async function taken(origin = ORIGIN): Promise<(() => Promise<void>) | undefined> {
    const locked = await lockDaemon(folder, idAt(origin));
    return locked.kind === 'ours' ? locked.release : undefined;
  }

  /** Where the lock is. */
  async function file(): Promise<string> {
    const unlock = await taken();
    const [name] = readdirSync(folder);
    await unlock!();
    return join(folder, name!);
  }

  it('is for each daemon by itself, and is given back', async () => {
    const first = await taken();
    const second = await taken('http://127.0.0.1:3470');
    assert.ok(first && second);
    assert.equal(await taken(), undefined, 'in use');
    await first();
    const again = await taken();
    assert.ok(again);
    await again();
    await second();
    assert.deepEqual(readdirSync(folder), []);
  });

  const yearAt = 365 * 24 * 60 * 60_000;
  for (const [what, pid, at, isHeld] of [
    ['a living process, an hour ago', () => other.pid!, Date.now() - 60 * 60_000, true],
    ['a living process, tomorrow by its clock', () => other.pid!, Date.now() + yearAt, true],
    ['an earlier process of our own number', () => process.pid, Date.now(), false],
    ['a dead process, a moment ago', () => DEAD_PID, Date.now(), false],
    ['a dead process, tomorrow by its clock', () => DEAD_PID, Date.now() + yearAt, false],
  ] as const) {
    it(`of an earlier version, written by ${what}, ${isHeld ? 'is held' : 'is taken over'}`, async () => {
      writeFileSync(await file(), JSON.stringify({ pid: pid(), at }));
      assert.equal((await taken()) === undefined, isHeld);
    });
  }

  it('is not removed by who lost it', async () => {
    const lock = await file();
    const unlock = await taken();
    const others = JSON.stringify({ pid: other.pid, at: Date.now() });
    writeFileSync(lock, others);
    await unlock!();
    assert.equal(readFileSync(lock, 'utf8'), others);
  });
});
