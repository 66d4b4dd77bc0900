import { connect } from 'node:net';
import { WAIT_STEP_MS, API_STOP_WAIT_MS, KILL_WAIT_MS, STOP_GRACE_MS } from './policy';
import {
  identityOf,
  isProvenAlive,
  isSameProcessAlive,
  type ProcessIdentity,
  type ProcessSources,
} from './identity';
import { findDescendants, runTool, sendSignal, type RunTool } from './processTable';
import { until } from '../base/wait';

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
  /** What tells whether it is still the same process. */
  readonly sources?: ProcessSources;
}

/**
 * Ends a process: by its own API where it has one for that, else SIGTERM, a grace time, then SIGKILL for it and its
 * children. Each stage falls through to the next. Windows has no SIGTERM: there, force comes at once, with children.
 *
 * Numbers are used again: before each stage the process is looked at, and nobody else of its number gets a signal.
 *
 * @param who the process by number and birth; a number alone stands for whoever has it now
 * @returns how it ended; `undefined` when it is still there
 * @throws the signal's reason when aborted; the process may then still be ending
 * @throws an error fit to show where the system does not tell whether it is still the same process
 */
export async function stopProcess(
  who: ProcessIdentity | number,
  {
    signal,
    askToEnd,
    onStage = () => undefined,
    graceMs = STOP_GRACE_MS,
    apiWaitMs = API_STOP_WAIT_MS,
    platform = process.platform,
    run = runTool,
    sources,
  }: StopOptions = {},
): Promise<Ended | undefined> {
  signal?.throwIfAborted();
  const pid = typeof who === 'number' ? who : who.pid;
  // Of a process whose birth is not known no birth matches.
  const target =
    typeof who === 'number' ? ((await identityOf(who, sources)) ?? { pid, startedAtMs: NaN }) : who;
  const gone = async () => !(await isSameProcessAlive(target, sources));
  const wait = (timeoutMs: number, next?: 'terminate' | 'kill') =>
    until(gone, {
      timeoutMs,
      stepMs: WAIT_STEP_MS,
      ...(signal && { signal }),
      ...(next && { onSecond: (leftMs) => onStage({ kind: 'waiting', leftMs, next }) }),
    });
  if (await gone()) return 'had ended already';

  let agreed = false;
  if (askToEnd) {
    onStage({ kind: 'asking' });
    try {
      await askToEnd();
      agreed = true;
      if (await wait(apiWaitMs, platform === 'win32' ? 'kill' : 'terminate')) return 'ended by its own API';
    } catch (error) {
      signal?.throwIfAborted();
      onStage({ kind: 'notAsked', why: error instanceof Error ? error.message : String(error) });
    }
    signal?.throwIfAborted();
  }
  if (!(await isProvenAlive(target, sources))) {
    if (await gone()) return agreed ? 'ended by its own API' : 'had ended already';
    throw new Error(untold(pid));
  }
  if (platform === 'win32') {
    onStage({ kind: 'killing', graceMs: 0 });
    await run('taskkill', ['/PID', String(pid), '/T', '/F']);
    return (await wait(KILL_WAIT_MS)) ? 'was ended by force' : undefined;
  }
  // Taken before it ends: afterwards its children have another parent.
  const children = await findDescendants(pid, run);
  onStage({ kind: 'terminating' });
  await sendSignal(target, 'SIGTERM');
  if (await wait(graceMs, 'kill')) return 'ended on SIGTERM';
  onStage({ kind: 'killing', graceMs });
  for (const each of [target, ...children, ...(await findDescendants(pid, run))]) {
    await sendSignal(each, 'SIGKILL');
  }
  return (await wait(KILL_WAIT_MS)) ? 'was ended by force' : undefined;
}

/** Why a process is left alone of which only the number is known. */
export function untold(pid: number): string {
  return (
    `The system does not tell when process ${pid} began, so that it cannot be told from another one ` +
    'that got its number: it was left alone.'
  );
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
