import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Of whom the lock is: of the windows that restart a daemon, or of dispatchd's state directory. */
export type RacedLock = 'restart' | 'dispatchd';

export type ContenderMessage =
  | {
      readonly kind: 'go';
      readonly lock: RacedLock;
      readonly folder: string;
      /** When all ask, by the clock that never goes back. */
      readonly goAtNs: string;
      /** How far the wall clock of this contender is off. */
      readonly clockShiftMs?: number;
    }
  | { readonly kind: 'release' };

export type ContenderReply =
  | { readonly kind: 'tried'; readonly got: boolean; readonly gotAtNs?: string; readonly why?: string }
  | { readonly kind: 'released' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'died' };

/** A new namespace of processes with a /proc of its own; what runs in it ends with `unshare`. */
const UNSHARE = ['--pid', '--fork', '--mount-proc', '--kill-child'] as const;

/** Why no process can be had here that numbers processes in its own way; `undefined` where one can. */
export function whyNoNamespace(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has namespaces of processes';
  const tried = spawnSync('unshare', [...UNSHARE, 'true'], { stdio: 'ignore' });
  return tried.status === 0 ? undefined : 'no namespace of processes can be made here, as root can';
}

/** Makes contenders. Their code is built once: with a loader each would take a second to start. */
export class ContenderMaker {
  #folder = '';
  #file = '';

  async start(): Promise<this> {
    this.#folder = mkdtempSync(join(tmpdir(), 'daemon-health-contender-'));
    this.#file = join(this.#folder, 'contender.cjs');
    await build({
      entryPoints: [join(__dirname, 'lockContender.ts')],
      outfile: this.#file,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
    });
    return this;
  }

  async make(where: 'here' | 'otherNamespace' = 'here'): Promise<Contender> {
    const [command, args] =
      where === 'here'
        ? [process.execPath, [this.#file]]
        : ['unshare', [...UNSHARE, process.execPath, this.#file]];
    // `unshare` itself complains where its child was killed.
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', where === 'here' ? 'inherit' : 'ignore', 'ipc'],
    });
    const contender = new Contender(child, where);
    await contender.next();
    return contender;
  }

  stop(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export class Contender {
  readonly #exit: Promise<unknown>;

  constructor(
    readonly child: ChildProcess,
    private readonly where: 'here' | 'otherNamespace',
  ) {
    this.#exit = once(child, 'exit');
  }

  /** The process that has the lock, as this process numbers it: `unshare` waits for it. */
  get pid(): number {
    const pid = this.child.pid!;
    if (this.where === 'here') return pid;
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
  }

  async next(): Promise<ContenderReply> {
    const died = this.#exit.then((): [ContenderReply] => [{ kind: 'died' }]);
    const [reply] = (await Promise.race([once(this.child, 'message'), died])) as [ContenderReply];
    return reply;
  }

  ask(message: ContenderMessage): Promise<ContenderReply> {
    const reply = this.next();
    this.child.send(message, () => undefined);
    return reply;
  }

  release(): Promise<ContenderReply> {
    return this.ask({ kind: 'release' });
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Resolves once the kernel has closed what the process had open. */
  async die(): Promise<void> {
    this.signal('SIGKILL');
    await this.#exit;
  }

  get isThere(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async end(): Promise<void> {
    if (!this.isThere) return;
    this.child.disconnect();
    await this.#exit;
  }
}
