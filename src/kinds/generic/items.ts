import { saidText } from '../../base/said';
import type { EachSetting, Matches } from '../../model/askSetting';
import { isPidRunning } from '../../system/identity';
import { MAX_CHECK_NAME_CHARS } from './policy';
import { ALL_PLACE, valueAt } from './said';

/** One of several things that a daemon tells of: where a value of it stands. */
export interface Item {
  at(place: string): unknown;
}

/** An item that is a part of JSON. */
export function itemOf(value: unknown): Item {
  return { at: (place) => valueAt(value, place) };
}

/**
 * The things of a list, or of an object by its keys; of several answers those of one id are one.
 * @param answers each as JSON
 * @returns `undefined` where there is no such list
 */
export function itemsIn(answers: readonly unknown[], place: string): readonly Item[] | undefined {
  const lists = answers.map((answer) => (place === ALL_PLACE ? answer : valueAt(answer, place)));
  if (!lists.every((list) => typeof list === 'object' && list !== null)) return undefined;
  if (lists.length === 1) {
    return Object.values(lists[0]!).map((value: unknown) => itemOf(value));
  }
  const byId = new Map<string, Record<string, unknown>>();
  for (const list of lists) {
    for (const [key, value] of Object.entries(list as Readonly<Record<string, unknown>>)) {
      if (typeof value !== 'object' || value === null) continue;
      const { id = key } = value as { id?: unknown };
      if (typeof id === 'string') byId.set(id, { ...byId.get(id), ...value });
    }
  }
  return [...byId.values()].map(itemOf);
}

/** Whether an item is one of those that are judged. Whether its process lives is another question. */
export function isJudged(item: Item, { where = {}, unless = {} }: EachSetting): boolean {
  const has = hasOf(item);
  return Object.entries(where).every(has) && !Object.entries(unless).some(has);
}

/** Whether the process of an item is there, where the setting names one. */
export function isAliveItem(item: Item, { alive }: EachSetting): boolean {
  if (alive === undefined) return true;
  const pid = item.at(alive);
  return typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0 && isPidRunning(pid);
}

/** Whether an item waits for a person. */
export function isWaitingItem(item: Item, { sessions }: EachSetting): boolean {
  return sessions?.waits !== undefined && Object.entries(sessions.waits).every(hasOf(item));
}

function hasOf(item: Item): (match: [string, Matches[string]]) => boolean {
  return ([place, values]) => {
    const value = item.at(place);
    return values.some((each) => each === (value ?? null));
  };
}

/** What an item is called, where it says that. */
export function nameOf(item: Item, place: string | undefined): string | undefined {
  const name = place === undefined ? undefined : item.at(place);
  return typeof name === 'string' ? saidText(name, MAX_CHECK_NAME_CHARS) || undefined : undefined;
}
