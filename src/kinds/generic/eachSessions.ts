import { saidText } from '../../base/said';
import type { Session } from '../../health/report';
import { WAITING } from '../../health/sessions';
import type { EachSetting, SessionsSetting } from '../../model/askSetting';
import { MAX_SESSIONS } from '../policy';
import { readId } from '../read/id';
import type { Item } from './items';
import { MAX_CHECK_NAME_CHARS, MAX_STATUS_CHARS } from './policy';
import type { ToldOfEach } from './source';
import { readMoment } from './values';

/**
 * The sessions of what is told: who waits for a person, and who works. Only named values are read, and each is cleaned.
 * One without an id is none.
 *
 * @param nowAt epoch ms on the daemon's clock
 * @returns `undefined` where the setting names none
 */
export function sessionsOf(
  { sessions, name }: EachSetting,
  { waiting, items }: Pick<ToldOfEach, 'waiting' | 'items'>,
  nowAt: number,
): readonly Session[] | undefined {
  if (!sessions) return undefined;
  const { question, busySinceAt, startedAt: beganAt } = sessions;
  return [
    ...waiting.flatMap((item) => {
      const wants = lineAt(item, question, MAX_STATUS_CHARS);
      const own = { status: WAITING, ...(wants !== '' && { question: wants }) };
      return sessionOf(item, sessions, name, own, nowAt);
    }),
    ...items.flatMap((item) => {
      const startedAt = momentAt(item, busySinceAt, nowAt) ?? momentAt(item, beganAt, nowAt);
      const own = { status: 'running', endUntold: true, ...(startedAt !== undefined && { startedAt }) };
      return sessionOf(item, sessions, name, own, nowAt);
    }),
  ].slice(0, MAX_SESSIONS);
}

function sessionOf(
  item: Item,
  { id: idAt, startedAt }: SessionsSetting,
  name: string | undefined,
  own: Omit<Session, 'id' | 'title'>,
  nowAt: number,
): readonly Session[] {
  const id = readId(item.at(idAt));
  if (id === undefined) return [];
  const createdAt = momentAt(item, startedAt, nowAt);
  const title = lineAt(item, name, MAX_CHECK_NAME_CHARS) || id;
  return [{ id, title, ...(createdAt !== undefined && { createdAt }), ...own }];
}

function momentAt(item: Item, place: string | undefined, nowAt: number): number | undefined {
  const read = place === undefined ? undefined : readMoment(place, item.at(place), nowAt);
  return read && 'value' in read ? read.value : undefined;
}

function lineAt(item: Item, place: string | undefined, maxChars: number): string {
  const value = place === undefined ? undefined : item.at(place);
  return typeof value === 'string' ? saidText(value, maxChars) : '';
}
