import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../src/app/systemClock';
import { readDaemons } from '../../../src/settings/daemonList';
import { Registry } from '../../../src/watch/registry';
import { createProbe } from '../../../src/kinds/probe';
import { messageOf } from '../../support/messageOf';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import { daemonRows } from '../../../src/ui/tree/daemonRows';
import { node } from '../../support/dispatchd/commands';
import {
  DaemonProcess,
  dispatchdFile,
  newStateDir,
  stopDaemons,
} from '../../support/dispatchd/daemonProcess';
import { smallDisk, type SmallDisk } from '../../support/fullDisk';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';

const NO_SPACE = 'cannot write its state: no space left';

interface Availability {
  readonly available: boolean;
  readonly reason?: string;
}

describe('dispatchd on a disk that is full (a tmpfs of 1 MB)', function () {
  this.timeout(40_000);
  let disk: SmallDisk;

  before(async function () {
    await dispatchdFile();
    const made = smallDisk();
    if (typeof made === 'string') notRun(this, made);
    disk = made;
  });
  after(() => disk?.remove());
  afterEach(async () => {
    disk?.free();
    await stopDaemons();
  });

  let count = 0;
  const start = (...flags: string[]) =>
    DaemonProcess.start(['--chaos', ...flags], join(disk.dir, `state-${count++}`));
  const available = async (daemon: DaemonProcess) => {
    const { available, reason } = (await daemon.status()) as unknown as Availability;
    return { available, reason };
  };
  const tasks = async (daemon: DaemonProcess) =>
    (await daemon.get('/api/tasks')).json<{ tasks: { id: string; status: string }[] }>().tasks;

  /** A task is accepted while the loop is held; then the disk is full, and the loop goes on. */
  async function waitingOnAFullDisk(daemon: DaemonProcess, task = node('')): Promise<string> {
    await daemon.post('/api/chaos/hang');
    await until(async () => {
      const { lastPollStartedAt, lastPollCompletedAt } = (await daemon.status()).health;
      return lastPollStartedAt !== undefined && lastPollStartedAt > (lastPollCompletedAt ?? '');
    }, 'a cycle that hangs');
    const id = await daemon.submit(task);
    disk.fill();
    await daemon.post('/api/chaos/release');
    await until(() => daemon.stderr.includes('poll cycle failed'), 'a failed cycle');
    return id;
  }

  it('is not available, says why, and completes no cycle, until the disk has space again', async () => {
    const daemon = await start();
    const id = await waitingOnAFullDisk(daemon);
    const before = (await daemon.status()).health;
    assert.deepEqual(await available(daemon), { available: false, reason: NO_SPACE });
    await until(
      async () => (await daemon.status()).health.lastPollStartedAt !== before.lastPollStartedAt,
      'one more cycle',
    );
    const { health } = await daemon.status();
    assert.equal(
      health.lastPollCompletedAt,
      before.lastPollCompletedAt,
      'a cycle that failed has not completed',
    );
    assert.equal(health.pollStale, false, 'its loop turns');
    assert.equal((await tasks(daemon))[0]?.status, 'queued');
    disk.free();
    assert.equal((await daemon.session(id, 'completed')).attempt, 1);
    await until(async () => (await available(daemon)).available, 'it to be available again');
    assert.deepEqual(await available(daemon), { available: true, reason: undefined });
    assert.match(daemon.stderr, /poll cycles? .*succeed/);
  });

  it('refuses in words what it cannot keep, and keeps nothing of it', async () => {
    const daemon = await start();
    await daemon.session(await daemon.submit(node('')), 'completed');
    const exits = join(daemon.stateDir, 'exits');
    await until(() => readdirSync(exits).length === 0, 'the last file to go that would leave space');
    disk.fill();
    const mark = join(disk.dir, 'ran');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => daemon.post('/api/tasks', { name: 'lost', command: `: > "${mark}"` })),
    );
    for (const answer of answers) {
      assert.deepEqual(
        { status: answer.status, body: answer.json() },
        { status: 507, body: { error: { code: 'STATE_NOT_WRITTEN', message: NO_SPACE } } },
      );
    }
    assert.equal((await tasks(daemon)).length, 1);
    disk.free();
    await daemon.session(await daemon.submit(node('')), 'completed');
    assert.equal((await tasks(daemon)).length, 2);
    assert.equal(existsSync(mark), false, 'nothing that was refused ran');
  });

  it('keeps no part of a task of which only the beginning has space', async () => {
    const daemon = await start();
    disk.fill(4_096);
    const prompt = 'x'.repeat(3_900);
    const answer = await daemon.post('/api/tasks', { name: 'long', ...node(`// ${prompt}`), prompt });
    assert.equal(answer.status, 507, answer.text);
    assert.deepEqual(readdirSync(join(daemon.stateDir, 'sessions')), []);
    assert.deepEqual(await tasks(daemon), []);
  });

  it('does not say that it could start work while it could not, also where nothing waits', async () => {
    const daemon = await start();
    disk.fill();
    // The note that it lives is written every 5 s.
    await until(async () => !(await available(daemon)).available, 'it to notice', 15_000);
    assert.deepEqual(await available(daemon), { available: false, reason: NO_SPACE });
    disk.free();
    await until(async () => (await available(daemon)).available, 'it to be available again');
  });

  it('writes what became of its work once the disk has space again, so that a kill runs nothing twice', async () => {
    const daemon = await start();
    const go = join(disk.dir, '..', `go-${process.pid}-${count}`);
    const id = await daemon.submit({
      kind: 'named',
      command: `while [ ! -e "${go}" ]; do sleep 0.02; done; rm "${go}"`,
    });
    await daemon.session(id, 'running');
    disk.fill();
    writeFileSync(go, '');
    await daemon.session(id, 'completed');
    await until(async () => !(await available(daemon)).available, 'it to say that its state is not written');
    disk.free();
    await until(async () => (await available(daemon)).available, 'it to be available again');
    await daemon.stop('SIGKILL');
    const second = await DaemonProcess.start([], daemon.stateDir);
    assert.equal((await second.session(id, 'completed', 'running')).status, 'completed');
    assert.deepEqual((await second.status()).recovery.resumed, []);
  });

  it('does not start on a full disk, and says so in one sentence', async () => {
    disk.fill();
    const stateDir = join(disk.dir, `state-${count++}`);
    const daemon = await DaemonProcess.spawn(['--port', '0'], stateDir);
    assert.equal((await daemon.exited).code, 1);
    assert.match(daemon.stderr, /^dispatchd: .*no space left.*--state-dir.*\n$/);
    assert.equal(daemon.stderr.includes(stateDir), true);
  });

  it('is amber in the window, with those words, and the incident ends with a cycle that succeeds', async () => {
    const daemon = await start();
    const registry = new Registry({
      clock: systemClock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: (target) => Promise.resolve(createProbe(target)),
      recall: () => ({}),
    });
    try {
      const url = `http://127.0.0.1:${daemon.port}`;
      registry.configure(
        readDaemons([{ name: 'dispatchd', url, pollIntervalMs: 300_000 }], {
          configured: true,
          allowRemote: false,
        }),
      );
      await registry.refresh();
      await waitingOnAFullDisk(daemon);
      await registry.refresh();
      const model = registry.models[0]!;
      const now = systemClock.now();
      assert.equal(model.track.verdict.state, 'unavailable');
      assert.equal(model.track.incident?.severity, 'amber');
      const status = renderStatus(registry.models, [], now);
      assert.equal(status.severity, 'amber');
      assert.match(status.text, /dispatchd unavailable/);
      assert.match(JSON.stringify(status.tooltip), /Cannot write its state: no space left/);
      const rows = daemonRows(model, now, undefined);
      assert.match(
        rows.map(({ description }) => description).join('\n'),
        /cannot write its state: no space left/,
      );
      const { text } = messageOf(model, { kind: 'problem', state: 'unavailable', openedAt: now }, now);
      assert.equal(text, `dispatchd is unavailable: ${NO_SPACE}.`);
      disk.free();
      await until(async () => (await available(daemon)).available, 'it to be available again');
      await registry.refresh();
      assert.equal(registry.models[0]!.track.verdict.state, 'healthy');
    } finally {
      registry.dispose();
    }
  });

  it('leaves no half-written file behind', async () => {
    const daemon = await start();
    await waitingOnAFullDisk(daemon);
    await daemon.post('/api/tasks', { name: 'lost', ...node('') });
    const names = () => readdirSync(join(daemon.stateDir, 'sessions'));
    // At every cycle it tries again.
    await until(() => names().every((name) => name.endsWith('.json')), 'the temporary file to go');
    assert.equal(names().filter((name) => name.endsWith('.json')).length, 1);
  });
});

