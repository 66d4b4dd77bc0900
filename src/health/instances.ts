import { INSTANCE_SETTLE_MS } from './policy';
import { isEnding, stillRan } from './ending';
import { mayStillHaveRun } from './keptLife';
import type { KnownInstance } from './knownInstance';
import type { Report, Session } from './report';
import { wallAtOf } from '../base/time';
import { hasResumed, isNewInstance, type LastSaid, type ProcessFate } from './proof';
import { cyclesOf } from './staleness';
import type { Track } from './trackState';
import { workMade, type Restarted } from './workMade';

/**
 * Which restart is worth a message: any; where it was ours, one that interrupted work; where nobody looked on, one that
 * touched work. None that is `told`: our restart that is under way sees the same, and its outcome says it.
 */
export type Announce = 'any' | 'interrupted' | 'touched' | 'told';

/** A daemon began a new life. */
export interface NewLife {
  readonly restarted: Restarted;
  readonly announce: Announce;
  /** Epoch ms between which it began: the last answer of the life before, and the first of the new one. */
  readonly began: { readonly afterAt: number; readonly byAt: number };
}

export interface InstanceStep {
  readonly life: KnownInstance | undefined;
  readonly newLife?: NewLife;
  /** Another daemon has taken the port: nothing that was known counts any more. */
  readonly isAnother?: boolean;
  /** All work is gone: what became of the process decides. To be called again with it. */
  readonly asksProcess?: boolean;
}

/**
 * One more look at a daemon: what to remember, and whether it began a new life. Not before the new life has completed
 * a cycle, since it may still be resuming, and not at the first look.
 *
 * @param process what became of its process, once that was asked for
 */
export function advanceInstance(
  previous: KnownInstance | undefined,
  track: Track,
  process?: ProcessFate,
): InstanceStep {
  const { last } = track;
  if (!last) return { life: previous };
  if (!previous) return { life: { ...begin(last, track), isFirst: true } };
  if (isAnotherDaemon(previous.report, last.report)) return { life: begin(last, track), isAnother: true };
  const { report } = last;
  const life: KnownInstance = {
    ...previous,
    wasGone: previous.wasGone || isGone(track),
    wasOurs: previous.wasOurs || isOurs(track),
    ...((previous.wasElsewhere || isElsewhere(track)) && { wasElsewhere: true }),
    wasReset: previous.wasReset || isReset(previous.report, report),
  };
  if (isFirstProven(previous, report, process)) {
    // Nothing was seen of the instance before: the daemon alone knows what the new one goes on with.
    const { isFirst: _first, ...known } = life;
    const began = { afterAt: last.at.wallAt, byAt: last.at.wallAt };
    const restarted = workMade({ ...life, sessions: [] }, report);
    return { life: known, newLife: { restarted, announce: announceOf(life, track), began } };
  }
  if (previous.answer === last && process === undefined) return { life };
  // Which life it is, and what it goes on with, is not known yet.
  if (report.starting) return { life: { ...life, answer: last } };

  let { overSince } = life;
  if (overSince === undefined) {
    const isUndecided = track.restarting && process === 'unknown';
    // Our restart proves the new instance, or does not.
    const isNew = isUndecided ? undefined : isNewInstance(life, report, process);
    if (isNew === 'ask') return { life, asksProcess: true };
    // What it ran is still to be compared with.
    if (isNew === undefined) return { life: { ...life, answer: last } };
    if (!isNew) return { life: goingOn(life.sessions, last, track) };
    overSince = last.at;
  }
  if (!hasResumed(report) && last.at.monotonicMs - overSince.monotonicMs < INSTANCE_SETTLE_MS) {
    return { life: { ...life, answer: last, overSince } };
  }
  const began = { afterAt: wallAtOf(life.knownAt ?? overSince, last.at), byAt: wallAtOf(overSince, last.at) };
  const { sessions, isRemembered } = life;
  const ran = isRemembered ? mayStillHaveRun(sessions, life.report.daemonNow, report) : sessions;
  const restarted = workMade({ ...life, sessions: ran }, report);
  const newLife = { restarted, announce: announceOf(life, track), began };
  return { life: begin(last, track), newLife };
}

