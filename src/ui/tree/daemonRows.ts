import { asSentence, fitted } from '../../base/text';
import { clockInShort, duration, SECOND_MS, wallAtOf, type Instant } from '../../base/time';
import { rowOf } from '../../health/states';
import { kindOf } from '../../kinds/index';
import { placeOf } from '../../kinds/target';
import type { DaemonModel } from '../../model/daemonModel';
import {
  freshness,
  looksOf,
  severityOf,
  snoozeInWords,
  stateInShort,
  stateInWords,
} from '../../words/states';
import { isWell, verdictText } from '../../words/verdicts';
import { lastKnownText, workInShort } from '../../words/work';
import { isGoneSilent, waitingIn } from '../shared/problems';
import { ROW_CHARS, ROW_NAME_CHARS } from '../policy';
import { factsOf } from './detailRows';
import { fleetOf, fleetRows, type Filters } from './fleetRows';
import { fleetInShort } from './fleetRowsText';
import { alone, aside, detailRows, valueOf, type Detail, type Row, type Section } from './row';
import type { SessionRows } from './sessionRows';

/** An entry of the settings that cannot be used. */
export function problemRow(problem: string, index: number): Section {
  return alone({
    id: `settings#${index}`,
    label: 'Setting to correct',
    description: aside(problem),
    icon: 'gear',
    severity: 'amber',
    contextValue: 'settingsProblem',
    shows: 'settings',
    value: problem,
  });
}

/**
 * The row of a daemon and all rows below it: why it is not well, its sessions, and what else is known under "Details". What
 * a row says changes only when there is something new, or with the minute; of a session in its last minute by the second.
 */
export function daemonRows(
  model: DaemonModel,
  now: Instant,
  sessionRows: SessionRows | undefined,
  filters: Filters = new Map(),
): Section {
  const { daemon } = model;
  const top = [...(isWell(model) ? [] : [stateDetail(model, now)]), ...snoozeDetail(model, now)].map(
    (detail) => detailRows(daemon.id, daemon.id, detail),
  );
  const work = workRows(model, now, sessionRows);
  const facts = [...(isWell(model) ? [stateDetail(model, now)] : []), ...factsOf(model, now)];
  const sections = [...top, ...work, ...fleetRows(model, filters), ...detailsSection(model, facts)];
  const words = rootText(model, now);
  return [
    {
      id: daemon.id,
      daemonId: daemon.id,
      label: isWell(model) ? daemon.name : fitting(daemon.name, words),
      description: words,
      icon: looksOf(model.track.verdict).icon,
      severity: severityOf(model),
      contextValue: contextOf(model),
      children: sections.map(([{ id }]) => id),
      expanded: true,
      value: `${daemon.name} (${placeOf(daemon.target)}): ${words}`,
    },
    ...sections.flat(),
  ];
}

/** The state, and what the daemon works on. */
function rootText(model: DaemonModel, now: Instant): string {
  const { verdict, last, sample } = model.track;
  const state = verdict.startFailed ? stateInWords(model, now) : stateInShort(model, now);
  const work =
    last && sample?.ok ? (fleetText(model) ?? workInShort(last.report, waitingIn(model).length)) : '';
  return work === '' ? state : `${state} · ${work}`;
}

/** How many of a fleet are red; `undefined` where this is one daemon. */
function fleetText(model: DaemonModel): string | undefined {
  const fleet = fleetOf(model);
  const loop = model.track.last?.loop;
  const red = loop?.kind === 'stale' && loop.stale.is === 'seriesRed' ? loop.stale.count : 0;
  return fleet && fleetInShort(red, fleet.series.length + fleet.unread);
}

/** The start of a long name: of a daemon that is not well its state is not to be cut. */
function fitting(name: string, words: string): string {
  const [state = ''] = words.split(' · ');
  return fitted(name, Math.max(ROW_NAME_CHARS, ROW_CHARS - state.length));
}

