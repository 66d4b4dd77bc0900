import { constants } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { identityIn, isSameProcessAlive } from '../system/identity';
import { catches } from '../system/linux';
import type { PartialIdentity, ProcessIdentity } from '../system/processInfo';
import { findListeners, processTable, type ProcessTable } from '../system/processTable';
import { orAborted, until } from '../base/wait';
import { sentenceOf } from '../words/errors';
import {
  INSPECTOR_PORT,
  OPEN_TIMEOUT_MS,
  LOOK_EVERY_MS,
  CLOSE_TIMEOUT_MS,
  CLOSE_LATER_MS,
  LOOK_TIMEOUT_MS,
  ANSWER_TIMEOUT_MS,
  PROFILE_MS,
  MAX_FRAMES,
} from './policy';
import { InspectorSession } from './inspectorSession';

/** Only a Node process survives SIGUSR1, so only one that is known to be Node may get it. */
export async function isNode(pid: number, table: ProcessTable = processTable()): Promise<boolean> {
  return /^node(js)?\d*$/.test(basename(await table.executable(pid).catch(() => '')));
}

/** Whether the event loop of a process can be looked into, and what that means; or why not. */
export type Inspectable =
  /** @property catches whether it is known to catch the signal; what does not is ended by that */
  | { readonly is: 'node'; readonly catches: boolean }
  | { readonly is: 'untold' | 'windows' | 'notNode' | 'notCaught' }
  /** Another process listens where the inspector would. */
  | { readonly is: 'portHeld'; readonly pid: number };

/** Looks only: no signal is sent. Never rejects. */
export async function inspectable(owner: PartialIdentity): Promise<Inspectable> {
  // Its number alone may be another's by now, and the signal ends who does not expect it.
  if (!identityIn(owner)) return { is: 'untold' };
  if (process.platform === 'win32') return { is: 'windows' };
  const { pid } = owner;
  if (!(await isNode(pid))) return { is: 'notNode' };
  const isLinux = process.platform === 'linux';
  const isCaught = isLinux && (await catches(pid, constants.signals.SIGUSR1)) === true;
  if (isLinux && !isCaught) return { is: 'notCaught' };
  const [holder] = await findListeners(INSPECTOR_PORT, 'localhost', { named: pid }).catch(() => []);
  if (holder && holder.pid !== pid) return { is: 'portHeld', pid: holder.pid };
  return { is: 'node', catches: isCaught };
}

function whyNot(look: Exclude<Inspectable, { is: 'node' }>): string {
  if (look.is === 'portHeld') return `port ${INSPECTOR_PORT} is in use by process ${look.pid}`;
  return NOT_INSPECTABLE[look.is];
}

const NOT_INSPECTABLE: Readonly<Record<Exclude<Inspectable['is'], 'node' | 'portHeld'>, string>> = {
  untold: 'the system does not tell when the process began: it gets no signal',
  windows: 'not available on Windows: it needs the signal SIGUSR1',
  notNode: 'not a Node process',
  notCaught: 'it does not catch the signal SIGUSR1, which would end it: it gets none',
};

/**
 * What the event loop of a Node process holds: its active resources, and where it spins if it does. The inspector
 * is opened on loopback, and closed again whatever happens: on an abort, a failed connection, a busy loop. Where it
 * cannot be closed in bounded time (the process is stopped, or blocked outside of JavaScript), that is said, and tried
 * again for a minute.
 *
 * @param onLeftOpen told where the inspector could not be closed, in words, and again if it was closed later
 * @returns the findings as text, or why there are none
 */
export async function inspectNode(
  owner: PartialIdentity,
  signal: AbortSignal,
  onLeftOpen: (text: string) => void = () => undefined,
): Promise<string> {
  const able = await inspectable(owner);
  if (able.is !== 'node') return whyNot(able);
  const target = identityIn(owner)!;
  const { pid } = target;
  // What someone else had opened stays open.
  if (await holdsInspector(pid)) return look(signal);
  signal.throwIfAborted();
  const sent = await processTable().signal([target], 'SIGUSR1');
  if (sent.length === 0) return 'it has ended, or may not get the signal SIGUSR1';
  let found: string;
  let failure: unknown;
  let isOpen = false;
  try {
    const opens = () => holdsInspector(pid);
    isOpen = await until(opens, { timeoutMs: OPEN_TIMEOUT_MS, stepMs: LOOK_EVERY_MS, signal });
    found = isOpen
      ? await look(signal)
      : 'its inspector did not open: it may be blocked, or use another port';
  } catch (error) {
    failure = error;
    found = sentenceOf(error);
  }
  if (!(await closeInspector(target, isOpen, CLOSE_TIMEOUT_MS))) {
    const left = `port ${INSPECTOR_PORT} stays open until process ${pid} ends`;
    const text = isOpen ? left : `should its inspector open yet, ${left}`;
    onLeftOpen(text);
    void closeInspector(target, isOpen, CLOSE_LATER_MS).then(
      (closed) => closed && onLeftOpen(`port ${INSPECTOR_PORT} is closed again, or process ${pid} has ended`),
    );
    found = `${found}; ${text}`;
  }
  if (signal.aborted) throw failure ?? signal.reason;
  return found;
}

