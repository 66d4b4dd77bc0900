import type { DaemonModel } from '../../model/daemonModel';
import type { Conflict } from '../../health/conflicts';
import { conflictText, conflictTitle } from '../../words/conflictText';
import type { Segment } from '../../health/history';
import type { Instant } from '../../base/time';
import { STATES, type Severity } from '../../health/states';
import { commandLink, plain } from '../shared/markdown';
import {
  STATE_LABELS,
  capitalise,
  clockTime,
  freshness,
  isProblem,
  isRecovering,
  severityOf,
  snoozeInWords,
  stateInShort,
  stateInWords,
  worstFirst,
} from '../../words/states';
import { pastInWords } from '../../words/historyText';
import { reasonText } from '../../words/reasons';
import { MAX_DESCRIBED } from '../policy';

/** A piece of a tooltip: text is escaped when drawn, Markdown is ours; a strip is a picture, made when drawn. */
export type TooltipPart =
  { readonly text: string } | { readonly markdown: string } | { readonly strip: readonly Segment[] };

/** All that the status item shows. Two equal views draw alike, so only a different one is written. */
export interface StatusView {
  readonly text: string;
  readonly severity: Severity;
  readonly tooltip: readonly TooltipPart[];
  readonly spoken: string;
}

/** Commands that a tooltip's links may run, and no others. */
export const TOOLTIP_COMMANDS = [
  'daemonHealth.restart',
  'daemonHealth.showDetails',
  'daemonHealth.showLog',
  'daemonHealth.start',
  'daemonHealth.snooze',
] as const;

const RULE: TooltipPart = { markdown: '\n\n---\n\n' };

/** The status item for these daemons: the one that most wants a look, then how many others do. */
export function renderStatus(
  models: readonly DaemonModel[],
  conflicts: readonly Conflict[],
  now: Instant,
): StatusView {
  const [worst, ...others] = worstFirst(models);
  if (!worst) {
    return {
      text: '$(circle-outline) No daemon',
      severity: 'plain',
      tooltip: [
        { markdown: 'No agent daemon found on this machine.\n\n' },
        { markdown: link('Start Bundled Daemon', 'daemonHealth.start') },
      ],
      spoken: 'Daemon Health: no daemon found',
    };
  }
  const [conflict] = conflicts;
  // Two daemons in each other's way want a look although each by itself is well.
  const shown =
    conflict && !isProblem(worst)
      ? { icon: 'warning', short: conflictTitle(conflict), spoken: conflictTitle(conflict) }
      : {
          icon: icon(worst),
          short: shortText(worst, others, now),
          spoken: `${worst.daemon.name} ${stateInWords(worst, now)}`,
        };
  const problems = models.filter(isProblem).length + conflicts.length;
  const more = problems > 1 ? ` · +${problems - 1}` : '';
  const spokenMore = problems > 1 ? `, and ${problems - 1} more with problems` : '';
  return {
    text: `$(${shown.icon}) ${plain(shown.short)}${more}`,
    severity: conflict && !isProblem(worst) ? 'amber' : severityOf(worst),
    tooltip: tooltip([worst, ...others], conflicts, now),
    spoken: `Daemon Health: ${shown.spoken}${spokenMore}`,
  };
}

function tooltip(
  models: readonly DaemonModel[],
  conflicts: readonly Conflict[],
  now: Instant,
): readonly TooltipPart[] {
  const described = [
    ...conflicts.slice(0, MAX_DESCRIBED).map(describeConflict),
    ...models.slice(0, MAX_DESCRIBED).map((model) => describe(model, now)),
  ];
  const undescribed = models.length - MAX_DESCRIBED;
  return [
    ...described.flatMap((parts, index) => [...(index > 0 ? [RULE] : []), ...parts]),
    ...(undescribed > 0 ? [RULE, { text: `${undescribed} more in the tree` }] : []),
  ];
}

function describeConflict(conflict: Conflict): TooltipPart[] {
  return [
    { markdown: '$(warning) ' },
    { text: conflictText(conflict) },
    { markdown: `\n\n${link('Show Details', 'daemonHealth.showDetails', conflict.id)}` },
  ];
}

/** What the last 24 h were like, as a picture and in words. */
function past(model: DaemonModel, now: Instant): TooltipPart[] {
  const { history } = model;
  if (!history) return [];
  return [
    { markdown: '\n\n' },
    { strip: history.segments },
    { markdown: '\n\n' },
    { text: `Last 24 h: ${pastInWords(model, now)}` },
  ];
}

function icon(model: DaemonModel): string {
  return STATE_LABELS[model.track.verdict.state].icon;
}

function shortText(worst: DaemonModel, others: readonly DaemonModel[], now: Instant): string {
  if (!isProven(worst) || isRecovering(worst)) return `${worst.daemon.name} ${stateInShort(worst, now)}`;
  const healthy = others.filter(isProven).length + 1;
  return healthy > 1 ? `${healthy} daemons` : worst.daemon.name;
}

function isProven({ track }: DaemonModel): boolean {
  const row = STATES[track.verdict.state];
  return row.severity === 'plain' && row.works === 'proven';
}

function describe(model: DaemonModel, now: Instant): readonly TooltipPart[] {
  const { daemon, track } = model;
  const { verdict } = track;
  const { phase } = STATES[verdict.state];
  const snoozed = snoozeInWords(model, now);
  const links = [
    ...(phase === 'busy'
      ? []
      : [link(phase === 'down' ? 'Start Daemon' : 'Restart Daemon', 'daemonHealth.restart', daemon.id)]),
    link('Show Details', 'daemonHealth.showDetails', daemon.id),
    link('Show Log', 'daemonHealth.showLog'),
  ];
  return [
    { markdown: `$(${icon(model)}) **` },
    { text: daemon.name },
    { markdown: '** ' },
    { text: stateInWords(model, now) },
    { markdown: '\n\n' },
    { text: capitalise(reasonText(verdict.reason)) },
    { markdown: '\n\n' },
    { text: `Since ${clockTime(verdict.since.wallAt, now.wallAt)} · ${freshness(model, now)}` },
    ...(snoozed === ''
      ? []
      : [
          { markdown: '\n\n$(bell-slash) ' },
          { text: `${capitalise(snoozed)} ` },
          { markdown: `(${link('change', 'daemonHealth.snooze', daemon.id)})` },
        ]),
    ...past(model, now),
    { markdown: `\n\n${links.join(' · ')}` },
  ];
}

function link(
  label: string,
  command: (typeof TOOLTIP_COMMANDS)[number],
  ...argument: readonly string[]
): string {
  return commandLink(label, command, ...argument);
}
