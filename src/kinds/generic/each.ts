import type { Signs } from '../../health/report';
import type { ProofSetting } from '../../model/askSetting';
import { nameOf, type Item } from './items';
import { MAX_ITEMS } from './policy';
import { proveLook, sinceBack } from './proofs';
import { ALL_PLACE } from './said';
import type { Moment } from './values';
import { owing, suspecting, type Shown } from './suspects';

/**
 * What several things prove together, each judged by itself: who has owed a sign for longest decides. Of those that have
 * no such value nothing is owed; where none has one, one has another, or there are too many, nothing is known. Pure.
 *
 * @param idle further things, which owe nothing: what they showed last counts as well
 */
export function proveEach(
  setting: ProofSetting,
  items: readonly Item[],
  now: Moment,
  idle: readonly Item[] = [],
): Signs {
  const { by, redAfterMs, stuckAfterMs } = setting;
  const shown = items.slice(0, MAX_ITEMS).map((item) => look(setting, item, now));
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
  if (items.length > MAX_ITEMS && !isAnyLate) return tooMany(setting, items.length);
  const of = isAnyLate ? owing(first, told.filter(isLate).length) : undefined;
  const rest = by === 'due' ? [] : idle.slice(0, MAX_ITEMS).map((item) => look(setting, item, now));
  const signs = first?.signs ?? newestOf(by, [...told, ...rest]);
  return suspecting(setting, { ...signs, ...(of && { of }) }, told, now);
}

function look(setting: ProofSetting, item: Item, now: Moment): Shown {
  const { at, busy, each } = setting;
  const found = { value: item.at(at), busy: busy === undefined ? undefined : item.at(busy) };
  const { signs } = proveLook(setting, undefined, found, now);
  return { signs: sinceBack(signs, now), found, name: nameOf(item, each?.name) };
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