/** Connects, looks, and disconnects, all in bounded time. */
async function look(signal: AbortSignal): Promise<string> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(LOOK_TIMEOUT_MS)]);
  using session = await InspectorSession.connect(bounded);
  return await orAborted(findings(session), bounded);
}

async function holdsInspector(pid: number): Promise<boolean> {
  const holders = await findListeners(INSPECTOR_PORT, 'localhost', { named: pid });
  return holders.some((holder) => holder.pid === pid);
}

/**
 * Closes the inspector, also one that opens only now: the signal was sent, and may not have been taken yet.
 * @param wasSeen whether it has opened already
 * @returns whether it is closed, or its process is gone
 */
async function closeInspector(
  target: ProcessIdentity,
  wasSeen: boolean,
  timeoutMs: number,
): Promise<boolean> {
  const endMs = performance.now() + timeoutMs;
  let isSeen = wasSeen;
  for (;;) {
    if (!(await isSameProcessAlive(target))) return true;
    // Where a tool of the system fails it is not known to be closed.
    const holds = await holdsInspector(target.pid).catch(() => undefined);
    if (holds) {
      isSeen = true;
      await askToClose().catch(() => undefined);
    } else if (isSeen && holds === false) {
      return true;
    }
    if (performance.now() > endMs) return false;
    await delay(LOOK_EVERY_MS, undefined, { ref: false });
  }
}

async function askToClose(): Promise<void> {
  using session = await InspectorSession.connect(AbortSignal.timeout(ANSWER_TIMEOUT_MS));
  await session.closeInspector();
}

async function findings(session: InspectorSession): Promise<string> {
  const resources = await session.evaluate(RESOURCES);
  await session.send('Profiler.enable');
  await session.send('Profiler.start');
  await delay(PROFILE_MS);
  const { profile } = (await session.send('Profiler.stop')) as { profile: Profile };
  return `active resources:\n${resources}\n\nwhere it was during ${PROFILE_MS} ms:\n${hotFrames(profile)}`;
}

/** Runs inside the daemon. Reads only; bounded. */
const RESOURCES = `(() => {
  const count = {};
  for (const name of process.getActiveResourcesInfo()) count[name] = (count[name] ?? 0) + 1;
  const lines = Object.entries(count).map(([name, n]) => n + ' × ' + name);
  const describe = (handle) => {
    const name = handle?.constructor?.name;
    if (name === 'Socket' && handle.remotePort) return 'Socket to ' + handle.remoteAddress + ':' + handle.remotePort;
    if (name === 'ChildProcess') return 'ChildProcess ' + handle.pid + ' ' + (handle.spawnargs ?? []).join(' ').slice(0, 200);
    return undefined;
  };
  const handles = (process._getActiveHandles?.() ?? []).map(describe).filter(Boolean).slice(0, 30);
  const requests = process._getActiveRequests?.().length ?? 0;
  return [...lines, ...handles, requests + ' pending requests'].join('\\n');
})()`;

interface Profile {
  readonly nodes: readonly {
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
    readonly hitCount?: number;
  }[];
}

function hotFrames({ nodes }: Profile): string {
  const total = nodes.reduce((sum, { hitCount = 0 }) => sum + hitCount, 0);
  return nodes
    .filter(({ hitCount = 0 }) => hitCount > 0)
    .sort((a, b) => (b.hitCount ?? 0) - (a.hitCount ?? 0))
    .slice(0, MAX_FRAMES)
    .map(({ callFrame: { functionName, url, lineNumber }, hitCount = 0 }) => {
      const share = Math.round((100 * hitCount) / Math.max(1, total));
      return `${share} % ${functionName || '(anonymous)'}${url === '' ? '' : ` ${url}:${lineNumber + 1}`}`;
    })
    .join('\n');
}
