import { cleanText, joined } from '../../base/text';
import type { Extension, TimedOut } from '../../health/deadlines';
import type { Entry } from '../../health/countdown';
import type { Session } from '../../health/report';
import { duration } from '../../base/time';
import { commandLink, linked, plain, type LinkedText } from '../shared/markdown';
import { sessionRowId } from '../tree/rowIds';
import { MAX_NAMED, TITLE_CHARS_OF_MANY } from '../policy';

/** A countdown has one line of about 70 characters, links included. */
const TITLE_CHARS = 24;
/** What the countdown says now: one sentence for one session, a list for several, then what can be done. */
export function countdownText(entries: readonly Entry[]): LinkedText {
  const [first] = entries;
  if (!first) return plain('');
  const sentence = entries.length === 1 ? alone(first) : together(entries);
  const extendable = entries.filter(({ canExtend }) => canExtend).map(rowId);
  const show = commandLink('Show', 'daemonHealth.showDetails', rowId(first));
  const label = extendable.length > 1 ? 'Extend All…' : 'Extend…';
  const extend = commandLink(label, 'daemonHealth.extendSession', ...extendable);
  return linked(plain(sentence), extendable.length > 0 ? [extend, show] : [show]);
}

function alone(entry: Entry): string {
  const { session, stage, extension, prospect } = entry;
  const name = quoted(session, TITLE_CHARS);
  const assumed = session.deadlineAssumed ? ' (assumed)' : '';
  if (stage === 'due' && prospect === 'extended') return `${name} is being extended.`;
  if (stage === 'due') {
    return mayBeExtended(session)
      ? `${name} is past its assumed limit.`
      : `${name} is out of time${assumed}; it is being ended.`;
  }
  if (extension) return `${name} ${extended(extension)}, ${left(entry)} left.`;
  if (prospect === 'extended') return `${name} will be extended by itself in ${left(entry)}.`;
  if (prospect === 'extendedIfActive') return `${name} times out in ${left(entry)} unless active.`;
  if (mayBeExtended(session)) {
    return `${name} may time out in ${left(entry)}${assumed}${stage === 'last' ? '!' : '.'}`;
  }
  return stage === 'last'
    ? `Last ${left(entry)}${assumed} of ${name}!`
    : `${name} times out in ${left(entry)}${assumed}.`;
}

/** Activity may move its deadline, and nobody will be told. */
function mayBeExtended({ deadlineAssumed, extensionsUsed = 0, maxExtensions = 0 }: Session): boolean {
  return deadlineAssumed === true && extensionsUsed < maxExtensions;
}

function together(entries: readonly Entry[]): string {
  const may = whatTogether(entries);
  const isAllAssumed = entries.every(({ session }) => session.deadlineAssumed === true);
  const named = entries.slice(0, MAX_NAMED).map((entry) => {
    const { session, stage } = entry;
    const name = quoted(session, TITLE_CHARS_OF_MANY);
    const assumed = session.deadlineAssumed && !isAllAssumed ? ' (assumed)' : '';
    const isOther = entry.prospect === 'extended' && may === REACH;
    if (stage !== 'due') return `${name} in ${left(entry)}${isOther ? ' (will be extended)' : assumed}`;
    return mayBeExtended(session) ? `${name} past its limit${assumed}` : `${name} now${assumed}`;
  });
  const more = entries.length - named.length;
  const what = `${entries.length} sessions ${may}${isAllAssumed ? ' (assumed)' : ''}`;
  return `${what}: ${named.join(', ')}${more > 0 ? ', …' : '.'}`;
}

const REACH = 'reach their limit';

/** What several sessions do: they do not time out where their daemon extends them by itself. */
function whatTogether(entries: readonly Entry[]): string {
  const extended = entries.filter(({ prospect }) => prospect === 'extended').length;
  if (extended === entries.length) return 'will be extended by themselves';
  if (extended > 0) return REACH;
  const ifActive = entries.filter(({ prospect }) => prospect === 'extendedIfActive').length;
  if (ifActive === entries.length) return 'time out unless active';
  const may = ifActive > 0 || entries.some(({ session }) => mayBeExtended(session));
  return may ? 'may time out' : 'time out';
}

/** "extended by 120 s (1 of 3)". */
function extended({ byMs, used, max }: Extension): string {
  const bySeconds = `extended by ${Math.round(byMs / 1_000)} s`;
  if (used === undefined) return `${bySeconds} on request`;
  return `${bySeconds} (${used}${max === undefined ? '' : ` of ${max}`})`;
}

/** Counts down to 1 s: a second that has begun still counts. */
function left({ remainingMs }: Entry): string {
  return duration(Math.ceil(remainingMs / 1_000) * 1_000);
}

/** The notification that a session has timed out. */
export function timedOutText(daemon: string, { session, isInferred }: TimedOut): string {
  const { startedAt, createdAt, endedAt, timeoutMs, extensionsUsed, maxExtensions } = session;
  const beganAt = startedAt ?? createdAt;
  const ranMs = beganAt === undefined || endedAt === undefined ? 0 : endedAt - beganAt;
  const limit = timeoutMs === undefined ? '' : duration(timeoutMs);
  // Said twice it would not say more.
  const isAtLimit = ranMs >= 1 && duration(ranMs) === limit && !session.deadlineAssumed;
  const ran = isAtLimit ? ` at its limit, ${limit}` : ranMs < 1 ? '' : ` after ${duration(ranMs)}`;
  const facts = joined(
    [
      timeoutMs !== undefined &&
        !(isAtLimit && !isInferred) &&
        `limit ${duration(timeoutMs)}${session.deadlineAssumed ? ', assumed' : ''}`,
      extensionsUsed !== undefined && !!maxExtensions && `${extensionsUsed} of ${maxExtensions} extensions`,
    ],
    ', ',
  );
  const because = facts === '' ? '' : ` (${facts})`;
  const name = `${quoted(session)} on ${daemon}`;
  return isInferred
    ? `${name} timed out (assumed): gone since its time was up${because}.`
    : `${name} timed out${ran}${because}.`;
}

/** The same of several sessions. */
export function timedOutTogetherText(daemons: readonly string[], sessions: readonly Session[]): string {
  const isAllAssumed = sessions.every(({ endAssumed }) => endAssumed === true);
  const named = sessions.slice(0, MAX_NAMED).map((session) => {
    const assumed = session.endAssumed && !isAllAssumed ? ' (assumed)' : '';
    return `${quoted(session, TITLE_CHARS_OF_MANY)}${assumed}`;
  });
  const [first, ...others] = new Set(daemons);
  const on = others.length === 0 ? ` on ${first}` : '';
  const end = sessions.length > named.length ? ', …' : '.';
  const all = `${sessions.length} sessions timed out${isAllAssumed ? ' (assumed)' : ''}`;
  return `${all}${on}: ${named.join(', ')}${end}`;
}

/** The title of a session in a sentence. */
export function quoted({ title }: Session, maxChars = Infinity): string {
  return `“${cleanText(title, maxChars)}”`;
}

function rowId({ daemonId, session }: Entry): string {
  return sessionRowId(daemonId, session.id);
}
