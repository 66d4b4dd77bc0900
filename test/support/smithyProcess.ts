import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from './until';

/** A UUID, as the providers of conversations give: the same for one agent. */
function conversationOf(agentId: string): string {
  const hex = createHash('sha256').update(agentId).digest('hex');
  return [
    [0, 8],
    [8, 12],
    [12, 16],
    [16, 20],
    [20, 32],
  ]
    .map(([from, to]) => hex.slice(from, to))
    .join('-');
}

/** A session as smithy tells it, of a worker that runs. */
export function smithySession(agentId: string, more: object = {}): object {
  const now = new Date().toISOString();
  return {
    id: `session-of-${agentId}`,
    providerSessionId: conversationOf(agentId),
    agentId,
    agentRole: 'worker',
    workerMode: 'ephemeral',
    status: 'running',
    workingDirectory: `/project/.stoneforge/.worktrees/${agentId}-write-the-release-notes`,
    createdAt: now,
    startedAt: now,
    lastActivityAt: now,
    ...more,
  };
}

/** Shorter than smithy's 5 s: its first cycle is not waited for. */
const CYCLE_MS = 1_000;

/** The stand-in for smithy in `smithyMain.ts`, as a process that can be killed and started again on its port. */
export class SmithyProcess {
  port = 0;
  #child: ChildProcess | undefined;

  /**
   * @param folder of the project
   * @param program what runs `smithyMain.ts`
   * @param backlog how many connections may wait for it
   */
  constructor(
    private readonly folder: string,
    private readonly program: readonly string[] = ['--import', 'tsx', join(__dirname, 'smithyMain.ts')],
    private readonly backlog = 511,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts it on this port. */
  startAt(port: number): Promise<this> {
    this.port = port;
    return this.start();
  }

  async start(): Promise<this> {
    const args = [...this.program, String(this.port), this.folder, String(CYCLE_MS), String(this.backlog)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    this.port = Number(/\d+/.exec(String(line))?.[0]);
    return this;
  }

  /** Sets what it says or does: `sessions`, `history` by agent, `isRunning`, `hangs`, `blockForMs`, `spinForMs`. */
  async says(what: object): Promise<void> {
    const answer = await fetch(`${this.url}/test`, { method: 'PUT', body: JSON.stringify(what) });
    if (!answer.ok) throw new Error(`it does not listen: ${answer.status}`);
  }

  /** Its first poll cycle is completed: before that nothing proves that its loop advances. */
  async completesCycle(): Promise<void> {
    const completed = async () => {
      const answer = await fetch(`${this.url}/api/daemon/status`);
      const { health } = (await answer.json()) as { health: { lastPollCompletedAt?: string } };
      return health.lastPollCompletedAt !== undefined;
    };
    await until(completed, 'the first poll cycle');
  }

  /** As nothing but a kill -9 ends it. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }
}
