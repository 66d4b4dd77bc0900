import type { Instant } from '../base/time';
import { nextPollDelayMs, type Cadence } from './cadence';
import { nextDrawMs } from './countdown';
import { advanceDeadlines } from './deadlines';
import { appendState } from './history';
import { advanceInstance, isAnnounced, type NewLife } from './instances';
import type { Restarted } from './workMade';
import type { ProcessFate } from './proof';
import { hasEnded, stillLost, withLost, type EndedSession } from './interrupted';
import { CRASH_LOOP_COUNT, CRASH_LOOP_MS, TIMER_EARLY_MS } from './policy';
import type { Session } from './report';
import { appendSample } from './samples';
import { beginRestart, dismissStartFailure, endRestart, setStoppedByUs } from './ownRestart';
import { observe, resetBackoff } from './track';
import type { Step as TrackStep, TrackEvent } from './trackState';
import { toldState } from './states';
import type { Input, Question, Watched } from './watched';
import { advanceWork, type WorkEvent } from './workNews';

export type HealthEvent =
  | TrackEvent
  | WorkEvent
  | { readonly kind: 'timedOut'; readonly session: Session; readonly isInferred: boolean }
  | (NewLife & {
      readonly kind: 'restarted';
      /** Whether the restart is worth a message. */
      readonly isNews: boolean;
      readonly instanceId: string | undefined;
    })
  /** The daemon is to be asked now. @property lateMs how late the timer came */
  | { readonly kind: 'due'; readonly lateMs: number }
  /** What a countdown shows of its sessions has changed, and nothing else. */
  | { readonly kind: 'counted' }
  /** Who listens there is another process, or another daemon: what was known of the process is not true any more. */
  | { readonly kind: 'newProcess' }
  | { readonly kind: 'asks'; readonly question: Question };

interface Step {
  readonly watched: Watched;
  readonly events: readonly HealthEvent[];
}

export interface Advance extends Step {
  /** Monotonic ms when time itself is an input again: `tick`. */
  readonly wakeAtMs: number;
}

/**
 * One step of everything that is known of one daemon: every machine sees every input, in one order. Time is an input,
 * too: one timer for each daemon is set to `wakeAtMs`.
 *
 * @param maxGapMs the longest time between two looks that still counts as watched (`longestGapMs`)
 */
export function advance(watched: Watched, input: Input, maxGapMs: number, now: Instant): Advance {
  const { watched: stepped, events } = stepOf(watched, input, maxGapMs, now);
  // Who listens goes by whether something is another than before.
  const isSame = stepped === watched && input.kind !== 'tick';
  const next = isSame ? watched : { ...stepped, countDueMs: countDueMs(stepped, now) };
  return { watched: next, events, wakeAtMs: Math.min(next.askDueMs, next.countDueMs) };
}

function countDueMs({ deadlines }: Watched, now: Instant): number {
  const inMs = nextDrawMs(deadlines, now);
  // A timer that came a moment early would find nothing new.
  return inMs === undefined ? Infinity : now.monotonicMs + inMs + TIMER_EARLY_MS;
}

function stepOf(watched: Watched, input: Input, maxGapMs: number, now: Instant): Step {
  switch (input.kind) {
    case 'tick':
      return onTick(watched, now);
    case 'sample': {
      const { sample, timerLateMs, restart, cadence } = input;
      const step = observe(watched.track, sample, timerLateMs, now, restart);
      return scheduled(onSample(watched, step, maxGapMs, now), cadence, now);
    }
    case 'restartBegan':
      return onTrack(watched, beginRestart(watched.track, now), maxGapMs, now);
    case 'instanceProven':
      // What became of the old process need not be asked any more.
      return onInstance(withoutFate(watched), 'gone', now);
    case 'restartEnded': {
      const { end, cadence } = input;
      const ended = onTrack(watched, endRestart(watched.track, end, now), maxGapMs, now);
      if (end.is !== 'startFailed') return scheduled(ended, cadence, now);
      // Whatever runs there all the same is looked for at once.
      return { ...ended, watched: { ...ended.watched, askDueMs: now.monotonicMs } };
    }
    case 'stoppedByUs':
      return onTrack(watched, { track: setStoppedByUs(watched.track, now), events: [] }, maxGapMs, now);
    case 'startFailureSeen':
      return onTrack(watched, dismissStartFailure(watched.track, now), maxGapMs, now);
    case 'userLooks':
      return { watched: { ...watched, track: resetBackoff(watched.track) }, events: [] };
    case 'lostDismissed':
      return {
        watched: { ...watched, lost: watched.lost.filter(({ session }) => session.id !== input.id) },
        events: [],
      };
    case 'processFate':
      if (!watched.questions.includes(input.question)) return { watched, events: [] };
      return onInstance(answered(watched, input.question), input.fate, now);
    case 'holder':
      return { watched: { ...watched, holder: input.holder }, events: [] };
    case 'endedSessions':
      return onEndedSessions(watched, input.question, input.ended, now);
  }
}

function onTick(watched: Watched, now: Instant): Step {
  const isDue = now.monotonicMs >= watched.askDueMs;
  const isCounted = now.monotonicMs >= watched.countDueMs - TIMER_EARLY_MS;
  return {
    watched: isDue ? { ...watched, askDueMs: Infinity } : watched,
    events: [
      ...(isCounted ? [{ kind: 'counted' } as const] : []),
      ...(isDue ? [{ kind: 'due', lateMs: now.monotonicMs - watched.askDueMs } as const] : []),
    ],
  };
}