function announceOf(
  { wasOurs, wasElsewhere, isRemembered }: KnownInstance,
  { restarting, last }: Track,
): Announce {
  // The outcome of our restart tells what this event tells.
  if (restarting) return 'told';
  // The window that restarted it saw the same proof, and told the same.
  const proves = last?.report.instance?.id !== undefined && cyclesOf(last.report).completedAt !== undefined;
  if (wasElsewhere && proves) return 'told';
  return wasOurs || wasElsewhere ? 'interrupted' : isRemembered ? 'touched' : 'any';
}

/** We started it, and no window has ever seen it before. */
function isFirstProven(
  { isFirst = false, wasOurs }: KnownInstance,
  report: Report,
  process: ProcessFate | undefined,
): boolean {
  return isFirst && wasOurs && process === 'gone' && report.recovery !== undefined;
}

/** Whether a restart is to be told. */
export function isAnnounced({ resumed, interrupted }: Restarted, worth: Announce): boolean {
  if (worth === 'told') return false;
  return worth === 'any' || interrupted > 0 || (worth === 'touched' && resumed > 0);
}

/** Nobody was there: refused, or cut off more than once, as a port forwarder does for what is behind it. */
export function isGone({ sample, streak }: Track): boolean {
  if (sample?.ok !== false) return false;
  const { kind } = sample.failure;
  return kind === 'refused' || (kind === 'reset' && (streak?.count ?? 0) > 1);
}

function begin(
  answer: NonNullable<Track['last']>,
  track: Track,
  known: readonly Session[] = [],
): KnownInstance {
  return {
    report: answer.report,
    sessions: answer.report.sessions ?? known,
    answer,
    wasGone: false,
    wasReset: false,
    wasOurs: isOurs(track),
    knownAt: answer.at,
  };
}

/** The same life after one more answer. One that ends has no other work than before: it ends what it runs. */
function goingOn(known: readonly Session[], answer: NonNullable<Track['last']>, track: Track): KnownInstance {
  const life = begin(answer, track, known);
  return isEnding(track, answer.at) ? { ...life, sessions: stillRan(known, answer.report.sessions) } : life;
}

function isOurs({ restarting, stoppedByUs }: Track): boolean {
  return restarting || stoppedByUs;
}

function isElsewhere({ facts }: Track): boolean {
  return facts.restartingElsewhere ?? false;
}

/** Another daemon took the port: of another kind, state folder or database. */
export function isAnotherDaemon(before: LastSaid, after: Report): boolean {
  const differ = (a: string | undefined, b: string | undefined) =>
    a !== undefined && b !== undefined && a !== b;
  return (
    isOfAnotherKind(before, after) ||
    differ(before.instance?.stateDir, after.instance?.stateDir) ||
    differ(before.database?.realPath, after.database?.realPath)
  );
}

/**
 * What an earlier window kept names no kind, and is of use only for a daemon that remembers what a restart interrupted:
 * the sessions that would tell it of another daemon were not kept.
 */
function isOfAnotherKind({ kind }: LastSaid, after: Report): boolean {
  return kind === undefined ? !after.traits.remembersInterrupted : kind !== after.kind;
}

/** Only where it tells anything of its loop: a smithy leaves all of that out when it cannot compute it. */
function isReset(before: LastSaid, after: Report): boolean {
  if (after.queue === undefined) return false;
  const [had, has] = [cyclesOf(before), cyclesOf(after)];
  return (
    (had.completedAt !== undefined && has.completedAt === undefined) ||
    (had.startedAt !== undefined && has.startedAt === undefined)
  );
}
