import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { identify } from '../../../src/system/identity';
import { LONG, node } from '../../support/dispatchd/commands';
import {
  alive,
  DaemonProcess,
  dispatchdFile,
  newStateDir,
  stopDaemons,
} from '../../support/dispatchd/daemonProcess';
import { session } from '../../support/dispatchd/sessions';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';

const POSIX = process.platform !== 'win32';

/** Writes its pid, then runs until it is stopped. */
const withPid = (file: string) =>
  node(
    `require('fs').appendFileSync(${JSON.stringify(file)}, process.pid + '\\n'); setTimeout(() => {}, 60_000)`,
  );

describe('dispatchd recovery', function () {
  this.timeout(30_000);
  before(() => dispatchdFile());
  afterEach(stopDaemons);

  const pidsIn = (file: string) =>
    existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
  const ids = (sessions: readonly { id: string }[]) => sessions.map(({ id }) => id);

  it('after kill -9 resumes named and resumable work, reports the rest, and stops the orphans first', async () => {
    const first = await DaemonProcess.start();
    const file = (name: string) => join(first.stateDir, `pid-${name}`);
    const plain = await first.submit({ name: 'plain', ...withPid(file('plain')) });
    const resumable = await first.submit({
      name: 'resumable',
      resumable: true,
      ...withPid(file('resumable')),
    });
    const named = await first.submit({ name: 'named', kind: 'named', ...withPid(file('named')) });
    await until(
      () => ['plain', 'resumable', 'named'].every((name) => pidsIn(file(name)).length === 1),
      'three pids',
    );
    await first.stop('SIGKILL');

    const second = await DaemonProcess.start([], first.stateDir);
    const status = await second.status();
    assert.equal(status.instance.startKind, 'restart');
    assert.equal((status.instance.lastExit as { kind: string }).kind, 'killed');
    assert.deepEqual(ids(status.recovery.resumed).sort(), [resumable, named].sort());
    assert.deepEqual(ids(status.recovery.interrupted), [plain]);
    assert.deepEqual(status.recovery.atStart, { resumed: 2, interrupted: 1 });
    for (const id of [resumable, named]) {
      const again = await second.session(id, 'running');
      assert.equal(again.attempt, 2);
      assert.equal(again.recovered, true);
    }
    const interrupted = await second.session(plain, 'interrupted');
    assert.match(
      interrupted.outcome,
      /^Its run, begun at .*, was interrupted when dispatchd ended; it is not marked/,
    );
    assert.match(interrupted.command, /setTimeout/);
    await until(() => pidsIn(file('named')).length === 2, 'the second run');
    if (POSIX) {
      for (const name of ['plain', 'resumable', 'named'])
        assert.equal(alive(pidsIn(file(name))[0] ?? 0), false, name);
    }
  });

  it('hands the prompt to the run that it resumes, and says that it is one', async () => {
    const first = await DaemonProcess.start();
    const file = join(first.stateDir, 'runs');
    const prompt = `translate “日本” — ${'x'.repeat(3_900)}`;
    const { command, args } = node(
      `const { DISPATCHD_PROMPT, DISPATCHD_ATTEMPT, DISPATCHD_RECOVERED, DISPATCHD_TURN } = process.env;
       const run = { prompt: DISPATCHD_PROMPT, attempt: DISPATCHD_ATTEMPT, recovered: DISPATCHD_RECOVERED, turn: DISPATCHD_TURN };
       require('fs').appendFileSync(${JSON.stringify(file)}, JSON.stringify(run) + '\\n');
       setTimeout(() => {}, 60_000)`,
    );
    await first.submit({ name: 'otter', kind: 'named', prompt, command, args });
    const runs = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []);
    await until(() => runs().length === 1, 'its first run');
    await first.stop('SIGKILL');
    await DaemonProcess.start([], first.stateDir);
    await until(() => runs().length === 2, 'its second run');
    assert.deepEqual(
      runs().map((line) => JSON.parse(line) as object),
      [
        { prompt, attempt: '1', recovered: '0', turn: '1' },
        { prompt, attempt: '2', recovered: '1', turn: '1' },
      ],
    );
  });

  it('goes on listing interrupted work that nobody dealt with, and does not count it again', async () => {
    const first = await DaemonProcess.start();
    const id = await first.submit(LONG);
    await first.session(id, 'running');
    await first.stop('SIGKILL');
    for (const interrupted of [1, 0]) {
      const daemon = await DaemonProcess.start([], first.stateDir);
      const { recovery } = await daemon.status();
      assert.deepEqual(ids(recovery.interrupted), [id]);
      assert.deepEqual(recovery.atStart, { resumed: 0, interrupted });
      await daemon.stop('SIGKILL');
    }
  });

  it('after a reboot says so, resumes, and touches no process that has got an old pid', async function () {
    if (process.platform !== 'linux') notRun(this, 'the processes are read from /proc, on Linux only');
    const first = await DaemonProcess.start();
    const id = await first.submit({ kind: 'named', ...LONG });
    await first.session(id, 'running');
    await first.stop('SIGKILL');
    const stranger = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { detached: true });
    try {
      const bootId = '22222222-2222-2222-2222-222222222222';
      const change = <T>(file: string, edit: (content: T) => object) => {
        const path = join(first.stateDir, file);
        writeFileSync(path, JSON.stringify(edit(JSON.parse(readFileSync(path, 'utf8')) as T)));
      };
      change<object>('lifecycle.json', (life) => ({ ...life, bootId }));
      change<{ state: { process: { pid: number } } }>(`sessions/${id}.json`, (kept) => {
        // A reboot would have ended it.
        process.kill(-kept.state.process.pid, 'SIGKILL');
        return { ...kept, state: { ...kept.state, bootId, process: identify(stranger.pid!, Date.now()) } };
      });
      const second = await DaemonProcess.start([], first.stateDir);
      const { instance, recovery } = await second.status();
      assert.equal(instance.startKind, 'reboot');
      assert.deepEqual(ids(recovery.resumed), [id]);
      await second.session(id, 'running');
      assert.equal(alive(stranger.pid!), true);
    } finally {
      stranger.kill('SIGKILL');
    }
  });

  it('runs interrupted work again on request, once', async () => {
    const first = await DaemonProcess.start();
    const id = await first.submit(LONG);
    await first.session(id, 'running');
    await first.stop('SIGKILL');
    const second = await DaemonProcess.start([], first.stateDir);
    const answers = await Promise.all([1, 2, 3].map(() => second.post(`/api/recovery/${id}/run`)));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409]);
    const { task } = answers.find(({ status }) => status === 201)!.json<{ task: { id: string } }>();
    await second.session(task.id, 'running');
    assert.deepEqual((await second.status()).recovery.interrupted, []);
    assert.equal((await second.post(`/api/recovery/${id}/dismiss`)).status, 409);
  });

  it('dismisses interrupted work, also for the next life', async () => {
    const first = await DaemonProcess.start();
    const id = await first.submit(LONG);
    await first.session(id, 'running');
    await first.stop('SIGKILL');
    const second = await DaemonProcess.start([], first.stateDir);
    assert.equal((await second.post(`/api/recovery/${id}/dismiss`)).status, 200);
    await second.stop('SIGKILL');
    const third = await DaemonProcess.start([], first.stateDir);
    const { interrupted, atStart } = (await third.status()).recovery;
    assert.deepEqual(interrupted, []);
    assert.deepEqual(
      atStart,
      { resumed: 0, interrupted: 0 },
      'what an earlier start did is not counted again',
    );
  });

  it('after a clean stop resumes too, and says that the end was clean', async function () {
    if (!POSIX) notRun(this, 'Windows has no POSIX signals');
    const first = await DaemonProcess.start();
    const named = await first.submit({ kind: 'named', ...LONG });
    const waiting = await first.submit({ kind: 'named', name: 'test', command: 'exit 0' });
    await first.session(named, 'running');
    assert.deepEqual(await first.stop(), { code: 0, signal: null });
    const second = await DaemonProcess.start([], first.stateDir);
    const { recovery, instance } = await second.status();
    assert.equal((instance.lastExit as { kind: string }).kind, 'clean');
    assert.deepEqual(ids(recovery.resumed), [named]);
    await second.post(`/api/sessions/${named}/cancel`);
    await second.session(waiting, 'completed');
  });

  it('stops on request over HTTP as on SIGTERM', async () => {
    const first = await DaemonProcess.start();
    assert.equal((await first.post('/api/daemon/shutdown')).status, 202);
    assert.deepEqual(await first.exited, { code: 0, signal: null });
    const second = await DaemonProcess.start([], first.stateDir);
    assert.equal(((await second.status()).instance.lastExit as { kind: string }).kind, 'clean');
  });

  it('leaves word of a crash', async () => {
    const first = await DaemonProcess.start(['--chaos']);
    await first.post('/api/chaos/crash');
    assert.equal((await first.exited).code, 1);
    const second = await DaemonProcess.start([], first.stateDir);
    const { lastExit } = (await second.status()).instance as { lastExit: { kind: string; reason: string } };
    assert.equal(lastExit.kind, 'crashed');
    assert.equal(lastExit.reason, 'crashed on request');
  });

  it('has a first start', async () => {
    const { instance } = await (await DaemonProcess.start()).status();
    assert.equal(instance.startKind, 'first-start');
    assert.equal('lastExit' in instance, false);
  });

  it('knows the end of a command that ended while no daemon lived', async function () {
    if (!POSIX) notRun(this, 'Windows has no POSIX signals');
    const first = await DaemonProcess.start();
    const go = join(first.stateDir, 'go');
    const id = await first.submit({ kind: 'named', command: `while [ ! -e "${go}" ]; do sleep 0.02; done` });
    await first.session(id, 'running');
    await first.stop('SIGKILL');
    writeFileSync(go, '');
    const exits = join(first.stateDir, 'exits');
    await until(() => readFileSync(join(exits, `${id}.1`), 'utf8') === '0\n', 'the exit code').catch(
      () => {},
    );
    const second = await DaemonProcess.start([], first.stateDir);
    assert.equal((await second.session(id, 'completed')).attempt, 1);
    assert.deepEqual((await second.status()).recovery.resumed, []);
    assert.deepEqual(readdirSync(exits), []);
  });

  it('gives up after three attempts', async () => {
    let daemon = await DaemonProcess.start();
    const { stateDir } = daemon;
    const id = await daemon.submit({ kind: 'named', ...LONG });
    for (const attempt of [1, 2, 3]) {
      assert.equal((await daemon.session(id, 'running')).attempt, attempt);
      await daemon.stop('SIGKILL');
      daemon = await DaemonProcess.start([], stateDir);
    }
    assert.match((await daemon.session(id, 'interrupted')).outcome, /it was started 3 times already/);
  });

  it('does not run again what was being cancelled when it was killed', async function () {
    if (!POSIX) notRun(this, 'Windows has no POSIX signals');
    const first = await DaemonProcess.start();
    const id = await first.submit({ kind: 'named', command: 'trap "" TERM; while :; do sleep 0.1; done' });
    await first.session(id, 'running');
    await first.post(`/api/sessions/${id}/cancel`);
    await first.stop('SIGKILL');
    const second = await DaemonProcess.start([], first.stateDir);
    await second.session(id, 'cancelled');
  });

  it('does not run an interrupted session twice when it was killed between the two writes of "run again"', async () => {
    const stateDir = newStateDir();
    const old = session(
      { status: 'interrupted', endedAt: Date.now(), outcome: '' },
      { createdAt: Date.now() },
    );
    const again = session({ status: 'queued' }, { createdAt: Date.now(), rerunOf: old.id });
    mkdirSync(join(stateDir, 'sessions'));
    for (const one of [old, again]) {
      writeFileSync(join(stateDir, 'sessions', `${one.id}.json`), JSON.stringify({ version: 1, ...one }));
    }
    const daemon = await DaemonProcess.start(['--workers', '0'], stateDir);
    assert.deepEqual((await daemon.status()).recovery.interrupted, []);
  });

  it('starts in spite of corrupt state, keeps the files, and says so', async () => {
    const first = await DaemonProcess.start();
    const id = await first.submit(node(''));
    await first.session(id, 'completed');
    await first.stop('SIGKILL');
    const { stateDir } = first;
    appendFileSync(join(stateDir, 'sessions', `${id}.json`), 'garbage');
    for (const name of ['lifecycle.json', 'lock', 'instance.json', 'token'])
      writeFileSync(join(stateDir, name), '{"torn');
    const second = await DaemonProcess.start([], stateDir);
    const { recovery, instance } = await second.status();
    assert.equal(instance.startKind, 'restart');
    const { setAside } = recovery as unknown as { setAside: { file: string; movedTo: string }[] };
    assert.equal(setAside.length, 2);
    for (const { movedTo } of setAside) assert.ok(existsSync(movedTo));
    assert.match(second.stderr, /cannot be read .*kept as /);
    assert.match(second.token, /^[0-9a-f]{64}$/);
  });

  it('dispatches nothing before it has recovered', async () => {
    const first = await DaemonProcess.start(['--workers', '1']);
    const running = await first.submit({ kind: 'named', ...LONG });
    const waiting = await first.submit({ name: 'next', ...LONG });
    await first.session(running, 'running');
    await first.stop('SIGKILL');
    const second = await DaemonProcess.start(['--workers', '1'], first.stateDir);
    await second.session(running, 'running');
    assert.equal(
      (await second.status()).sessions.some(({ id }) => id === waiting),
      false,
    );
  });
});
