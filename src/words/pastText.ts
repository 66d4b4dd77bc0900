import { clockTime, duration } from '../base/time';
import type { Life } from '../health/incidentLog';
import type { LoggedIncident } from '../health/loggedIncidents';
import { endsIn, notWatchedMs, type Past, type SessionPast } from '../health/past';
import { HISTORY_GAP_TOLERANCE_MS, HISTORY_WINDOW_MS } from '../health/policy';
import { isStranded, isWaiting, type End } from '../health/sessions';
import type { DaemonState } from '../health/states';
import { reasonText } from './reasons';
import { beingText, capitalise } from './states';
import { workText } from './work';

/** In a sentence more incidents than these are not read. */
const MAX_TOLD = 3;

/** No window watched: it is known from the daemon itself. */
export const TOLD_BY_IT = ', told by the daemon';

const PAST_STATES: Readonly<Partial<Record<DaemonState, string>>> = {
  wedged: 'hung',
  unresponsive: 'did not answer',
  unreachable: 'was gone',
  failing: 'answered with errors',
};

/** What it still is, before "since". */
const NOW_STATES: typeof PAST_STATES = {
  wedged: 'has hung',
  unresponsive: 'has not answered',
  unreachable: 'has been gone',
  failing: 'has answered with errors',
};

/** What a daemon was, as a verb: "hung", "was stuck"; of what goes on "has hung". */
export function wasText(state: DaemonState, goesOn = false): string {
  const being = beingText(state);
  return goesOn ? (NOW_STATES[state] ?? `has been ${being}`) : (PAST_STATES[state] ?? `was ${being}`);
}

/** "02:10:03 to 02:14:20", "since 02:10:03", "from 02:10:03, last seen 02:14:20". */
export function spanText(
  { fromAt, endedAt, seenAt }: Pick<LoggedIncident, 'fromAt' | 'endedAt' | 'seenAt'>,
  nowAt: number,
  goesOn: boolean,
): string {
  const from = clockTime(fromAt, nowAt);
  if (endedAt !== undefined) {
    const isOneDay = clockTime(fromAt, endedAt).length <= CLOCK_CHARS;
    return `${from} to ${isOneDay ? clockTime(endedAt, endedAt) : clockTime(endedAt, nowAt)}`;
  }
  return goesOn ? `since ${from}` : `from ${from}, last seen ${clockTime(seenAt, nowAt)}`;
}

const CLOCK_CHARS = '02:10:03'.length;

/** What an incident was, in its phases: "hung 02:10:03 to 02:14:20, then was gone 02:14:20 to 02:15:01". */
export function incidentSentence(incident: LoggedIncident, nowAt: number, goesOn: boolean): string {
  const { phases } = incident;
  const last = phases.at(-1)!;
  return phases
    .slice(-MAX_TOLD)
    .map((phase) => {
      const isNow = goesOn && phase === last && phase.endedAt === undefined;
      return `${wasText(phase.state, isNow)} ${spanText(phase, nowAt, isNow)}`;
    })
    .join(', then ');
}

/** Why, in all its phases: "its process was killed, told by the daemon"; and what it waited for, as a sentence. */
export function whyText({ phases, found }: LoggedIncident): string {
  const reasons = [...new Set(phases.map(({ reason }) => reasonText(reason)))].slice(-MAX_TOLD);
  return `${reasons.join('; ')}${phases.every(({ toldByIt }) => toldByIt) ? TOLD_BY_IT : ''}${found === undefined ? '' : `. It ${found}.`}`;
}

/** How it ended: "a restart from here at 02:15:01", "by itself"; empty while it goes on. */
export function endText(
  { endedAt, endedBy, seenAt }: LoggedIncident,
  nowAt: number,
  goesOn: boolean,
): string {
  if (endedBy) return lifeText(endedBy, nowAt);
  if (endedAt !== undefined) return 'ended by itself';
  return goesOn ? 'goes on' : `no window watched after ${clockTime(seenAt, nowAt)}`;
}

