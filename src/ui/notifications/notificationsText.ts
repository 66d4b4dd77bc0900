import type { Instant } from '../../base/time';
import type { DaemonId } from '../../health/report';
import { conflictText } from '../../words/conflictText';
import { outcomeText } from '../../words/outcomes';
import { plain, type PlainText } from '../shared/markdown';
import type { Level } from '../shared/say';
import { countdownText, timedOutText, timedOutTogetherText } from './countdownText';
import { incidentsText, incidentText } from './incidentText';
import { restartedText, restartedTogetherText } from './instancesText';
import type { IncidentNotice, Notice, Offer } from './notice';
import { endedText, endedTogetherText, waitsText, waitTogetherText } from './workText';

/** What is shown of a group: one message. */
export interface Message {
  readonly level: Level;
  readonly text: PlainText;
  readonly offers: readonly Offer[];
}

/** The group as one message, as loud as the loudest of it. A single notice is told with its own words and buttons. */
export function message(group: readonly Notice[], now: Instant): Message {
  const [first] = group;
  if (first && group.length === 1)
    return { level: first.level, text: plain(textOf(first, now)), offers: first.offers };
  const daemonIds = [...new Set(group.flatMap((notice) => notice.daemonIds))];
  return {
    level: LEVELS.find((level) => group.some((notice) => notice.level === level)) ?? 'info',
    text: plain(textOfMany(group, now)),
    offers: offersOfMany(group, daemonIds),
  };
}

/** Where only the work of one daemon is told, there is no list to choose from. */
function offersOfMany(group: readonly Notice[], daemonIds: readonly DaemonId[]): readonly Offer[] {
  const [first, ...others] = daemonIds;
  if (first === undefined) return [];
  const isOfWork = group.every(({ kind }) => kind === 'timedOut' || kind === 'ended' || kind === 'waits');
  if (others.length > 0 || !isOfWork) return [{ action: 'list', targets: [daemonIds] }];
  return [
    { action: 'details', targets: [first] },
    { action: 'whatHappened', targets: [] },
  ];
}

/** The line of the log that goes with a notice, whoever tells it; incidents have their transitions there. */
export function logLine(notice: Notice, now: Instant): string | undefined {
  if (!LOGGED.includes(notice.kind) || !('name' in notice)) return undefined;
  return `[${notice.name}] ${textOf(notice, now)}`;
}

const LOGGED: readonly Notice['kind'][] = ['restarted', 'timedOut', 'ended', 'waits'];
const LEVELS: readonly Level[] = ['error', 'warning', 'info'];

function textOf(notice: Notice, now: Instant): string {
  switch (notice.kind) {
    case 'problem':
    case 'reminder':
    case 'recovered':
      return incidentText(notice, now);
    case 'conflict':
      return conflictText(notice.conflict);
    case 'restarted':
      return restartedText(notice.name, notice.restarted, notice.seen ?? now, now);
    case 'timedOut':
      return timedOutText(notice.name, notice.timedOut);
    case 'ended':
      return endedText(notice.name, notice.ended);
    case 'waits':
      return waitsText(notice.name, notice.session);
    case 'countdown':
      return countdownText([notice.entry]);
    case 'outcome':
      return outcomeText(notice.outcome);
  }
}

/** A sentence for each kind of notice in the group. */
function textOfMany(group: readonly Notice[], now: Instant): string {
  const incidents = group.filter(isOfIncident);
  const restarts = group.filter((notice) => notice.kind === 'restarted');
  const timeouts = group.filter((notice) => notice.kind === 'timedOut');
  const waits = group.filter((notice) => notice.kind === 'waits');
  const ends = group.filter((notice) => notice.kind === 'ended');
  const [failed, finished] = (['failed', 'completed'] as const).map((end) =>
    ends.filter(({ ended }) => ended.end === end),
  );
  const others = group.filter((notice) => notice.kind === 'conflict' || notice.kind === 'outcome');
  return [
    ...alone(waits, now, () => waitTogetherText(waits.map(({ session }) => session))),
    ...alone(incidents, now, () => incidentsText(incidents)),
    ...alone(restarts, now, () => restartedTogetherText(restarts.map(({ restarted }) => restarted))),
    endedTogetherText(failed!),
    ...alone(timeouts, now, () =>
      timedOutTogetherText(
        timeouts.map(({ name }) => name),
        timeouts.map(({ timedOut }) => timedOut.session),
      ),
    ),
    endedTogetherText(finished!),
    ...others.map((notice) => textOf(notice, now)),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function isOfIncident(notice: Notice): notice is IncidentNotice {
  return notice.kind === 'problem' || notice.kind === 'reminder' || notice.kind === 'recovered';
}

function alone(notices: readonly Notice[], now: Instant, together: () => string): readonly string[] {
  const [first] = notices;
  if (!first) return [];
  return [notices.length === 1 ? textOf(first, now) : together()];
}
