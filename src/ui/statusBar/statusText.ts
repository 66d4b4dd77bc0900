import type { DaemonModel } from '../../model/daemonModel';
import type { OfferedDaemon } from '../../model/foundDaemon';
import type { Conflict } from '../../health/conflicts';
import { conflictText, conflictTitle } from '../../words/conflictText';
import { asSentence, fitted } from '../../base/text';
import { MINUTE_MS, roughly, SECOND_MS, wholeMinutes, type Instant } from '../../base/time';
import { STATES } from '../../health/states';
import {
  commandLink,
  icon,
  inMarkdown,
  plain,
  withIcon,
  withMark,
  type MarkdownText,
} from '../shared/markdown';
import {
  type IconId,
  capitalise,
  freshness,
  looksOf,
  isRecovering,
  severityOf,
  snoozeInWords,
  stateInShort,
  stateInWords,
  worstFirst,
} from '../../words/states';
import { pastInWords } from '../../words/historyText';
import { newsText } from '../../words/newsText';
import { isSaid, isWell, troubleSinceAt, verdictSentences, verdictText } from '../../words/verdicts';
import { countProblems } from '../shared/problems';
import { isFleet } from '../shared/usable';
import { ITEM_CHARS, MAX_DESCRIBED, MAX_LINES, ROW_NAME_CHARS, SECONDS_HOLD_MS } from '../policy';
import { foundView } from './foundText';
import type { StatusView } from './statusView';
import { waitingInHover, workInItem } from './workText';

const RULE = inMarkdown`\n\n---\n\n`;
const PAGE_LINK = [...RULE, ...inMarkdown`${commandLink('Open Health Page', 'daemonHealth.openHealthPage')}`];

/**
 * The status item for these daemons: the one that most wants a look, then how many others do, then the mark of what
 * happened while nobody looked. Where none of them is there: those that were found.
 */
export function renderStatus(
  models: readonly DaemonModel[],
  conflicts: readonly Conflict[],
  now: Instant,
  news = 0,
  found: readonly OfferedDaemon[] = [],
): StatusView {
  const [worst, ...others] = worstFirst(models);
  if (!worst) {
    const offered = foundView(found);
    if (offered) return offered;
    const start = commandLink('Start Bundled Daemon', 'daemonHealth.start');
    return {
      text: withIcon('circle-outline', plain('No daemon')),
      severity: 'plain',
      tooltip: inMarkdown`No agent daemon found on this machine.\n\n${start}`,
      spoken: 'Daemon Health: no daemon found',
    };
  }
  // Two daemons in each other's way want a look although each by itself is well: only red comes before them.
  const conflict = severityOf(worst) === 'red' ? undefined : conflicts[0];
  const problems = countProblems(models, conflicts);
  const more = problems > 1 ? ` · +${problems - 1}` : '';
  const spokenMore = problems > 1 ? `, and ${problems - 1} more with problems` : '';
  const work = workInItem(models, now);
  const room = ITEM_CHARS - more.length - work.short.length;
  const shown: { readonly icon: IconId; readonly short: string; readonly spoken: string } = conflict
    ? { icon: 'warning', short: conflictTitle(conflict), spoken: conflictTitle(conflict) }
    : {
        icon: iconOf(worst),
        short: shortText(worst, others, now, room),
        spoken: spokenText(worst, others, now),
      };
  return {
    text: withMark(withIcon(shown.icon, plain(`${shown.short}${more}${work.short}`)), news),
    severity: conflict ? 'amber' : severityOf(worst),
    tooltip: [
      ...newsOf(news),
      ...waitingInHover(models).flatMap((each) => [...each, ...RULE]),
      ...tooltip([worst, ...others], conflicts, now),
      ...PAGE_LINK,
    ],
    spoken: `Daemon Health: ${shown.spoken}${spokenMore}${work.spoken}${news > 0 ? `, ${newsText(news)}` : ''}`,
  };
}

/** What happened while nobody looked, with the way there. */
function newsOf(news: number): MarkdownText {
  if (news === 0) return [];
  const page = commandLink('What Happened?', 'daemonHealth.openHealthPage');
  return [...inMarkdown`${icon('bell-dot')} ${capitalise(newsText(news))} · ${page}`, ...RULE];
}

/** The worst daemon as a whole, then conflicts, then one line for each of the others. */
function tooltip(models: readonly DaemonModel[], conflicts: readonly Conflict[], now: Instant): MarkdownText {
  const [worst, ...others] = models;
  const first = worst ? [describe(worst, now)] : [];
  const told = conflicts.slice(0, MAX_DESCRIBED).map(describeConflict);
  const isRed = worst !== undefined && severityOf(worst) === 'red';
  const lines = others.slice(0, MAX_LINES).map((model) => inOneLine(model, now));
  const more = others.length - lines.length;
  const described = [...(isRed ? [...first, ...told] : [...told, ...first])];
  return [
    ...described.flatMap((text, index) => [...(index > 0 ? RULE : []), ...text]),
    ...(lines.length > 0 ? RULE : []),
    ...lines.flatMap((text, index) => [...(index > 0 ? inMarkdown`\n\n` : []), ...text]),
    ...(more > 0 ? inMarkdown`\n\n${`${more} more in the tree`}` : []),
  ];
}

