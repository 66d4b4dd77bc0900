import type { Signs } from '../../health/report';
import type { ProofSetting } from '../../model/askSetting';
import { nameOf, type Item } from './items';
import { MAX_ITEMS, MAX_LABELS_CHARS } from './policy';
import { proveLook, type Remembered, sinceBack } from './proofs';
import { ALL_PLACE } from './said';
import type { Moment } from './values';
import { owing, suspecting, type Shown } from './suspects';

/** What is remembered of several things, by what tells one from the others. */
export type KnownItems = ReadonlyMap<string, Remembered>;

/** Things to judge, and `idle` ones, which owe nothing: what these showed last counts as well. */
interface Things {
  readonly items: readonly Item[];
  readonly idle: readonly Item[];
}

/**
 * What several things prove together, each judged by itself: who has owed a sign for longest decides. Of those that have
 * no such value nothing is owed; where none has one, one has another, or there are too many, nothing is known. Pure.
 *
 * @param before what the look before remembered
 */
export function proveEach(
  setting: ProofSetting,
  things: Things,
  now: Moment,
  before: KnownItems | undefined,
): { readonly signs: Signs; readonly remembered: KnownItems } {
  const [items, idle] = [things.items.slice(0, MAX_ITEMS), things.idle.slice(0, MAX_ITEMS)];
  const keyOf = keysOf(setting, [...items, ...idle]);
  const looked = items.map((item) => look(setting, item, now, before?.get(keyOf(item) ?? '')));
  const rested = idle.map((item) => look(setting, item, now, undefined));
  const remembered = new Map<string, Remembered>();
  const { monotonicMs: lookedMs } = now;
  for (const { item, remembered: known = { value: '', lookedMs } } of looked) {
    const key = keyOf(item);
    if (key !== undefined) remembered.set(key, known);
  }
  for (const item of idle) {
    const key = keyOf(item);
    if (key !== undefined) remembered.set(key, { value: '', lookedMs });
  }
  return { signs: together(setting, looked, rested, now, things.items.length), remembered };
}

/** @param count how many there are, judged or not */
function together(
  setting: ProofSetting,
  shown: readonly Shown[],
  idle: readonly Shown[],
  now: Moment,
  count: number,
): Signs {
  const { by, redAfterMs, stuckAfterMs } = setting;
  if (shown.length > 0 && shown.every(({ found }) => found.value === undefined)) return shown[0]!.signs;
  const told = shown.filter(
    ({ signs, found }) => found.value !== undefined && signs.unknown?.is !== 'noSuccessYet',
  );
  const [first] = told.filter(({ signs }) => signs.owedSinceAt !== undefined).sort(byOwed);
  const limitMs = redAfterMs ?? stuckAfterMs ?? Infinity;
  const isLate = (one: Shown) => now.nowAt - (one.signs.owedSinceAt ?? now.nowAt) > limitMs;
  const bad = told.find(({ signs }) => signs.unknown);
  const isAnyLate = first !== undefined && isLate(first);
  if (bad && !isAnyLate) return bad.signs;
  if (count > MAX_ITEMS && !isAnyLate) return tooMany(setting, count);
  const of = isAnyLate ? owing(first, told.filter(isLate).length) : undefined;
  const rest = by === 'due' ? [] : idle;
  const signs = first?.signs ?? newestOf(by, [...told, ...rest]);
  return suspecting(setting, { ...signs, ...(of && { of }) }, told, now);
}

/** Of one that was not seen before, what it shows counts: daemons write of a thing when that gets work. */
function look(
  setting: ProofSetting,
  item: Item,
  now: Moment,
  before: Remembered = { value: '', lookedMs: now.monotonicMs, owedSinceMs: -Infinity },
): Shown & { readonly item: Item; readonly remembered?: Remembered } {
  const { at, busy, each } = setting;
  const found = { value: item.at(at), busy: busy === undefined ? undefined : item.at(busy) };
  const { signs, remembered } = proveLook(setting, before, found, now);
  const name = nameOf(item, each?.name);
  return { signs: sinceBack(signs, now), found, name, item, ...(remembered && { remembered }) };
}

/** What tells each thing from the others, where anything does. */
function keysOf({ each }: ProofSetting, items: readonly Item[]): (item: Item) => string | undefined {
  const place = each?.sessions?.id ?? each?.name;
  if (place === undefined) return () => undefined;
  const keys = new Map(items.map((item) => [item, item.at(place)]));
  const counts = new Map<unknown, number>();
  for (const key of keys.values()) counts.set(key, (counts.get(key) ?? 0) + 1);
  return (item) => {
    const key = keys.get(item);
    const isKey = typeof key === 'string' && key.length <= MAX_LABELS_CHARS && counts.get(key) === 1;
    return isKey && key !== '' ? key : undefined;
  };
}

/** Of those that are not judged one may be late. */
function tooMany({ by, each }: ProofSetting, count: number): Signs {
  const malformed = [
    {
      field: each?.at ?? ALL_PLACE,
      is: 'wrong',
      expected: `at most ${MAX_ITEMS} to judge`,
      received: String(count),
    },
  ] as const;
  return { kind: 'signs', by, unknown: { is: 'malformed', malformed } };
}

const byOwed = (one: Shown, other: Shown) => one.signs.owedSinceAt! - other.signs.owedSinceAt!;

/** Nothing is owed: what was shown last. */
function newestOf(by: ProofSetting['by'], shown: readonly Shown[]): Signs {
  const proven = shown.flatMap(({ signs }) => signs.provenAt ?? []);
  return { kind: 'signs', by, ...(proven.length > 0 && { provenAt: Math.max(...proven) }) };
}
