import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock, StateDirInUse } from '../../../../src/dispatchd/life/lock';
import { identify, ownIdentity } from '../../../../src/system/identity';

const BOOT = '11111111-1111-1111-1111-111111111111';

describe('dispatchd lock', () => {
  let dir: string;
  let other: ChildProcess;
  before(() => (other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])));
  after(() => other.kill());
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'lock-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  const living = (key = 'living') => ({ key, ...identify(other.pid ?? 0, Date.now()), bootId: BOOT });
  const dead = (key: string) => ({ key, pid: 2 ** 22 + 1, startedAtMs: 1, bootId: BOOT });
  const put = (name: string, content: unknown) => writeFileSync(join(dir, name), JSON.stringify(content));
  const owner = () =>
    JSON.parse(readFileSync(join(dir, 'lock'), 'utf8')) as {
      pid: number;
      key: string;
      socket?: string;
    };

  /** What is there beside the socket that the owner of the lock listens on. */
  const left = () => readdirSync(dir).filter((name) => name !== owner().socket);

  it('is taken, seen, and given back', async () => {
    const release = await acquireLock(dir, BOOT);
    assert.equal(owner().pid, process.pid);
    assert.deepEqual(left(), ['lock']);
    await release();
    assert.deepEqual(readdirSync(dir), []);
  });

  it('is refused while its owner lives', async () => {
    put('lock', living());
    await assert.rejects(acquireLock(dir, BOOT), new RegExp(`pid ${other.pid}`));
    assert.deepEqual(left(), ['lock']);
  });

  for (const [title, content] of [
    ['a dead pid', () => dead('d')],
    ['a pid that another process has by now', () => ({ ...living(), startTicks: 1, startedAtMs: 1 })],
    ['a living pid of an earlier boot', () => ({ ...living(), bootId: BOOT.replace('1', '2') })],
    ['our own pid, of an earlier life', () => ({ ...dead('d'), pid: process.pid })],
    ['something torn', () => 'garbage'],
  ] as const) {
    it(`is taken over from ${title}`, async function () {
      if (process.platform === 'win32' && title.startsWith('a pid')) this.skip();
      put('lock', content());
      await acquireLock(dir, BOOT);
      assert.equal(owner().pid, process.pid);
      assert.deepEqual(left(), ['lock']);
    });
  }

  it('is refused while its owner lives, though the clock was set since', async () => {
    put('lock', { ...living(), bootId: 'time:1700000000000' });
    await assert.rejects(acquireLock(dir, 'time:1700007200000'), StateDirInUse);
  });

  it('is left alone while somebody else takes it over', async () => {
    put('lock', dead('d'));
    put('lock.after.d', living());
    await assert.rejects(acquireLock(dir, BOOT), StateDirInUse);
    assert.equal(owner().key, 'd');
  });

  it('is taken over from one that died while it took over, and from its successors', async () => {
    put('lock', dead('d'));
    put('lock.after.d', dead('e'));
    put('lock.after.e', dead('f'));
    await acquireLock(dir, BOOT);
    assert.equal(owner().pid, process.pid);
    assert.deepEqual(left(), ['lock']);
  });

  it('is taken in spite of torn files, and clears away what the dead left', async () => {
    writeFileSync(join(dir, 'lock'), '{"to');
    writeFileSync(join(dir, 'lock.after.nobody'), '');
    put('lock.candidate.x', dead('x'));
    put('lock.candidate.y', living('y'));
    await acquireLock(dir, BOOT);
    assert.equal(owner().pid, process.pid);
    assert.deepEqual(left().sort(), ['lock', 'lock.candidate.y']);
  });

  it('makes its folder, and is given back also where somebody took it away', async () => {
    const release = await acquireLock(join(dir, 'a', 'b'), BOOT);
    rmSync(join(dir, 'a', 'b', 'lock'));
    await release();
    assert.deepEqual(readdirSync(join(dir, 'a', 'b')), []);
  });

  it('is refused while this very process has it', async () => {
    await acquireLock(dir, BOOT);
    await assert.rejects(acquireLock(dir, BOOT), new RegExp(`pid ${process.pid}`));
  });

  it('is taken over from our own pid with another birth', async function () {
    const own = ownIdentity();
    if (own.startTicks === undefined) this.skip();
    put('lock', { key: 'd', ...own, startTicks: own.startTicks - 1, bootId: BOOT });
    await acquireLock(dir, BOOT);
    assert.notEqual(owner().key, 'd');
  });

  it('is taken over from a torn successor of the dead, by exactly one', async () => {
    put('lock', dead('d'));
    writeFileSync(join(dir, 'lock.after.d'), '');
    const tried = await Promise.allSettled(Array.from({ length: 5 }, () => acquireLock(dir, BOOT)));
    assert.equal(tried.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.deepEqual(left(), ['lock']);
  });

  it('is not taken over while its file cannot be read', async () => {
    mkdirSync(join(dir, 'lock'));
    await assert.rejects(acquireLock(dir, BOOT), { code: 'EISDIR' });
    assert.deepEqual(readdirSync(dir), ['lock']);
  });

  it('names the file to delete where its owner may run on another machine', async () => {
    put('lock', { ...dead('d'), machine: 'another', bootId: 'unknown' });
    await assert.rejects(acquireLock(dir, BOOT), {
      message:
        `the state directory ${dir} may be in use by process 4194305 on another machine. Whether that process still ` +
        `runs cannot be told from here: if it has ended, delete ${join(dir, 'lock')} and try again, or give another --state-dir`,
    });
  });

  it('does not remove the lock of a later owner', async () => {
    const release = await acquireLock(dir, BOOT);
    put('lock', living());
    await release();
    assert.equal(owner().key, 'living');
  });
});
