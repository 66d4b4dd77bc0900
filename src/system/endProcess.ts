import { codeFrom, CodedError } from '../base/errors';
import { WAIT_STEP_MS, API_STOP_WAIT_MS, KILL_WAIT_MS, STOP_GRACE_MS, STOP_PER_WORK_MS } from './policy';
import { isProvenAlive, isSameProcess, isSameProcessAlive, type ProcessSources } from './identity';
import type { ProcessIdentity } from './processInfo';
import { processTable, type TableOptions } from './processTable';
import { descendantsIn } from './relatives';
import { until } from '../base/wait';

/** How a process came to its end. */
export type Ended = 'hadEnded' | 'byItsApi' | 'onTerm' | 'byForce';

/** Where a stop is. `waiting` comes once a second, with the time that is left until the next stage. */
export type StopStage =
  | ({ readonly kind: 'asking' } & Patience)
  /** @property why the code of the error */
  | { readonly kind: 'notAsked'; readonly why: { readonly is: string } }
  | ({ readonly kind: 'terminating' } & Patience)
  | { readonly kind: 'killing'; readonly graceMs: number }
  | { readonly kind: 'waiting'; readonly leftMs: number; readonly next: 'terminate' | 'kill' };

/** How many works it ends first, and how long it has for all of that at most; absent where it has no work. */
interface Patience {
  readonly works?: number;
  readonly upToMs?: number;
}

/** The work that a process has to end before itself. */
export interface WorkToEnd {
  readonly count: number;
  /** Whether it still answers, in bounded time. What is silent ends nothing in good order. */
  readonly answers: () => Promise<boolean>;
}

export interface StopOptions extends TableOptions {
  readonly signal?: AbortSignal;
  /**
   * Asks it to end by its own API, where that is known to cure. Resolves once it has agreed; rejects, in bounded
   * time, where it cannot be asked.
   */
  readonly askToEnd?: () => Promise<void>;
  readonly onStage?: (stage: StopStage) => void;
  /** Between SIGTERM and force. */
  readonly graceMs?: number;
  /** How long it has to end once it has agreed to. */
  readonly apiWaitMs?: number;
  /** For each work it gets `perWorkMs` more, in each of the two waits, as long as it answers. */
  readonly work?: WorkToEnd | undefined;
  readonly perWorkMs?: number;
  /** How long its end by force may take. */
  readonly killWaitMs?: number;
  /** What tells whether it is still the same process. */
  readonly sources?: ProcessSources;
}

/**
 * Ends a process: by its own API where it has one for that, else SIGTERM, a grace time, then SIGKILL for it and its
 * children. Each stage falls through to the next. Windows has no SIGTERM: there, force comes at once, with children.
 *
 * Numbers are used again: before each stage the process is looked at, and nobody else of its number gets a signal.
 *
 * @returns how it ended; `undefined` when it is still there
 * @throws the signal's reason when aborted; the process may then still be ending
 * @throws an error fit to show where the system does not tell whether it is still the same process
 */
