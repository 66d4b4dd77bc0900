import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { LONG, node } from '../../support/dispatchd/commands';
import {
  alive,
  DaemonProcess,
  type StatusJson,
  dispatchdFile,
  newStateDir,
  stopDaemons,
} from '../../support/dispatchd/daemonProcess';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';

describe('dispatchd process', function () {
  this.timeout(30_000);
  before(() => dispatchdFile());
  afterEach(stopDaemons);

  it('runs a posted task and shows how it ended', async () => {
    const daemon = await DaemonProcess.start();
    const answer = await daemon.post('/api/tasks', { name: 'hello', ...node('process.exit(3)') });
    assert.equal(answer.status, 201);
    const { task } = answer.json<{ task: { id: string; name: string; status: string } }>();
    assert.equal(task.name, 'hello');
    assert.equal(task.status, 'queued');
    const session = await daemon.session(task.id, 'failed');
    assert.equal(session.exitCode, 3);
    assert.match(session.outcome, /^Failed with exit code 3 after /);
    const { tasks } = (await daemon.get('/api/tasks')).json<{ tasks: { id: string; status: string }[] }>();
    assert.deepEqual(
      tasks.map(({ id, status }) => ({ id, status })),
      [{ id: task.id, status: 'failed' }],
    );
  });

  it('takes a command without args as a line for the shell', async () => {
    const daemon = await DaemonProcess.start();
    const file = join(daemon.stateDir, 'made');
    await daemon.session(await daemon.submit({ command: `echo one two>"${file}" && exit 0` }), 'completed');
    assert.match(readFileSync(file, 'utf8'), /one two/);
  });

  it('never runs more commands at once than it has workers, and is not stuck while busy', async () => {
    const daemon = await DaemonProcess.start(['--workers', '2']);
    for (let i = 0; i < 4; i++) await daemon.submit(LONG);
    const running = ({ sessions }: StatusJson) =>
      sessions.filter(({ status }) => status === 'running').length;
    let status = await daemon.status();
    await until(async () => running((status = await daemon.status())) === 2, 'two running sessions');
    const before = status.health.lastPollCompletedAt;
    await until(async () => {
      status = await daemon.status();
      return status.health.lastPollCompletedAt !== before;
    }, 'another cycle');
    assert.equal(running(status), 2);
    assert.equal(status.health.readyUnassignedTasks, 2);
    assert.equal(status.health.availableWorkers, 2);
    assert.equal(status.health.busyWorkers, 2);
    assert.equal(status.health.stuck, false);
  });

  it('is stuck with ready tasks and no workers, and says so once', async () => {
    const daemon = await DaemonProcess.start(['--workers', '0']);
    await daemon.submit(LONG);
    const { health } = await daemon.status();
    assert.equal(health.stuck, true);
    assert.equal(health.hasStuckQueue, true);
    await until(() => daemon.stderr.includes('STUCK:'), 'the line STUCK');
  });

  it('has every field of the recorded status of smithy, with the same types', async () => {
    const daemon = await DaemonProcess.start();
    const recorded: unknown = JSON.parse(
      readFileSync(join(__dirname, '../../support/dispatchd/smithyStatus.json'), 'utf8'),
    );
    await until(async () => (await daemon.status()).health.lastPollCompletedAt, 'the first cycle');
    assertSuperset(await daemon.status(), recorded, 'status');
  });

  it('wedges on request: answers everything, dispatches nothing, and recovers when released', async () => {
    const daemon = await DaemonProcess.start(['--chaos', '--poll-stale-threshold-ms', '150']);
    assert.equal((await daemon.post('/api/chaos/hang')).status, 200);
    await until(async () => (await daemon.status()).health.pollStale, 'a stale poll');
    const id = await daemon.submit(node(''));
    const { health: frozen } = await daemon.status();
    assert.equal(frozen.readyUnassignedTasks, 1);
    await until(() => daemon.stderr.includes('WEDGED:'), 'the line WEDGED');
    const { health: later } = await daemon.status();
    assert.equal(later.lastPollStartedAt, frozen.lastPollStartedAt);
    assert.equal(later.lastPollCompletedAt, frozen.lastPollCompletedAt);
    await daemon.post('/api/chaos/release');
    await daemon.session(id, 'completed');
    await until(() => daemon.stderr.includes('RECOVERED:'), 'the line RECOVERED');
    assert.equal(daemon.stderr.match(/WEDGED:/g)?.length, 1);
    assert.equal((await daemon.status()).health.pollStale, false);
  });

  it('has no chaos routes without --chaos', async () => {
    const daemon = await DaemonProcess.start();
    assert.equal((await daemon.post('/api/chaos/hang')).status, 404);
    assert.equal((await daemon.post('/api/chaos/release')).status, 404);
  });

  it('keeps token and instance file private, and the token over restarts', async () => {
    const first = await DaemonProcess.start();
    const { token, stateDir, port } = first;
    const instance = JSON.parse(readFileSync(join(stateDir, 'instance.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    assert.deepEqual(Object.keys(instance), [
      'version',
      'id',
      'pid',
      'port',
      'url',
      'startedAt',
      'birth',
      'argv',
    ]);
    assert.equal(instance.url, `http://127.0.0.1:${port}`);
    assert.equal(instance.pid, first.child.pid);
    if (process.platform !== 'win32') {
      for (const name of ['token', 'instance.json', 'lock']) {
        assert.equal(statSync(join(stateDir, name)).mode & 0o777, 0o600, name);
      }
      assert.deepEqual(await first.stop(), { code: 0, signal: null });
      assert.equal(existsSync(join(stateDir, 'instance.json')), false);
      assert.equal(existsSync(join(stateDir, 'lock')), false);
    } else {
      await first.stop();
    }
    const second = await DaemonProcess.start([], stateDir);
    // Windows knows no clean end by a signal; after any other end the token is a new one.
    if (process.platform !== 'win32') assert.equal(second.token, token);
    const { instance: now } = await second.status();
    assert.notEqual(now.id, instance.id);
    assert.equal(now.stateDir, stateDir);
  });

  it('stops its children, with their children, when it stops', async function () {
    if (process.platform === 'win32') notRun(this, 'Windows has no POSIX signals');
    const daemon = await DaemonProcess.start();
    const file = join(daemon.stateDir, 'pids');
    await daemon.submit({
      command: `sh -c 'trap "" TERM; sleep 60 & echo $! >>"${file}"; sleep 60' & echo $! >>"${file}"; wait`,
    });
    const pids = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []);
    await until(() => pids().length === 2, 'two pids');
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
    await until(() => pids().every((pid) => !alive(pid)), 'their end');
  });

  it('says so when its disk fails, keeps nothing it could not write, and goes on when the disk is back', async () => {
    const daemon = await DaemonProcess.start();
    const sessions = join(daemon.stateDir, 'sessions');
    renameSync(sessions, `${sessions}.away`);
    writeFileSync(sessions, 'no folder');
    const answer = await daemon.post('/api/tasks', { name: 'lost', ...node('') });
    assert.equal(answer.status, 503);
    const message = 'cannot write its state: a file is in the place of a folder';
    assert.deepEqual(answer.json(), { error: { code: 'STATE_NOT_WRITTEN', message } });
    assert.deepEqual((await daemon.get('/api/tasks')).json().tasks, []);
    rmSync(sessions);
    renameSync(`${sessions}.away`, sessions);
    await daemon.session(await daemon.submit(node('')), 'completed');
  });

  it('does not let one task that cannot start keep the others waiting', async () => {
    const daemon = await DaemonProcess.start(['--workers', '1', '--chaos']);
    const cwd = join(daemon.stateDir, 'folder');
    mkdirSync(cwd);
    // Held back by a hanging cycle until the folder has become a file.
    await daemon.post('/api/chaos/hang');
    await until(() => hangs(daemon), 'a cycle that hangs');
    const bad = await daemon.submit({ ...node(''), cwd });
    const good = await daemon.submit(node(''));
    rmSync(cwd, { recursive: true });
    writeFileSync(cwd, '');
    await daemon.post('/api/chaos/release');
    await daemon.session(good, 'completed');
    assert.match((await daemon.session(bad, 'failed')).outcome, /^Could not be started: .* is not a folder/);
  });

  it('refuses to share a state directory, naming the live pid', async () => {
    const first = await DaemonProcess.start();
    const second = await DaemonProcess.spawn(['--port', '0'], first.stateDir);
    assert.equal((await second.exited).code, 1);
    assert.match(second.stderr, new RegExp(`in use by dispatchd \\(pid ${first.child.pid}\\)`));
    assert.equal((await first.get('/api/health')).status, 200);
  });

  it('takes over after kill -9', async () => {
    const first = await DaemonProcess.start();
    await first.stop('SIGKILL');
    assert.ok(existsSync(join(first.stateDir, 'lock')));
    const second = await DaemonProcess.start([], first.stateDir);
    assert.equal((await second.get('/api/health')).status, 200);
  });

  it('takes over a lock whose pid belongs to another process by now', async function () {
    if (process.platform === 'win32') notRun(this, 'Windows has no POSIX signals');
    const stateDir = newStateDir();
    const lock = { pid: process.pid, startedAtMs: 1_000, startTicks: 1, bootId: 'unknown' };
    writeFileSync(join(stateDir, 'lock'), JSON.stringify(lock));
    const daemon = await DaemonProcess.start([], stateDir);
    assert.equal((await daemon.get('/api/health')).status, 200);
  });

  it('of several that start at once on one state directory exactly one lives', async () => {
    const stateDir = newStateDir();
    const all = await Promise.all([1, 2, 3, 4].map(() => DaemonProcess.spawn(['--port', '0'], stateDir)));
    const ended: number[] = [];
    all.forEach((daemon, i) => void daemon.exited.then(() => ended.push(i)));
    await until(() => ended.length >= 3, 'three to give up', 20_000);
    const survivor = all.find((_, i) => !ended.includes(i));
    assert.ok(survivor);
    await until(() => survivor.stdout.includes('listening on'), 'the survivor');
    assert.deepEqual(await survivor.stop(), { code: process.platform === 'win32' ? null : 0, signal: null });
  });

  it('names the owner of a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await until(() => other.listening, 'the other server');
    const { port } = other.address() as AddressInfo;
    const daemon = await DaemonProcess.spawn(['--port', String(port)]);
    assert.equal((await daemon.exited).code, 1);
    other.close();
    assert.equal(daemon.stdout, '');
    assert.match(daemon.stderr, new RegExp(`port ${port} is in use by `));
    if (process.platform === 'linux')
      assert.match(daemon.stderr, new RegExp(`by pid ${process.pid} \\(.*mocha`));
    assert.equal(existsSync(join(daemon.stateDir, 'lock')), false);
  });

  it('recognises another dispatchd on its port', async () => {
    const first = await DaemonProcess.start();
    const second = await DaemonProcess.spawn(['--port', String(first.port)]);
    assert.equal((await second.exited).code, 1);
    assert.match(second.stderr, new RegExp(`another dispatchd \\(pid ${first.child.pid}, `));
  });

  it('prints help, and explains wrong usage in one line', async () => {
    const file = await dispatchdFile();
    const help = spawnSync(process.execPath, [file, '--help'], { encoding: 'utf8' });
    assert.equal(help.status, 0);
    for (const flag of ['--port', '--state-dir', '--workers', '--chaos'])
      assert.ok(help.stdout.includes(flag));
    assert.ok(help.stdout.split('\n').every((line) => line.length <= 110));
    const wrong = spawnSync(process.execPath, [file, '--port', 'x'], { encoding: 'utf8' });
    assert.equal(wrong.status, 2);
    assert.equal(wrong.stderr.trim().split('\n').length, 1);
  });
});

async function hangs(daemon: DaemonProcess): Promise<boolean> {
  const { lastPollStartedAt, lastPollCompletedAt } = (await daemon.status()).health;
  return lastPollStartedAt !== undefined && lastPollStartedAt > (lastPollCompletedAt ?? '');
}

function assertSuperset(actual: unknown, expected: unknown, path: string): void {
  assert.equal(typeof actual, typeof expected, path);
  assert.equal(Array.isArray(actual), Array.isArray(expected), path);
  if (typeof expected !== 'object' || expected === null || Array.isArray(expected)) return;
  for (const [key, value] of Object.entries(expected)) {
    assert.ok(key in (actual as object), `${path}.${key} is missing`);
    assertSuperset((actual as Record<string, unknown>)[key], value, `${path}.${key}`);
  }
}