describe('dispatchd whose files may not grow further (RLIMIT_FSIZE: any user can set that)', function () {
  this.timeout(40_000);
  const REASON = 'cannot write its state: the limit for the size of a file is reached';
  before(async function () {
    if (process.platform === 'win32') notRun(this, 'Windows has no limit of the size of a file');
    await dispatchdFile();
  });
  afterEach(stopDaemons);

  it('refuses in words what it cannot keep, and is not available while it cannot note that it starts a task', async () => {
    const daemon = await DaemonProcess.start(['--chaos'], newStateDir(), { fileBlocks: 4 });
    const post = (length: number) =>
      daemon.post('/api/tasks', { name: 'n', command: ':'.padEnd(length) + '.' });
    const tooLong = await post(3_990);
    assert.deepEqual(
      { status: tooLong.status, body: tooLong.json() },
      { status: 507, body: { error: { code: 'STATE_NOT_WRITTEN', message: REASON } } },
    );
    assert.deepEqual((await daemon.get('/api/tasks')).json().tasks, []);
    // The note of a running task is longer than that of a waiting one by some 150 bytes: this one just fits.
    let length = 3_940;
    while ((await post(length)).status !== 201) length -= 50;
    await until(async () => {
      const { available, reason } = (await daemon.status()) as unknown as Availability;
      return !available && reason === REASON;
    }, 'it to be unavailable');
    const [task] = (await daemon.get('/api/tasks')).json<{ tasks: { status: string }[] }>().tasks;
    assert.equal(task?.status, 'queued');
  });
});
