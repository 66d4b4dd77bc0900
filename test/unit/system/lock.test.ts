import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownHabitat, type Habitat } from '../../../src/system/habitat';
import { identify } from '../../../src/system/identity';
import { tryLock, unprovenOwner, type Locked } from '../../../src/system/lock';
import { ask } from '../../../src/system/lockSocket';
import { notRun } from '../../support/notRun';

const BOOT = '11111111-1111-1111-1111-111111111111';
const OTHER_BOOT = BOOT.replace('1', '2');
const DEAD_PID = 2 ** 22 + 1;

describe('a lock and its socket', () => {
  let folder: string;
  let own: Habitat;
  let living: ChildProcess;
  let held: Locked[];
  const { TMPDIR } = process.env;
  before(async () => {
    own = await ownHabitat(BOOT);
    living = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  });
  after(() => living.kill());
  beforeEach(() => {
    held = [];
    folder = mkdtempSync(join(tmpdir(), 'lock-'));
  });
  afterEach(async () => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    for (const locked of held) if (locked.kind === 'ours') await locked.release();
    rmSync(folder, { recursive: true });
  });

  async function lock(where = folder): Promise<Locked> {
    const locked = await tryLock({ folder: where, name: 'lock' }, BOOT);
    held.push(locked);
    return locked;
  }
  const file = () => join(folder, 'lock');
  const written = (where = folder) =>
    JSON.parse(readFileSync(join(where, 'lock'), 'utf8')) as Record<string, unknown>;
  const put = (about: unknown) => writeFileSync(file(), JSON.stringify(about));
  const alive = () => ({ key: 'a', ...identify(living.pid!, Date.now()), ...own });
  const dead = () => ({ key: 'd', pid: DEAD_PID, startedAtMs: 1, startTicks: 1, ...own });

  /** Somebody listens on a socket of this name, or did. */
  async function socket(name: string, listens: boolean): Promise<() => Promise<void>> {
    const server = createServer((each) => each.destroy());
    const made = join(folder, 'made');
    await new Promise<void>((resolve) => server.listen(made, resolve));
    renameSync(made, join(folder, name));
    const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
    if (!listens) await close();
    return close;
  }

  it('is named in the lock, listens while the lock is held, and goes with it', async function () {
    if (process.platform === 'win32') notRun(this, 'a pipe of Windows is not in the folder');
    const locked = await lock();
    const { socket: name } = written();
    assert.deepEqual(readdirSync(folder), ['lock', name]);
    assert.equal(await ask(folder, String(name)), 'lives');
    assert.ok(locked.kind === 'ours');
    await locked.release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('tells versions up to 0.1 all that they ask for', async () => {
    const before = Date.now();
    await lock();
    const { key, pid, at, startedAtMs, bootId } = written();
    assert.match(String(key), /^[\w-]{1,64}$/);
    assert.equal(pid, process.pid);
    assert.ok(Number(at) >= before && Number(at) <= Date.now());
    assert.equal(typeof startedAtMs, 'number');
    assert.equal(bootId, BOOT);
  });

  it('works in a folder whose path is too long for a socket, and leaves no link behind', async function () {
    if (process.platform === 'win32') notRun(this, 'a pipe of Windows has no long path');
    const temporary = join(folder, 't');
    const long = join(folder, 'x'.repeat(120));
    for (const each of [temporary, long]) mkdirSync(each);
    process.env.TMPDIR = temporary;
    await lock(long);
    const { socket: name } = written(long);
    assert.equal(await ask(long, String(name)), 'lives');
    assert.equal((await lock(long)).kind, 'held');
    assert.deepEqual(readdirSync(temporary), []);
    assert.deepEqual(readdirSync(long), ['lock', name]);
  });

  it('is done without where no socket can be made: number and birth decide', async function () {
    if (process.platform === 'win32') notRun(this, 'Windows has pipes for every folder');
    process.env.TMPDIR = join(folder, 'missing');
    const long = join(folder, 'x'.repeat(120));
    mkdirSync(long);
    await lock(long);
    assert.equal('socket' in written(long), false);
    assert.deepEqual(readdirSync(long), ['lock']);
    assert.equal((await lock(long)).kind, 'held');
    writeFileSync(join(long, 'lock'), JSON.stringify({ ...written(long), ...dead() }));
    assert.equal((await lock(long)).kind, 'ours');
  });

  for (const [title, about, isTaken] of [
    ['a living process', () => alive(), false],
    ['a dead process', () => dead(), true],
    ['a living process of another birth', () => ({ ...alive(), startTicks: 1, startedAtMs: 1 }), true],
    ['a process of an earlier boot', () => ({ ...alive(), bootId: OTHER_BOOT }), true],
  ] as const) {
    it(`is not needed to tell ${title}`, async function () {
      if (process.platform === 'win32' && title.endsWith('birth')) notRun(this, 'it takes a tool');
      put(about());
      assert.equal((await lock()).kind === 'ours', isTaken);
    });
  }

  for (const [title, about, where] of [
    ['another machine', () => ({ ...dead(), machine: 'm', bootId: OTHER_BOOT }), 'otherMachine'],
    [
      'another machine of an unknown boot',
      () => ({ ...dead(), machine: 'm', bootId: 'unknown' }),
      'otherMachine',
    ],
    ['another namespace', () => ({ ...dead(), pidNamespace: 'pid:[1]' }), 'otherNamespace'],
  ] as const) {
    it(`without which nobody of ${title} is taken for dead, and there is a way out`, async () => {
      put(about());
      const locked = await lock();
      assert.deepEqual(locked, { kind: 'held', pid: DEAD_PID, unproven: { where, file: file() } });
      assert.match(unprovenOwner(DEAD_PID, { where, file: file() }), new RegExp(`delete ${file()} and`));
      rmSync(file());
      assert.equal((await lock()).kind, 'ours');
    });
  }

  it('is the only proof for a number without a birth: who has that number is not taken for the owner for good', async () => {
    put({ pid: living.pid, at: Date.now() });
    const locked = await lock();
    const unproven = { where: 'noBirth', file: file() } as const;
    assert.deepEqual(locked, { kind: 'held', pid: living.pid, unproven });
    assert.match(unprovenOwner(living.pid!, unproven), new RegExp(`delete ${file()} and`));
    put({ pid: DEAD_PID, at: Date.now() });
    assert.equal((await lock()).kind, 'ours');
  });

  for (const [title, make] of [
    ['a link that leads nowhere', () => symlinkSync(join(folder, 'missing'), file())],
    ['a pipe', () => execFileSync('mkfifo', [file()])],
    ['a file of 10 MB', () => writeFileSync(file(), Buffer.alloc(10_000_000, ' '))],
  ] as const) {
    for (const where of ['of the lock', 'of a successor'] as const) {
      it(`nobody holds what is ${title} in the place ${where}`, async function () {
        if (process.platform === 'win32') notRun(this, 'Windows has no such files');
        make();
        if (where === 'of a successor') {
          renameSync(file(), join(folder, 'lock.after.d'));
          put(dead());
        }
        assert.equal((await lock()).kind, 'ours');
        assert.equal(written().pid, process.pid);
        assert.deepEqual(readdirSync(folder), ['lock', written().socket]);
      });
    }
  }

  it('is not made where a folder is in its place, and nothing is left there', async () => {
    mkdirSync(file());
    await assert.rejects(lock(), { code: /EISDIR|EPERM|EACCES/ });
    assert.deepEqual(readdirSync(folder), ['lock']);
  });

  it('is made by its own path where there is no folder for temporary files', async function () {
    if (process.platform === 'win32') notRun(this, 'a pipe of Windows needs no folder');
    process.env.TMPDIR = join(folder, 'missing');
    await lock();
    assert.equal(await ask(folder, String(written().socket)), 'lives');
  });

  it('that listens keeps the lock, whatever number, birth, boot and clock say', async function () {
    if (process.platform === 'win32') notRun(this, 'a pipe of Windows is not in the folder');
    const close = await socket('sock.a.a', true);
    for (const other of [{}, { machine: 'm' }, { bootId: OTHER_BOOT }, { pidNamespace: 'pid:[1]' }]) {
      put({ ...dead(), ...other, at: 1, socket: 'sock.a.a' });
      assert.deepEqual(await lock(), { kind: 'held', pid: DEAD_PID }, JSON.stringify(other));
    }
    await close();
  });

  it('that refuses proves its owner dead in every namespace of this machine', async function () {
    if (process.platform !== 'linux') notRun(this, 'only Linux has namespaces of processes');
    await socket('sock.a.a', false);
    put({ ...alive(), pidNamespace: 'pid:[1]', socket: 'sock.a.a' });
    assert.equal((await lock()).kind, 'ours');
  });

  it('that refuses proves nothing of another machine, whose kernel has the listener', async function () {
    if (process.platform === 'win32') notRun(this, 'a pipe of Windows is not in the folder');
    await socket('sock.a.a', false);
    put({ ...dead(), machine: 'm', bootId: OTHER_BOOT, socket: 'sock.a.a' });
    const locked = await lock();
    assert.ok(locked.kind === 'held' && locked.unproven);
  });

  it('of another folder is not asked', async () => {
    put({ ...dead(), socket: '../sock.a.a' });
    assert.equal((await lock()).kind, 'ours');
  });

  it('is cleared away by the next owner where nobody names it any more', async function () {
    if (process.platform === 'win32') notRun(this, 'a pipe of Windows ends with its process');
    await lock();
    const left = String(written().socket).replace(/[^.]*$/, 'left');
    const tried = String(written().socket).replace(/[^.]*$/, 'tried');
    const others = 'sock.0.others';
    for (const name of [left, tried, others]) await socket(name, false);
    writeFileSync(join(folder, 'lock.candidate.tried'), JSON.stringify({ ...alive(), socket: tried }));
    put(dead());
    await lock();
    assert.deepEqual(
      readdirSync(folder),
      ['lock', 'lock.candidate.tried', others, tried, written().socket].sort(),
    );
  });

  it('leaves a torn candidate to whoever writes it, and removes the torn one of a killed process', async () => {
    const [young, old] = ['young', 'old'].map((name) => join(folder, `lock.candidate.${name}`));
    for (const torn of [young!, old!]) writeFileSync(torn, '{"key":"');
    const twoMinutesAgo = Date.now() / 1_000 - 120;
    utimesSync(old!, twoMinutesAgo, twoMinutesAgo);
    assert.equal((await lock()).kind, 'ours');
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('lock.candidate')),
      ['lock.candidate.young'],
    );
  });
});