export async function endProcess(
  target: ProcessIdentity,
  {
    signal,
    askToEnd,
    onStage = () => undefined,
    graceMs = STOP_GRACE_MS,
    apiWaitMs = API_STOP_WAIT_MS,
    killWaitMs = KILL_WAIT_MS,
    work,
    perWorkMs = STOP_PER_WORK_MS,
    sources,
    ...options
  }: StopOptions = {},
): Promise<Ended | undefined> {
  signal?.throwIfAborted();
  const table = processTable(options);
  const hasTerm = table.platform !== 'win32';
  const gone = async () => !(await isSameProcessAlive(target, sources));
  const moreMs = (work?.count ?? 0) * perWorkMs;
  const wait = async (timeoutMs: number, next?: 'terminate' | 'kill') => {
    const lastMs = next ? timeoutMs + moreMs : timeoutMs;
    const startedMs = performance.now();
    let dueMs = timeoutMs;
    let isSilent = false;
    const isOver = async () => {
      if (await gone()) return true;
      if (dueMs < lastMs && performance.now() - startedMs >= dueMs) {
        dueMs += perWorkMs;
        isSilent = !(await work!.answers());
      }
      return isSilent;
    };
    // Until it has answered at the end of its grace nobody knows that it gets more.
    const onSecond = (leftMs: number) => {
      const untilMs = dueMs > timeoutMs ? leftMs : leftMs - (lastMs - timeoutMs);
      if (next && untilMs > 0) onStage({ kind: 'waiting', leftMs: untilMs, next });
    };
    const isInTime = await until(isOver, {
      timeoutMs: lastMs,
      stepMs: WAIT_STEP_MS,
      ...(signal && { signal }),
      onSecond,
    });
    // While it was asked it may have ended.
    return isInTime && (!isSilent || (await gone()));
  };
  const patience = (timeoutMs: number): Patience =>
    work && work.count > 0 ? { works: work.count, upToMs: timeoutMs + moreMs } : {};
  if (await gone()) return 'hadEnded';

  let agreed = false;
  if (askToEnd) {
    onStage({ kind: 'asking', ...patience(apiWaitMs) });
    try {
      await askToEnd();
      agreed = true;
      if (await wait(apiWaitMs, hasTerm ? 'terminate' : 'kill')) return 'byItsApi';
    } catch (error) {
      signal?.throwIfAborted();
      onStage({ kind: 'notAsked', why: codeFrom(error) });
    }
    signal?.throwIfAborted();
  }
  if (!(await isProvenAlive(target, sources))) {
    if (await gone()) return agreed ? 'byItsApi' : 'hadEnded';
    throw untold(target.pid);
  }
  // Who its children are is for the force at the end: where a tool fails, they are left.
  const below = () => table.descendants(target.pid).catch(() => []);
  // Taken before it ends: afterwards its children have another parent.
  const children = await below();
  let terminatedMs = 0;
  const how = await inStages(
    {
      ...(hasTerm && {
        terminate: async () => {
          onStage({ kind: 'terminating', ...patience(graceMs) });
          terminatedMs = performance.now();
          await table.signal([target], 'SIGTERM');
        },
      }),
      async kill() {
        onStage({ kind: 'killing', graceMs: hasTerm ? performance.now() - terminatedMs : 0 });
        const bornSince = hasTerm && (await isProvenAlive(target, sources)) ? await below() : [];
        await table.signal([target, ...children, ...bornSince], 'SIGKILL');
      },
      isGone: (timeoutMs, stage) => wait(timeoutMs, stage === 'terminated' ? 'kill' : undefined),
    },
    { graceMs, killWaitMs },
  );
  return how && (how === 'terminated' ? 'onTerm' : 'byForce');
}

/** What ends something in two stages: a process, a tree of processes, a group. */
export interface Stages {
  /** Asks for the end; absent where there is no way to ask. */
  readonly terminate?: () => void | Promise<void>;
  readonly kill: () => void | Promise<void>;
  /** Waits until the end has come. @returns whether it came in time */
  readonly isGone: (timeoutMs: number, stage: 'terminated' | 'killed') => Promise<boolean>;
}

/**
 * Ends something gently, then by force. The one way of it: for daemons, for commands of dispatchd and their orphans.
 * @returns which stage brought the end; `undefined` where neither did
 */
export async function inStages(
  { terminate, kill, isGone }: Stages,
  { graceMs, killWaitMs }: { readonly graceMs: number; readonly killWaitMs: number },
): Promise<'terminated' | 'killed' | undefined> {
  if (terminate) {
    await terminate();
    if (await isGone(graceMs, 'terminated')) return 'terminated';
  }
  await kill();
  return (await isGone(killWaitMs, 'killed')) ? 'killed' : undefined;
}

/**
 * Ends exactly this process and all below it, by force and at once: what Windows has instead of a group.
 * Nobody is ended where its birth is not told.
 */
export async function endTree(root: ProcessIdentity, options: TableOptions = {}): Promise<void> {
  const table = processTable(options);
  const all = await table.parents();
  const listed = all.find(({ pid }) => pid === root.pid);
  if (!listed || !isSameProcess(listed, root)) return;
  await table.signal([root, ...descendantsIn(all, root.pid, table.platform)], 'SIGKILL');
}

/** Why a process is left alone of which only the number is known: another one may have got its number. */
export function untold(pid: number): CodedError {
  return new CodedError({ is: 'birthUntold', pid });
}