/** With the point of what is wrong, where something is. */
function inOneLine(model: DaemonModel, now: Instant): MarkdownText {
  const short = stateInShort(model, now);
  const state = inMarkdown`${icon(iconOf(model))} **${model.daemon.name}** ${short}`;
  const { point } = verdictText(model, now);
  return isWell(model) || isSaid(point, short) ? state : inMarkdown`${state} · ${point}`;
}

function describeConflict(conflict: Conflict): MarkdownText {
  const details = commandLink('Show Details', 'daemonHealth.showDetails', conflict.id);
  return inMarkdown`${icon('warning')} ${conflictText(conflict)}\n\n${details}`;
}

/** What the last 24 h were like, as a picture and in words. */
function past(model: DaemonModel, now: Instant): MarkdownText {
  const { history } = model;
  if (!history) return [];
  return inMarkdown`\n\n${{ strip: history.segments }}\n\n${`Last 24 h: ${pastInWords(model, now)}`}`;
}

function iconOf(model: DaemonModel): IconId {
  return looksOf(model.track.verdict).icon;
}

/** @param room for so many letters: a long name is not to push out what follows */
function shortText(worst: DaemonModel, others: readonly DaemonModel[], now: Instant, room: number): string {
  const alike = allAlike([worst, ...others], now);
  if (alike !== undefined) return alike;
  const nameIn = (chars: number) => fitted(worst.daemon.name, Math.max(ROW_NAME_CHARS, chars));
  if (!isProven(worst) || isRecovering(worst)) {
    const state = stateInShort(worst, now);
    return `${nameIn(room - state.length - 1)} ${state}`;
  }
  const healthy = countProven([worst, ...others]);
  return healthy > 1 ? `${healthy} daemons` : nameIn(room);
}

/** As many as the item counts, with their state. */
function spokenText(worst: DaemonModel, others: readonly DaemonModel[], now: Instant): string {
  const healthy = isProven(worst) && !isRecovering(worst) ? countProven([worst, ...others]) : 0;
  const state = stateInWords(worst, now);
  return (
    allAlike([worst, ...others], now) ??
    (healthy > 1 ? `${healthy} daemons ${state}` : `${worst.daemon.name} ${state}`)
  );
}

function countProven(models: readonly DaemonModel[]): number {
  return models.filter(isProven).length;
}

/** "3 daemons offline": where none wants a look more than the others; `undefined` where one does. */
function allAlike(models: readonly DaemonModel[], now: Instant): string | undefined {
  const [first, ...others] = models;
  if (!first || others.length === 0 || severityOf(first) !== 'plain' || isProven(first)) return undefined;
  const state = stateInShort(first, now);
  const isAlike = others.every((other) => stateInShort(other, now) === state);
  return isAlike ? `${models.length} daemons ${state}` : undefined;
}

/** " (1 min 10 s)"; in whole minutes where it is written so seldom that seconds would grow old. */
function howLongText({ daemon, track }: DaemonModel, forMs: number): string {
  const isWrittenSoon = track.sample?.ok === true && daemon.pollIntervalMs <= SECONDS_HOLD_MS;
  if (forMs < (isWrittenSoon ? SECOND_MS : MINUTE_MS)) return '';
  return ` (${isWrittenSoon ? roughly(forMs) : wholeMinutes(forMs)})`;
}

function isProven({ track }: DaemonModel): boolean {
  const row = STATES[track.verdict.state];
  return row.severity === 'plain' && row.works === 'proven';
}

function describe(model: DaemonModel, now: Instant): MarkdownText {
  const { daemon, track } = model;
  const { phase } = STATES[track.verdict.state];
  const snoozed = snoozeInWords(model, now);
  const again = commandLink(
    phase === 'down' ? 'Start Daemon' : 'Restart Daemon',
    'daemonHealth.restart',
    daemon.id,
  );
  const details = commandLink('Show Details', 'daemonHealth.showDetails', daemon.id);
  const log = commandLink('Show Log', 'daemonHealth.showLog');
  const state = stateInWords(model, now);
  const verdict = verdictText(model, now);
  const { why } = verdict;
  const beganAt = troubleSinceAt(model, now);
  const howLong = beganAt === undefined ? '' : howLongText(model, now.wallAt - beganAt);
  const change = commandLink('change', 'daemonHealth.snooze', daemon.id);
  return [
    ...inMarkdown`${icon(iconOf(model))} **${daemon.name}** ${state}\n\n`,
    ...inMarkdown`${verdictSentences(verdict, state, howLong)}\n\n`,
    ...(why === undefined || isSaid(why, state) ? [] : inMarkdown`${asSentence(capitalise(why))}\n\n`),
    ...inMarkdown`${`${capitalise(freshness(model, now))}.`}`,
    ...(snoozed === '' ? [] : inMarkdown`\n\n${icon('bell-slash')} ${`${capitalise(snoozed)} `}(${change})`),
    ...past(model, now),
    ...inMarkdown`\n\n${phase === 'busy' || isFleet(model) ? [] : inMarkdown`${again} · `}${details} · ${log}`,
  ];
}