function scheduled({ watched, events }: Step, cadence: Cadence, now: Instant): Step {
  const askDueMs = now.monotonicMs + nextPollDelayMs(watched.track, cadence, now);
  return { watched: { ...watched, askDueMs }, events };
}

function onSample(watched: Watched, step: TrackStep, maxGapMs: number, now: Instant): Step {
  const seen = onTrack(watched, step, maxGapMs, now);
  const { track } = seen.watched;
  const report = track.sample?.ok ? track.sample.report : undefined;
  const kept = report
    ? { ...seen.watched, lost: stillLost(seen.watched.lost, report, now.wallAt) }
    : seen.watched;
  return { ...seen, watched: kept };
}

/** The track has moved on: all machines that follow it do, too. */
function onTrack(watched: Watched, { track, events }: TrackStep, maxGapMs: number, now: Instant): Step {
  const { deadlines, timedOut } = advanceDeadlines(watched.deadlines, track, now);
  const { work, events: news } = advanceWork(watched.work, track, now);
  const followed: Watched = {
    ...watched,
    work,
    track,
    history: appendState(watched.history, toldState(track.verdict), now, maxGapMs),
    samples: appendSample(watched.samples, track),
    deadlines,
  };
  const forgotten = timedOut.flatMap(({ session, isInferred }) => (isInferred ? [session] : []));
  const { last } = track;
  const lost =
    last && forgotten.length > 0 ? withLost(watched.lost, forgotten, last.report, now.wallAt) : watched.lost;
  const next = onInstance({ ...followed, lost }, undefined, now);
  return {
    watched: next.watched,
    events: [
      ...events,
      ...timedOut.map((each) => ({ kind: 'timedOut', ...each }) as const),
      ...news,
      ...next.events,
    ],
  };
}

/** Which life this is, and what became of the work of the life before. */
function onInstance(watched: Watched, fate: ProcessFate | undefined, now: Instant): Step {
  // What became of the process decides; until that is known nothing else does.
  if (watched.questions.some(({ kind }) => kind === 'processFate')) return { watched, events: [] };
  const step = advanceInstance(watched.instance, watched.track, fate);
  // A life that was gone and begins anew may be of another process, also where no work tells.
  const isBack = watched.instance?.wasGone && step.life?.wasGone === false;
  const isNew = step.newLife !== undefined || step.isAnother || isBack;
  const { holder, ...others } = watched;
  const next: Watched = { ...others, ...(holder && !isNew && { holder }), instance: step.life };
  const events: HealthEvent[] = isNew ? [{ kind: 'newProcess' }] : [];
  if (step.asksProcess) return asking(next, { kind: 'processFate' }, events);
  const report = watched.track.last?.report;
  if (!step.newLife || !report) return { watched: next, events };
  const agentIds = [...new Set(step.newLife.restarted.lost.flatMap(({ agentId }) => agentId ?? []))];
  const question = { kind: 'endedSessions', agentIds, ...step.newLife, report } as const;
  if (agentIds.length > 0) return asking(next, question, events);
  const told = restartedOf(next, question, [], now);
  return { watched: told.watched, events: [...events, ...told.events] };
}

function onEndedSessions(
  watched: Watched,
  question: Question,
  ended: readonly EndedSession[],
  now: Instant,
): Step {
  if (question.kind !== 'endedSessions' || !watched.questions.includes(question)) {
    return { watched, events: [] };
  }
  return restartedOf(answered(watched, question), question, ended, now);
}

/** Without what the daemon itself remembers to have ended: that ended between our last look and the restart. */
function restartedOf(
  watched: Watched,
  { restarted: seen, announce, began, report }: Extract<Question, { kind: 'endedSessions' }>,
  ended: readonly EndedSession[],
  now: Instant,
): Step {
  const lost = seen.lost.filter((session) => !hasEnded(session, ended));
  const { monotonicMs } = now;
  const lately = watched.restartsMs.filter((atMs) => monotonicMs - atMs < CRASH_LOOP_MS);
  const restartsMs = announce === 'any' ? [...lately, monotonicMs] : lately;
  const restarted: Restarted = {
    ...seen,
    lost,
    interrupted: seen.interrupted - (seen.lost.length - lost.length),
    ...(announce === 'any' && restartsMs.length >= CRASH_LOOP_COUNT && { nth: restartsMs.length }),
  };
  return {
    watched: { ...watched, restartsMs, lost: withLost(watched.lost, lost, report, now.wallAt) },
    events: [
      {
        kind: 'restarted',
        restarted,
        isNews: isAnnounced(restarted, announce),
        announce,
        began,
        instanceId: report.instance?.id,
      },
    ],
  };
}

function asking(watched: Watched, question: Question, events: readonly HealthEvent[]): Step {
  return {
    watched: { ...watched, questions: [...watched.questions, question] },
    events: [...events, { kind: 'asks', question }],
  };
}

function withoutFate(watched: Watched): Watched {
  return { ...watched, questions: watched.questions.filter(({ kind }) => kind !== 'processFate') };
}

function answered(watched: Watched, question: Question): Watched {
  return { ...watched, questions: watched.questions.filter((each) => each !== question) };
}