/** "restarted from here at 02:15:01", "restarted by somebody else at 02:15:01 after a reboot". */
export function lifeText({ by, at, isReboot, isInferred }: Life, nowAt: number): string {
  const seems = isInferred ? 'seems to have restarted' : 'restarted';
  const whose = by === 'us' ? ' from here' : isReboot ? '' : ', not from here,';
  return `${seems}${whose} at ${clockTime(at, nowAt)}${isReboot ? ' after a reboot' : ''}`;
}

/** The same after the name of a daemon: "was restarted from here at 02:15:01". */
function lifeSentence(life: Life, nowAt: number): string {
  return `${life.by === 'us' && !life.isInferred ? 'was ' : ''}${lifeText(life, nowAt)}`;
}

/** The same in a row that begins with the time: "not from here · was up 3 h · 1 session interrupted". */
export function lifeRow(life: Life): string {
  const whose = life.by === 'us' ? 'from here' : 'not from here';
  const what = life.isReboot ? 'after a reboot' : whose;
  return [life.isInferred ? `seems to have restarted, ${what}` : what, lifeDetail(life)]
    .filter((part) => part !== '')
    .join(' · ');
}

/** The work that a new life took over, and how long the life before it lasted, in words. */
export function lifeDetail({ work, wasUpMs, toldByIt }: Life): string {
  const up = wasUpMs === undefined ? '' : `was up ${duration(wasUpMs)}`;
  const by = toldByIt ? 'told by the daemon' : '';
  return [up, workText(work), by].filter((part) => part !== '').join(' · ');
}

/** Since when: "Since you left at 18:04", "In the last 24 h". */
function sinceText({ away, sinceAt, nowAt }: Past): string {
  const since = clockTime(sinceAt, nowAt).replace(/:\d\d$/, '');
  if (away) return `Since you left at ${since}`;
  return nowAt - sinceAt === HISTORY_WINDOW_MS
    ? 'In the last 24 h'
    : `In the last ${duration(nowAt - sinceAt)}`;
}

/** One to three sentences: what happened, what became of the work, and what nobody knows. */
export function pastSentences(past: Past, isOpen: (incident: LoggedIncident) => boolean): readonly string[] {
  const { incidents, lives, nowAt } = past;
  const told = [
    ...incidents.slice(0, MAX_TOLD).map((incident) => {
      const goesOn = incident.endedAt === undefined && isOpen(incident);
      const end = incident.endedBy ? ` and ${lifeSentence(incident.endedBy, nowAt)}` : '';
      return {
        at: incident.fromAt,
        text: `${incident.name} ${incidentSentence(incident, nowAt, goesOn)}${end}`,
      };
    }),
    ...lives
      .slice(0, MAX_TOLD)
      .map((life) => ({ at: life.at, text: `${life.name} ${lifeSentence(life, nowAt)}` })),
  ].sort((one, other) => one.at - other.at);
  const more = Math.max(0, incidents.length - MAX_TOLD) + Math.max(0, lives.length - MAX_TOLD);
  const notWatched = notWatchedMs(past);
  const isWatched = notWatched <= HISTORY_GAP_TOLERANCE_MS;
  const isAllUnseen = nowAt - past.sinceAt - notWatched <= HISTORY_GAP_TOLERANCE_MS;
  const calm = isWatched ? 'no problems' : isAllUnseen ? UNSEEN : 'no problems while a window watched';
  const happened =
    told.length === 0
      ? past.daemons.length === 0
        ? 'no daemon was watched'
        : calm
      : `${told.map(({ text }) => text.replace(/,$/, '')).join('; ')}${more > 0 ? `; ${more} more below` : ''}`;
  const ends = endsText(endsIn(past));
  return [
    `${sinceText(past)}: ${happened}.`,
    ...(ends === '' ? [] : [`${capitalise(ends)}.`]),
    ...(isWatched || past.daemons.length === 0 || happened === UNSEEN
      ? []
      : [`No window watched for ${duration(notWatched)} of that.`]),
  ];
}