/** Its sessions; of a daemon that does not answer those that it last told of, folded. */
function workRows(model: DaemonModel, now: Instant, sessionRows: SessionRows | undefined): Section[] {
  const { daemon, track } = model;
  if (!track.last || fleetOf(model)) return [];
  const isFolded = isGoneSilent(model);
  const key = 'lastKnown';
  const below = (parentId: string, detail: Detail) => detailRows(daemon.id, parentId, detail);
  const groups = sessionRows?.groups(model, isFolded ? `${daemon.id}#${key}` : daemon.id, now);
  const { live = [], interrupted = [], ended = [] } = groups ?? {};
  if (!isFolded) {
    const groupsBelow = [...interrupted, ...ended].map((detail) => below(daemon.id, detail));
    return [...live.map((row): Section => [row]), ...groupsBelow];
  }
  const endedBelow = ended.map((detail) => below(`${daemon.id}#${key}`, detail));
  const lastKnown: Detail = {
    key,
    label: lastKnownText(track.last.report, clockInShort(wallAtOf(track.last.at, now), now.wallAt)),
    icon: 'history',
    children: [...live, ...endedBelow.map(([row]) => row)],
    deeper: endedBelow.flatMap(([, ...rows]) => rows),
  };
  return [...interrupted, lastKnown].map((detail) => below(daemon.id, detail));
}

function detailsSection({ daemon }: DaemonModel, facts: readonly Detail[]): Section[] {
  if (facts.length === 0) return [];
  const key = 'details';
  const sections = facts.map((fact) => detailRows(daemon.id, `${daemon.id}#${key}`, fact));
  const children = sections.map(([row]) => row);
  const deeper = sections.flatMap(([, ...rows]) => rows);
  return [
    detailRows(daemon.id, daemon.id, { key, label: 'Details', icon: 'list-unordered', children, deeper }),
  ];
}

/** What the menus go by: the phase, and what makes the daemon offer more or less than others. */
function contextOf({ daemon, track }: DaemonModel): string {
  const kind = track.last?.report.kind ?? daemon.kind;
  // None of what is done with one daemon can be done with many.
  if (daemon.target.kind === 'prometheus') return 'fleet';
  const menu = kindOf(kind)?.menu ?? (daemon.target.kind === 'http' ? undefined : 'noAddress');
  return `daemon.${rowOf(track.verdict).phase}${menu === undefined ? '' : `.${menu}`}`;
}

/** What colours tell, for themes that have none. */
const STATE_ICONS = { red: 'error', amber: 'warning', plain: 'info' } as const;

/** The point, as red as the daemon is, then when and why. */
function stateDetail(model: DaemonModel, now: Instant): Detail {
  const { point, when, why } = verdictText(model, now);
  const severity = severityOf(model);
  return {
    key: 'state',
    label: point,
    description: aside(when, why),
    icon: STATE_ICONS[severity],
    severity,
    shows: 'page',
    ...(model.track.verdict.startFailed && { contextValue: 'detail.startFailed' }),
  };
}

function snoozeDetail(model: DaemonModel, now: Instant): Detail[] {
  const snoozed = snoozeInWords(model, now);
  return snoozed === ''
    ? []
    : [{ key: 'snooze', label: snoozed, description: aside('no notifications'), icon: 'bell-slash' }];
}

/** The precise age of what a daemon's rows say, for a hover: worked out when it is shown. */
export function rowHover(row: Row, model: DaemonModel | undefined, now: Instant): string {
  if (!model) return valueOf(row);
  const { last } = model.track;
  const asOf = last ? `As of ${ago(now.monotonicMs - last.at.monotonicMs)}` : 'Never answered';
  return `${asSentence(valueOf(row))} ${asOf}, ${freshness(model, now)}.`;
}

function ago(ms: number): string {
  return ms < SECOND_MS ? 'just now' : `${duration(ms)} ago`;
}
