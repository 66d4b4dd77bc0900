import type { Reason } from '../health/cause';
import type { DaemonModel } from '../model/daemonModel';
import { reasonText } from './reasons';
import { isRecovering as isIncidentRecovering } from '../health/incident';
import { cyclesOf } from '../health/staleness';
import { severityOf as severityOfVerdict, type Verdict } from '../health/verdict';
import { rankOf as rankOfState, toldState, type DaemonState, type Severity } from '../health/states';
import { clockTime, duration, forOver, shortAge, wallAtOf, type Instant } from '../base/time';

/** How a state looks everywhere: its name in words and its icon. */
export const STATE_LABELS = {
  restarting: { label: 'restarting', icon: 'sync~spin' },
  unresponsive: { label: 'unresponsive', icon: 'error' },
  unreachable: { label: 'unreachable', icon: 'error' },
  offline: { label: 'offline', icon: 'circle-outline' },
  wrongAnswer: { label: 'wrong answer', icon: 'warning' },
  unavailable: { label: 'unavailable', icon: 'circle-slash' },
  stopped: { label: 'stopped', icon: 'stop-circle' },
  starting: { label: 'starting', icon: 'loading~spin' },
  failing: { label: 'failing', icon: 'error' },
  notAnswering: { label: 'not answering', icon: 'loading~spin' },
  wedged: { label: 'wedged', icon: 'error' },
  stuck: { label: 'stuck', icon: 'warning' },
  unstable: { label: 'unstable', icon: 'warning' },
  paused: { label: 'paused', icon: 'clock' },
  unverified: { label: 'unverified', icon: 'question' },
  healthy: { label: 'healthy', icon: 'pulse' },
} as const satisfies Readonly<Record<DaemonState, { readonly label: string; readonly icon: string }>>;

/** What a daemon in a state is, after "is" and "was": all labels but one are words for a daemon. */
export function beingText(state: DaemonState): string {
  return state === 'wrongAnswer' ? 'giving a wrong answer' : STATE_LABELS[state].label;
}

type OtherIcon =
  | 'comment-discussion'
  | 'bell'
  | 'bell-dot'
  | 'bell-slash'
  | 'check'
  | 'history'
  | 'output'
  | 'play'
  | 'search'
  | 'server-process';

/** Icons of VS Code's own that stand in texts. */
export type IconId = OtherIcon | (typeof STATE_LABELS)[DaemonState]['icon'];

export function looksOf(verdict: Pick<Verdict, 'state' | 'reason'>) {
  return STATE_LABELS[toldState(verdict)];
}

/** The daemons with the one that most wants a look first. */
export function worstFirst(models: readonly DaemonModel[]): readonly DaemonModel[] {
  return [...models].sort((a, b) => rankOf(a) - rankOf(b));
}

/** Nothing runs although somebody wanted it to: after what runs and cannot work, before what works badly. */
function rankOf({ track: { verdict } }: DaemonModel): number {
  return verdict.startFailed ? rankOfState('unavailable') + 0.5 : rankOfState(verdict.state);
}

export function severityOf({ track }: DaemonModel): Severity {
  return severityOfVerdict(track.verdict);
}

export function isProblem(model: DaemonModel): boolean {
  return severityOf(model) !== 'plain';
}

/** Good again, but not yet for long enough to call the incident over. */
export function isRecovering({ track }: DaemonModel): boolean {
  return isIncidentRecovering(track);
}

/** How long the loop has completed nothing, in ms; `undefined` where that is not known. */
export function stalledForMs({ track }: DaemonModel, now: Instant): number | undefined {
  const { loopSinceMs } = track.verdict;
  return loopSinceMs === undefined ? undefined : now.monotonicMs - loopSinceMs;
}

/** A clock of the daemon's that differs by less is the same clock. */
const SAME_CLOCK_MS = 2_000;

/** Epoch ms since when the loop has completed nothing; `undefined` where that is not known. */
export function loopSinceAt(model: DaemonModel, now: Instant): number | undefined {
  const forMs = stalledForMs(model, now);
  if (forMs === undefined) return undefined;
  const seenAt = now.wallAt - Math.round(forMs);
  const report = model.track.last?.report;
  const { completedAt, startedAt } = report ? cyclesOf(report) : {};
  const signAt = report?.progress.kind === 'signs' ? report.progress.provenAt : undefined;
  const toldAt = completedAt ?? startedAt ?? signAt;
  // What is told stays the same from answer to answer, what is measured differs by milliseconds.
  return toldAt !== undefined && Math.abs(toldAt - seenAt) < SAME_CLOCK_MS ? toldAt : seenAt;
}

/** The state in words, quantified where time is the point: "wedged for over 3 minutes". */
export function stateInWords(model: DaemonModel, now: Instant): string {
  if (isRecovering(model)) return 'recovering';
  const { state, startFailed, reason } = model.track.verdict;
  const { label } = looksOf(model.track.verdict);
  if (startFailed) return `${label} · ${reasonText(reason)}`;
  if (isPausedUntil(reason)) return reasonText(reason);
  return state === 'wedged' ? `${label} ${forOver(stalledForMs(model, now))}` : label;
}

/** The end is the point of a pause, where the daemon tells when. */
function isPausedUntil(reason: Reason): boolean {
  return reason.is === 'paused' && reason.resumesAt !== undefined;
}

/** The same in as few words as the status bar has room for: "wedged 3 min". */
export function stateInShort(model: DaemonModel, now: Instant): string {
  if (isRecovering(model)) return 'recovering';
  const { state, startFailed, reason } = model.track.verdict;
  const { label } = looksOf(model.track.verdict);
  if (startFailed) return `${label}: start failed`;
  if (isPausedUntil(reason)) return reasonText(reason);
  const age = state === 'wedged' ? shortAge(stalledForMs(model, now)) : '';
  return `${label}${age === '' ? '' : ` ${age}`}`;
}

/** How long notifications are held back, in words; empty where they are not. */
export function snoozeInWords({ snooze }: DaemonModel, now: Instant): string {
  switch (snooze?.kind) {
    case undefined:
      return '';
    case 'until':
      return `Snoozed until ${clockTime(snooze.untilAt, now.wallAt)}`;
    case 'untilRestart':
      return 'Snoozed until the next restart';
  }
}

/**
 * How fresh the state is, in words that do not change while answers keep coming:
 * "checked every 5 s" or "last answer at 14:03:22".
 */
export function freshness({ daemon, track }: DaemonModel, now: Instant): string {
  if (!track.sample) return 'not asked yet';
  const every = `checked every ${duration(daemon.pollIntervalMs)}`;
  if (track.sample.ok) return `answering, ${every}`;
  if (!track.last) return every;
  return `last good answer at ${clockTime(wallAtOf(track.last.at, now), now.wallAt)}, ${every}`;
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