const UNSEEN = 'no window watched';

const ENDS: Readonly<Record<End, string>> = {
  completed: 'finished',
  failed: 'failed',
  timedOut: 'timed out',
  cancelled: 'stopped',
  interrupted: 'interrupted',
};

/** "3 sessions finished, 1 timed out"; empty where none ended. */
function endsText(ends: Readonly<Record<End, number>>): string {
  const counts = (Object.keys(ENDS) as End[]).filter((end) => ends[end] > 0);
  return counts
    .map((end, index) => {
      const what = index > 0 ? '' : ends[end] === 1 ? ' session' : ' sessions';
      const was = end === 'interrupted' || end === 'cancelled' ? (ends[end] === 1 ? ' was' : ' were') : '';
      return `${ends[end]}${what}${was} ${ENDS[end]}`;
    })
    .join(', ');
}

/** "1 session waits for you": to be run again, or to be answered; `undefined` where none does. */
export function waitingText(count: number): string | undefined {
  if (count === 0) return undefined;
  return count === 1 ? '1 session waits for you' : `${count} sessions wait for you`;
}

/** The same in as few words as fit under its name. */
export function sessionInShort(past: SessionPast, nowAt: number): string {
  return past.waits && isStranded(past.session) ? 'waits to be run again' : stateText(past, nowAt);
}

/** How a session stands, with its times: "timed out at 02:14:20 · limit 10 min · extended once". */
export function sessionText(past: SessionPast, nowAt: number): string {
  const { timeoutMs } = past.session;
  const limit = timeoutMs === undefined ? '' : `limit ${duration(timeoutMs)}`;
  const more = past.extensions === 0 ? '' : `extended ${timesText(past.extensions)}`;
  return [stateText(past, nowAt), limit, more, openText(past)].filter((part) => part !== '').join(' · ');
}

/** The same without its limit: "interrupted at 02:14:20 · waits to be run again". */
export function standText(past: SessionPast, nowAt: number): string {
  return [stateText(past, nowAt), openText(past)].filter((part) => part !== '').join(' · ');
}

/** "20 min, at 02:20:00"; empty where a session has no limit that is known. */
export function limitText({ session: { timeoutMs }, limitAt }: SessionPast, nowAt: number): string {
  const at = limitAt === undefined ? '' : `at ${clockTime(limitAt, nowAt)}`;
  return [timeoutMs === undefined ? '' : duration(timeoutMs), at].filter((part) => part !== '').join(', ');
}

/** "2 times of 3, to 02:24:20"; empty where a session was not extended. */
export function extensionsText(past: SessionPast, nowAt: number): string {
  const { session, extensions, deadlineAt, isLive } = past;
  if (extensions === 0) return '';
  const { requestedExtensions = 0, maxExtensions } = session;
  // A limit holds for those alone that it got for being active.
  const most = maxExtensions && requestedExtensions === 0 ? ` of ${maxExtensions}` : '';
  const to = isLive && deadlineAt !== undefined ? `, to ${clockTime(deadlineAt, nowAt)}` : '';
  return `${timesText(extensions)}${most}${to}`;
}

function timesText(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

function openText({ session, waits }: SessionPast): string {
  return waits && isStranded(session) ? 'waits to be run again' : '';
}

/** "runs, ends by 02:24:20", "timed out at 02:14:20". */
function stateText({ session, end, endedAt, isLive, deadlineAt }: SessionPast, nowAt: number): string {
  if (isLive) {
    if (deadlineAt === undefined) return 'runs';
    return `runs, ${deadlineAt < nowAt ? 'was to end' : 'ends'} by ${clockTime(deadlineAt, nowAt)}`;
  }
  if (isWaiting(session)) return 'waits for you';
  const at = endedAt === undefined ? '' : ` at ${clockTime(endedAt, nowAt)}`;
  return `${end === undefined ? 'ended' : ENDS[end]}${at}`;
}
