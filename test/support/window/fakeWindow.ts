import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answer, ShownRow, WindowLook, WindowOptions } from './shown';

export type WindowRequest = { readonly id: number } & (
  | { readonly do: 'open'; readonly options: WindowOptions }
  | { readonly do: 'run'; readonly command: string; readonly args: readonly unknown[] }
  | { readonly do: 'answer'; readonly answers: readonly Answer[] }
  | { readonly do: 'focus' | 'look' | 'close' }
);

export interface WindowReply {
  readonly id: number;
  readonly look?: Look | undefined;
  readonly failed?: string;
}

export interface Look extends WindowLook {
  /** What the extension threw where nobody caught it. */
  readonly faults: readonly string[];
}

type Unsent<R> = R extends unknown ? Omit<R, 'id'> : never;

/** For starts of real daemons on a loaded machine. */
const LONGEST_WAIT_MS = 30_000;
const LOOK_EVERY_MS = 25;

const open = new Set<FakeWindow>();

/**
 * A window with an extension host of its own, in which any version of the built extension runs. Several of them share
 * what windows of one machine share: processes, ports, and the folder for all windows.
 */
export class FakeWindow {
  #asked = 0;
  readonly #child: ChildProcess;

  private constructor() {
    const file = join(__dirname, 'windowMain.ts');
    // From a window's own environment: what an earlier test started must not look like this window's.
    this.#child = fork(file, { execArgv: ['--import', 'tsx'], serialization: 'advanced' });
    this.#child.setMaxListeners(100);
  }

  static async open(options: WindowOptions): Promise<FakeWindow> {
    const window = new FakeWindow();
    open.add(window);
    await once(window.#child, 'message');
    await window.#ask({ do: 'open', options });
    return window;
  }

  /** The number of its extension host. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Runs a command to its end. @param name without `daemonHealth.` */
  async run(name: string, ...args: readonly unknown[]): Promise<Look> {
    return this.#ask({ do: 'run', command: `daemonHealth.${name}`, args });
  }

  async answer(...answers: readonly Answer[]): Promise<void> {
    await this.#ask({ do: 'answer', answers });
  }

  async focus(): Promise<void> {
    await this.#ask({ do: 'focus' });
  }

  look(): Promise<Look> {
    return this.#ask({ do: 'look' });
  }

  /** Looks until it is as wanted. @param what for the message where it never is */
  async until(what: string, isWanted: (look: Look) => boolean): Promise<Look> {
    const endMs = performance.now() + LONGEST_WAIT_MS;
    for (;;) {
      const look = await this.look();
      if (isWanted(look)) return look;
      if (performance.now() > endMs) throw new Error(`waited in vain for ${what}: ${inShort(look)}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Waits for a row whose label and description hold these. */
  async row(...words: readonly string[]): Promise<ShownRow> {
    const isIt = ({ label, description }: ShownRow) =>
      words.every((word) => `${label} ${description}`.includes(word));
    const { rows } = await this.until(`a row with ${words.join(', ')}`, (look) => look.rows.some(isIt));
    return rows.find(isIt)!;
  }

  /** Closes it as a user does. @returns what it looked like at the end, with what it keeps */
  async close(): Promise<Look> {
    const last = await this.#ask({ do: 'close' });
    await this.#end();
    return last;
  }

  /** As a crash ends it. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#end();
  }

  /** Stops its process for a while, as a hanging extension host. */
  pause(): void {
    this.#child.kill('SIGSTOP');
  }

  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async #end(): Promise<void> {
    open.delete(this);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    if (this.#child.connected) this.#child.disconnect();
    await gone;
  }

  async #ask(request: Unsent<WindowRequest>): Promise<Look> {
    const id = ++this.#asked;
    const reply = new Promise<WindowReply>((resolve, reject) => {
      const take = (message: WindowReply) => {
        if (message.id !== id) return;
        this.#child.off('message', take).off('exit', end);
        resolve(message);
      };
      const end = (code: number | null, signal: NodeJS.Signals | null) =>
        reject(new Error(`the window ended with ${signal ?? code}`));
      this.#child.on('message', take).once('exit', end);
    });
    this.#child.send({ id, ...request });
    const { look, failed } = await reply;
    if (failed !== undefined) throw new Error(failed);
    if (!look) throw new Error('the window is not open');
    return look;
  }
}

/** Ends the windows that a test left open; for `afterEach`. */
export async function endWindows(): Promise<void> {
  await Promise.all([...open].map((window) => window.kill()));
}

/** What the window shows, to be read in a failed test. */
function inShort({ rows, messages, log, faults }: Look): string {
  const drawn = rows.map(({ depth, label, description }) => `${'  '.repeat(depth)}${label} · ${description}`);
  return [...drawn, ...messages.map(({ text }) => `! ${text}`), ...log, ...faults].join('\n');
}
