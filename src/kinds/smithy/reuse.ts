import { parseObject } from '../../base/text';
import type { Session } from '../../health/report';
import { readSession, sessionsOf } from './sessions';
import { MAX_SESSIONS } from '../policy';
import { MAX_ENDS_TRIED } from './policy';
import { USUAL_CHARS, parseTime } from '../read/time';

/** An answer of a daemon's. */
export interface ReadAnswer {
  /** As JSON has it, but for its sessions. */
  readonly value: unknown;
  /** `undefined` where it has no list of them. */
  readonly sessions: readonly Session[] | undefined;
}

/** The text of one session, and what was read from it. */
interface Item {
  readonly text: string;
  /** `undefined` where it has no id. */
  readonly session: Session | undefined;
  /** Where in the text the time of its last activity begins, once that is proven. */
  readonly activityFrom?: number;
}

/** What stands between the brackets of `"sessions":[…]`. */
interface List {
  readonly text: string;
  readonly sessions: readonly Session[];
  /** By the id of the session. */
  readonly items: ReadonlyMap<string, Item>;
}

const LIST = '"sessions":[';
const ITEM = '{"id":"';
const ACTIVITY = '"lastActivityAt":"';
/**
 * Reads the answers of one daemon, most of which say again what the one before said: parses and reads only the
 * sessions whose text changed. The others are the objects that they were; so is their list, where none changed.
 *
 * Nothing is taken for granted: what is cut out of an answer is proven to be what it looks like by parsing all the
 * rest. What `JSON.stringify` would not write, or sessions that do not begin with their id, are read whole.
 */
export class AnswerReader {
  /** Of the last answer that was read in parts. All its texts are of that one answer, so no other is kept alive. */
  #last: List | undefined;

  /** What `JSON.parse` and `sessionsOf` give. @throws SyntaxError where it is not JSON */
  read(body: string): ReadAnswer {
    const inParts = this.#readInParts(body);
    if (inParts) return inParts;
    const value: unknown = JSON.parse(body);
    return { value, sessions: sessionsOf(value) };
  }

  #readInParts(body: string): ReadAnswer | undefined {
    const key = body.indexOf(LIST + ITEM);
    // After any other character the first quote may be one within a text.
    if (key < 1 || !'{,'.includes(body.charAt(key - 1))) return undefined;
    const from = key + LIST.length;
    // A single brace ends it: the key is one of the outermost object.
    const before = parseObject(`${body.slice(0, from)}]}`);
    const list = before && this.#readList(body, from);
    const after = list && parseObject(`{"":null${body.slice(from + list.text.length + 1)}`);
    // Of two keys of one name the last one counts.
    if (!after || Object.hasOwn(after, 'sessions')) return undefined;
    this.#last = list;
    return { value: { ...before, ...after }, sessions: list.sessions };
  }

  #readList(body: string, from: number): List | undefined {
    const last = this.#last;
    const to = from + (last?.text.length ?? 0);
    if (last && body.charAt(to) === ']' && body.slice(from, to) === last.text) return last;
    const items = new Map<string, Item>();
    const sessions: Session[] = [];
    let at = from;
    for (let count = 0; count < MAX_SESSIONS && body.startsWith(ITEM, at); count++) {
      const item = this.#readItem(body, at);
      if (!item) return undefined;
      const { text, session } = item;
      if (session && !items.has(session.id)) {
        items.set(session.id, item);
        sessions.push(session);
      }
      at += text.length;
      if (body.charAt(at) === ']') return { text: body.slice(from, at), sessions, items };
      if (body.charAt(at) !== ',') return undefined;
      at++;
    }
    return undefined;
  }

  /** The session that begins here. */
  #readItem(body: string, from: number): Item | undefined {
    const idFrom = from + ITEM.length;
    const last = this.#last?.items.get(body.slice(idFrom, body.indexOf('"', idFrom)));
    if (last) {
      const text = body.slice(from, from + last.text.length);
      if (text === last.text) return { ...last, text };
      const session = withNewActivity(last, text);
      if (session) return { ...last, text, session };
    }
    for (const to of ends(body, from)) {
      const text = body.slice(from, to);
      // No part of an object's text is one too: what parses is all of it.
      const raw = parseObject(text);
      if (raw) return itemOf(text, readSession(raw), last);
    }
    return undefined;
  }
}

/** Where a session may end: before the next one, or with the list. */
function* ends(body: string, from: number): Generator<number> {
  const next = body.indexOf(`},${ITEM}`, from);
  if (next > 0) yield next + 1;
  let end = from;
  for (let tried = 0; tried < MAX_ENDS_TRIED && end >= 0; tried++) {
    end = body.indexOf('}]', end + 1);
    if (end > 0) yield end + 1;
  }
}

function itemOf(text: string, session: Session | undefined, last: Item | undefined): Item {
  const activityFrom = text.indexOf(ACTIVITY) + ACTIVITY.length;
  // Texts that differ in one time only, and sessions whose last activity was the one time and is the other now.
  const isProven =
    last?.session !== undefined &&
    session?.lastActivityAt !== last.session.lastActivityAt &&
    session?.lastActivityAt === timeIn(text, activityFrom) &&
    last.session.lastActivityAt === timeIn(last.text, activityFrom) &&
    differInTimeOnly(last.text, text, activityFrom);
  return { text, session, ...(isProven && { activityFrom }) };
}

/** Of a session of which only the last activity is another: all that it takes is to read that time. */
function withNewActivity({ text: before, session, activityFrom }: Item, text: string): Session | undefined {
  if (!session || activityFrom === undefined) return undefined;
  if (!differInTimeOnly(before, text, activityFrom)) return undefined;
  const lastActivityAt = timeIn(text, activityFrom);
  return Number.isFinite(lastActivityAt) ? { ...session, lastActivityAt } : undefined;
}

function differInTimeOnly(before: string, after: string, from: number): boolean {
  const to = from + USUAL_CHARS;
  return before.slice(0, from) === after.slice(0, from) && before.slice(to) === after.slice(to);
}

function timeIn(text: string, from: number): number {
  return parseTime(text.slice(from, from + USUAL_CHARS));
}
