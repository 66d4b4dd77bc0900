import { compareBoots } from '../system/bootId';
import { whereabouts } from '../system/habitat';
import { parseAuthor, type Author, type OwnerState } from '../system/lockOwner';
import { CLAIM_STALE_MS, TOLD_AHEAD_MS, TOLD_KEPT_MS, TOLD_MAX } from './policy';
import { parseEntries } from './entries';
import type { Window } from './speaker';
import { fieldsOf, hasFields } from './stored';

/**
 * When a thing happened, in epoch ms: after `afterAt` and by `byAt`. Without `byAt` it goes on until `over` is called.
 * Windows see one happening at moments of their own, and their spans of it overlap. What happened after the span that
 * was told is another happening.
 */
export interface Span {
  readonly afterAt: number;
  readonly byAt?: number;
}

/**
 * What counts as told: anything of this key for so many ms; or as long as the window that goes on telling it asks again
 * and again; or only what happened in this span.
 */
export type ToldFor = number | 'whileOpen' | Span;

/** Something to tell, under the key by which one window of all tells it. */
export interface Claim {
  readonly key: string;
  /** Without it, anything of this key for `TOLD_WINDOW_MS`. */
  readonly toldFor?: ToldFor;
}

/** Who told something, when, and where it is known when that happened. */
export interface Told extends Window {
  /** Epoch ms. */
  readonly at: number;
  /** Epoch ms by which it had happened; `null` while it goes on. */
  readonly byAt?: number | null;
  /** Epoch ms of the boot, by the clock that told these times. Absent in what versions up to 0.1 wrote. */
  readonly bootedAt?: number;
}

/** What was told, by its key, the newest last. */
export type AllTold = Readonly<Record<string, Told>>;

/** What a window knows that claims something. */
export interface Claimant {
  readonly window: Window;
  /** It has the focus. */
  readonly isSpeaker: boolean;
  readonly nowAt: number;
  /** Epoch ms of the boot, by the clock as it is now. */
  readonly bootedAt: number;
  readonly toldWindowMs: number;
  /** Whether the window lives that told something; `undefined` where nobody looked yet. */
  readonly stateOf: (told: Told) => OwnerState | undefined;
}

export interface Claimed {
  readonly all: AllTold;
  /** The keys that are the claimant's to tell. */
  readonly ours: readonly string[];
  /** Whether these are another window's to tell hangs on whether the windows that told them live. */
  readonly undecided: readonly { readonly claim: Claim; readonly by: Told }[];
}

/** @returns `undefined` for what is no object; without the entries that this version does not understand */
export function parseTold(raw: unknown): AllTold | undefined {
  const all = parseEntries(raw);
  return (
    all &&
    Object.fromEntries(Object.entries(all).filter((entry): entry is [string, Told] => isTold(entry[1])))
  );
}

function isTold(value: unknown): value is Told {
  const { byAt = null, ...fields } = fieldsOf(value);
  const hasEnd = byAt === null || typeof byAt === 'number';
  const needed = { at: 'number', windowId: 'string' } as const;
  return hasFields(fields, needed, { bootedAt: 'number' }) && hasEnd && authorOf(fields) !== undefined;
}

export function authorOf(told: object): Author | undefined {
  return parseAuthor({ ...told });
}

/** The same by the clock as it is now: within one boot of the machine it is known by how much that was set since. */
export function byClockOf(
  all: AllTold,
  { window, bootedAt }: Pick<Claimant, 'window' | 'bootedAt'>,
): AllTold {
  return Object.fromEntries(
    Object.entries(all).map(([key, told]) => {
      const isHere =
        whereabouts(told, window) === 'here' && compareBoots(told.bootId, window.bootId) === 'same';
      const setMs = isHere && told.bootedAt !== undefined ? bootedAt - told.bootedAt : 0;
      if (Math.abs(setMs) <= TOLD_AHEAD_MS) return [key, told];
      const { at, byAt } = told;
      const times = { at: at + setMs, ...(typeof byAt === 'number' && { byAt: byAt + setMs }), bootedAt };
      return [key, { ...told, ...times }];
    }),
  );
}

