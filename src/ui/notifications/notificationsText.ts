import type { Instant } from '../../base/time';
import { conflictText } from '../../words/conflictText';
import { outcomeText } from '../../words/outcomes';
import { plain, type PlainText } from '../shared/markdown';
import type { Level } from '../shared/say';
import { countdownText, timedOutText, timedOutTogetherText } from './countdownText';
import { incidentsText, incidentText } from './incidentText';
import { restartedText, restartedTogetherText } from './instancesText';
import type { IncidentNotice, Notice, Offer } from './notice';

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
    offers: daemonIds.length === 0 ? [] : [{ action: 'list', targets: [daemonIds] }],
  };
}

/** The line of the log that goes with a notice, whoever tells it; incidents have their transitions there. */
export function logLine(notice: Notice, now: Instant): string | undefined {
  if (notice.kind !== 'restarted' && notice.kind !== 'timedOut') return undefined;
  return `[${notice.name}] ${textOf(notice, now)}`;
}

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
      return restartedText(notice.name, notice.restarted);
    case 'timedOut':
      return timedOutText(notice.name, notice.timedOut);
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
  const others = group.filter((notice) => notice.kind === 'conflict' || notice.kind === 'outcome');
  return [
    ...alone(incidents, now, () => incidentsText(incidents)),
    ...alone(restarts, now, () => restartedTogetherText(restarts.map(({ restarted }) => restarted))),
    ...alone(timeouts, now, () =>
      timedOutTogetherText(
        timeouts.map(({ name }) => name),
        timeouts.map(({ timedOut }) => timedOut.session),
      ),
    ),
    ...others.map((notice) => textOf(notice, now)),
  ].join(' ');
}

function isOfIncident(notice: Notice): notice is IncidentNotice {
  return notice.kind === 'problem' || notice.kind === 'reminder' || notice.kind === 'recovered';
}

function alone(notices: readonly Notice[], now: Instant, together: () => string): readonly string[] {
  const [first] = notices;
  if (!first) return [];
  return [notices.length === 1 ? textOf(first, now) : together()];
}
