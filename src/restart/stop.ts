import { connect } from 'node:net';
import { API_STOP_WAIT_MS, KILL_WAIT_MS, STOP_GRACE_MS, WAIT_STEP_MS } from '../health/policy';
import {
  findDescendants,
  identify,
  isStillThere,
  runTool,
  type ProcessIdentity,
  type RunTool,
} from './processes';
import { until } from './wait';

/** How a process came to its end, as a sentence goes on after its number. */
export type Ended = 'had ended already' | 'ended by its own API' | 'ended on SIGTERM' | 'was ended by force';

/** Where a stop is. `waiting` comes once a second, with the time that is left until the next stage. */
export type StopStage =
  | { readonly kind: 'asking' }
  | { readonly kind: 'notAsked'; readonly why: string }
  | { readonly kind: 'terminating' }
  | { readonly kind: 'killing'; readonly graceMs: number }
  | { readonly kind: 'waiting'; readonly leftMs: number; readonly next: 'terminate' | 'kill' };

export interface StopOptions {
  readonly signal?: AbortSignal;
  /**
   * Asks it to end by its own API, where that is known to cure. Resolves once it has agreed; rejects, in bounded
   * time and in words, where it cannot be asked.
   */
  readonly askToEnd?: () => Promise<void>;
  readonly onStage?: (stage: StopStage) => void;
  readonly graceMs?: number;
  readonly apiWaitMs?: number;
  readonly platform?: NodeJS.Platform;
  readonly run?: RunTool;
}

/**
 * Ends a process: by its own API where it has one for that, else SIGTERM, a grace time, then SIGKILL for it and its
 * children. Each stage falls through to the next. Windows has no SIGTERM: there, force comes at once, with children.
 *
 * @returns how it ended; `undefined` when it is still there
 * @throws the signal's reason when aborted; the process may then still be ending
 */
export async function stopProcess(
  pid: number,
  {
    signal,
    askToEnd,
    onStage = () => undefined,
    graceMs = STOP_GRACE_MS,
    apiWaitMs = API_STOP_WAIT_MS,
    platform = process.platform,
    run = runTool,
  }: StopOptions = {},
): Promise<Ended | undefined> {
  signal?.throwIfAborted();
  const target = await identify(pid);
  const gone = async () => !(await isStillThere(target));
  const wait = (timeoutMs: number, next?: 'terminate' | 'kill') =>
    until(gone, {
      timeoutMs,
      stepMs: WAIT_STEP_MS,
      ...(signal && { signal }),
      ...(next && { onSecond: (leftMs) => onStage({ kind: 'waiting', leftMs, next }) }),
    });
  if (await gone()) return 'had ended already';

  if (askToEnd) {
    onStage({ kind: 'asking' });
    try {
      await askToEnd();
      if (await wait(apiWaitMs, platform === 'win32' ? 'kill' : 'terminate')) return 'ended by its own API';
    } catch (error) {
      signal?.throwIfAborted();
      onStage({ kind: 'notAsked', why: error instanceof Error ? error.message : String(error) });
    }
    signal?.throwIfAborted();
  }
  if (platform === 'win32') {
    onStage({ kind: 'killing', graceMs: 0 });
    await run('taskkill', ['/PID', String(pid), '/T', '/F']);
    return (await wait(KILL_WAIT_MS)) ? 'was ended by force' : undefined;
  }
  // Taken before it ends: afterwards its children have another parent.
  const children = await findDescendants(pid, run);
  onStage({ kind: 'terminating' });
  send(pid, 'SIGTERM');
  if (await wait(graceMs, 'kill')) return 'ended on SIGTERM';
  onStage({ kind: 'killing', graceMs });
  await kill([target, ...children, ...(await findDescendants(pid, run))]);
  return (await wait(KILL_WAIT_MS)) ? 'was ended by force' : undefined;
}

/** Numbers are used again: what is no longer the same process is left alone. */
async function kill(targets: readonly ProcessIdentity[]): Promise<void> {
  const there = await Promise.all(targets.map(isStillThere));
  targets.forEach(({ pid }, index) => there[index] && send(pid, 'SIGKILL'));
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone, or not ours to end: the wait that follows tells.
  }
}

/** Whether nothing accepts connections at this address any more. */
export function isPortFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (free: boolean) => {
      socket.destroy();
      resolve(free);
    };
    socket.once('connect', () => end(false));
    socket.once('timeout', () => end(false));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code !== 'ECONNRESET'));
  });
}
