import { idAt } from '../../support/target';
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDaemon } from '../../../src/restart/restartLock';
import { SpeakerLease } from '../../../src/store/speakerTurn';
import { OLD_FIXTURES } from '../../support/window/installed';

/** The dispatchd of the recording; the names of the files are hashes of keys with its address. */
const ORIGIN = 'http://127.0.0.1:3470';

describe('the files that an old window left for all windows', () => {
  let folder: string;
  let other: ReturnType<typeof spawn>;
  let lease: SpeakerLease;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-files-'));
    lease = new SpeakerLease({ folder, pid: process.pid, takeoverMs: 10 });
    other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  });
  afterEach(() => {
    other.kill();
    lease.dispose();
    rmSync(folder, { recursive: true });
  });

  /** Lays the files of this kind there, as if a process had written them a moment ago. */
  function lay(isIt: (name: string) => boolean, pid: number): void {
    for (const name of readdirSync(join(OLD_FIXTURES, 'storage')).filter(isIt)) {
      const written = JSON.parse(readFileSync(join(OLD_FIXTURES, 'storage', name), 'utf8')) as object;
      const now = 'at' in written ? { at: Date.now() } : {};
      writeFileSync(join(folder, name), JSON.stringify({ ...written, ...now, pid }));
    }
  }

  const told = (name: string) => name.startsWith('told.');
  const lock = (name: string) => name.endsWith('.lock');

  it('hold the lock of a restart while its window lives, and not longer', async () => {
    lay(lock, other.pid!);
    assert.equal((await lockDaemon(folder, idAt(ORIGIN))).kind, 'held');
    // Higher than any number of a process.
    lay(lock, 2 ** 22 + 1);
    assert.equal((await lockDaemon(folder, idAt(ORIGIN))).kind, 'ours');
  });

  it('say what was told to the windows of that version: this one tells by itself, and leaves them there', async () => {
    lay(told, other.pid!);
    const before = readdirSync(folder);
    const key = `${ORIGIN} problem wedged`;
    const ours = await lease.claim([{ key, toldFor: { afterAt: Date.now() - 5_000 } }], () => true);
    assert.deepEqual([...ours], [key]);
    assert.deepEqual(readdirSync(folder).filter(told), before);
  });

  it('name the window that speaks: another one waits for it', async () => {
    lay((name) => name === 'speaker.json', other.pid!);
    let asked = false;
    await lease.claim([{ key: 'anything' }], () => (asked = true));
    assert.equal(asked, true, 'it waited, and then asked whether it is still wanted');
  });
});