/** Takes what nobody told yet: all of a group in one change. */
export function claimIn(all: AllTold, claims: readonly Claim[], by: Claimant): Claimed {
  const decided = claims.map((claim) => {
    const told = all[claim.key];
    return { claim, told, counts: told !== undefined && counts(told, claim, by) };
  });
  const free = decided.filter(({ counts }) => counts === false).map(({ claim }) => claim);
  return {
    all: markIn(all, free, by),
    ours: free.map(({ key }) => key),
    undecided: decided.flatMap(({ claim, told, counts }) =>
      counts === 'unknown' && told ? [{ claim, by: told }] : [],
    ),
  };
}

/** The claimant tells these, whoever told them before. */
export function markIn(all: AllTold, claims: readonly Claim[], by: Claimant): AllTold {
  if (claims.length === 0) return all;
  const { window, bootedAt, nowAt: at } = by;
  const told = claims.map(({ key, toldFor }): readonly [string, Told] => [
    key,
    { at, bootedAt, ...window, ...(typeof toldFor === 'object' && { byAt: toldFor.byAt ?? null }) },
  ]);
  const taken = new Set(told.map(([key]) => key));
  const others = Object.entries(all).filter(
    ([key, other]) => !taken.has(key) && at - other.at <= TOLD_KEPT_MS,
  );
  return Object.fromEntries([...others, ...told].slice(-TOLD_MAX));
}

/** What the claimant tells already goes on being told by it. */
export function renewIn(all: AllTold, claims: readonly Claim[], by: Claimant): Claimed {
  const own = claims.filter(
    ({ key, toldFor }) => toldFor === 'whileOpen' && all[key]?.windowId === by.window.windowId,
  );
  return { all: markIn(all, own, by), ours: own.map(({ key }) => key), undecided: [] };
}

/** What this window told, and went on since, is over. */
export function overIn(all: AllTold, key: string, windowId: string, byAt: number): AllTold {
  const told = all[key];
  // As long as this window lives no other one writes over what goes on.
  return told?.windowId === windowId && told.byAt === null ? { ...all, [key]: { ...told, byAt } } : all;
}

/**
 * What another window told, and went on since, is over for whoever saw its end whole.
 *
 * @param wellSinceAt epoch ms since when the window that asks saw nothing of it: what was told before then is over
 */
export function seenOverIn(all: AllTold, key: string, wellSinceAt: number, takeoverMs: number): AllTold {
  const told = all[key];
  // A window that had to wait for its turn told it that much later.
  const isBefore = told?.byAt === null && told.at < wellSinceAt + takeoverMs;
  return isBefore ? { ...all, [key]: { ...told, byAt: wellSinceAt } } : all;
}

/** Without what this window was to tell, and has not told. */
export function giveBackIn(all: AllTold, keys: readonly string[], windowId: string): AllTold {
  return Object.fromEntries(
    Object.entries(all).filter(([key, told]) => !(keys.includes(key) && told.windowId === windowId)),
  );
}

/** Whether what was told is what the claimant has to tell. */
function counts(told: Told, { toldFor }: Claim, by: Claimant): boolean | 'unknown' {
  const { nowAt, toldWindowMs, isSpeaker } = by;
  const ageMs = nowAt - told.at;
  // The clock was set back meanwhile: how long ago that was nobody knows.
  if (ageMs < -TOLD_AHEAD_MS) return false;
  if (toldFor === undefined || typeof toldFor === 'number') return ageMs < (toldFor ?? toldWindowMs);
  if (toldFor === 'whileOpen') {
    if (ageMs >= CLAIM_STALE_MS) return false;
    // Of a window that was closed only the one with the focus goes on at once: it may be the same one, loaded anew.
    if (!isSpeaker) return true;
    const state = by.stateOf(told);
    return state === undefined ? 'unknown' : state !== 'dead';
  }
  if (typeof told.byAt === 'number') return toldFor.afterAt < told.byAt;
  // Nobody says when it was over.
  if (toldFor.afterAt < told.at + toldWindowMs) return true;
  if (told.byAt === undefined) return false;
  // Of a window that may be closed: told twice is better than never.
  const state = by.stateOf(told);
  return state === undefined ? 'unknown' : state === 'lives';
}
