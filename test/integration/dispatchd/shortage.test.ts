import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DaemonProcess,
  dispatchdFile,
  newStateDir,
  stopDaemons,
} from '../../support/dispatchd/daemonProcess';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';

const TASKS = 60;
const FEW_TASKS = 12;
const OPEN_FILES = 64;
const HELD_FOR_MS = 2_500;

interface Task {
  readonly id: string;
  readonly status: string;
  readonly attempt: number;
  readonly outcome?: string;
}

describe('dispatchd that may open few files', function () {
  this.timeout(60_000);
  before(async function () {
    if (process.platform === 'win32') notRun(this, 'Windows has no limit of open files');
    await dispatchdFile();
  });
  afterEach(stopDaemons);

  /** Tasks are accepted while the loop is held; then files are taken, and the loop goes on. */
  async function withWaitingTasks(count: number): Promise<DaemonProcess> {
    const daemon = await DaemonProcess.start(['--chaos'], newStateDir(), { files: OPEN_FILES });
    await daemon.post('/api/chaos/hang');
    await until(async () => {
      const { lastPollStartedAt, lastPollCompletedAt } = (await daemon.status()).health;
      return lastPollStartedAt !== undefined && lastPollStartedAt > (lastPollCompletedAt ?? '');
    }, 'a cycle that hangs');
    for (let i = 0; i < count; i++) {
      const command = `echo "$DISPATCHD_SESSION_ID" >>"${join(daemon.stateDir, 'journal')}"`;
      await daemon.submit({ name: `task ${i}`, command });
    }
    return daemon;
  }

  /** @param kept a connection that is there already: a new one may find no file left for it */
  async function eachRunsOnce(daemon: DaemonProcess, count: number, kept: Kept): Promise<void> {
    let tasks: readonly Task[] = [];
    const over = ({ status }: Task) => status !== 'queued' && status !== 'running';
    await until(
      async () => {
        tasks = (JSON.parse(await kept.get('/api/tasks')) as { tasks: Task[] }).tasks;
        return tasks.length === count && tasks.every(over);
      },
      'all tasks to end',
      30_000,
    );
    const bad = tasks.filter(({ status, attempt }) => status !== 'completed' || attempt !== 1);
    assert.deepEqual(
      bad.map(({ status, outcome, attempt }) => ({ status, outcome, attempt })),
      [],
      `${bad.length} of ${count} did not complete at their first attempt`,
    );
    const ran = readFileSync(join(daemon.stateDir, 'journal'), 'utf8').trim().split('\n');
    assert.deepEqual(ran.sort(), tasks.map(({ id }) => id).sort());
    const isAvailable = async () =>
      (JSON.parse(await kept.get('/api/daemon/status')) as { available: boolean }).available;
    await until(isAvailable, 'it to be available');
    kept.close();
  }

  it(`runs all of ${TASKS} tasks once, after 60 idle connections took all of its ${OPEN_FILES} files for 2.5 s`, async () => {
    const daemon = await withWaitingTasks(TASKS);
    // Its connection is there before all files are taken: a later one would be closed.
    const kept = new Kept(daemon);
    await kept.get('/api/daemon/status');
    const taken = Array.from({ length: 60 }, () => connected(daemon.port));
    await kept.post('/api/chaos/release');
    const idle = await Promise.all(taken);
    await new Promise((resolve) => setTimeout(resolve, HELD_FOR_MS));
    for (const socket of idle) socket.destroy();
    await eachRunsOnce(daemon, TASKS, kept);
  });

  for (const spare of [1, 3, 6]) {
    it(`runs them once, and says meanwhile what is lacking, where ${spare} of its files were left`, async function () {
      // How many it has open is told by /proc.
      if (process.platform !== 'linux') notRun(this, 'only Linux tells which files a process has open');
      const daemon = await withWaitingTasks(FEW_TASKS);
      const kept = new Kept(daemon);
      await kept.get('/api/daemon/status');
      const open = () => readdirSync(`/proc/${daemon.child.pid}/fd`).length;
      const idle: Socket[] = [];
      while (open() < OPEN_FILES - spare) {
        const before = open();
        idle.push(await connected(daemon.port));
        await until(() => open() > before, 'it to take the connection');
      }
      await kept.post('/api/chaos/release');
      let reason: string | undefined;
      let waiting: readonly Task[] = [];
      await until(async () => {
        reason = (JSON.parse(await kept.get('/api/daemon/status')) as { reason?: string }).reason;
        waiting = (JSON.parse(await kept.get('/api/tasks')) as { tasks: Task[] }).tasks;
        return reason !== undefined || waiting.some(({ status }) => status === 'failed');
      }, 'it to say what is lacking');
      assert.deepEqual(
        waiting.filter(({ status }) => status === 'failed').map(({ outcome }) => outcome),
        [],
      );
      assert.match(String(reason), /^cannot (start commands|write its state): too many open files$/);
      assert.ok(waiting.some(({ status }) => status === 'queued'));
      for (const socket of idle) socket.destroy();
      await eachRunsOnce(daemon, FEW_TASKS, kept);
    });
  }
});

function connected(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    const done = () => resolve(socket);
    socket.once('connect', done);
    socket.once('close', done);
  });
}

/** One connection, kept open. */
class Kept {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly daemon: DaemonProcess) {}

  get(path: string): Promise<string> {
    return this.#ask('GET', path);
  }

  post(path: string): Promise<string> {
    return this.#ask('POST', path);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #ask(method: string, path: string): Promise<string> {
    const { port, token } = this.daemon;
    const headers = { authorization: `Bearer ${token}` };
    const outgoing = request({ host: '127.0.0.1', port, method, path, agent: this.#agent, headers });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream];
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
    return text;
  }
}
