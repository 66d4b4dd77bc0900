import type { LoopUnknown, Unproven } from './cause';
import type { Failure, Report, Session } from './report';
import { isLive } from './sessions';
import { assessLoop, cyclesOf, isNeverTold, untoldLoop } from './staleness';

/** What became of the process that was seen to be a daemon; `unknown` where the system does not tell. */
export type ProcessFate = 'lives' | 'gone' | 'unknown';

/** What one look at a daemon proves of its restart. */
export type Proof =
  /** A new instance, and its loop advances. */
  | { readonly is: 'proven' }
  /** A new instance, of which nothing that it says could ever prove that its loop advances. */
  | { readonly is: 'newButUntold'; readonly why: Unproven }
  | { readonly is: 'notYet'; readonly why: Unproven }
  /** The answer speaks against it: the old instance still answers, or the loop of the new one hangs. */
  | { readonly is: 'refuted'; readonly by: 'oldInstance' | 'loop'; readonly why: Unproven };

/** What tells one instance of a daemon from the next. Where an earlier window saw it, only what that window kept. */
export type LastSaid = Pick<Report, 'instance' | 'database' | 'daemonNow'> &
  Partial<Pick<Report, 'kind' | 'progress'>>;

/** An instance that was seen, to compare an answer with. */
export interface OldInstance {
  /** The last answer of it. */
  readonly report: LastSaid;
  /** As last told: one answer without them does not make them forgotten. */
  readonly sessions: readonly Session[];
  /** Nobody answered since then. */
  readonly wasGone: boolean;
  /** Times of its loop that were there are not there any more. */
  readonly wasReset: boolean;
}

/** What came of one ask. */
type Said =
  { readonly ok: true; readonly report: Report } | { readonly ok: false; readonly failure: Failure };

/**
 * The only judge of "a new, working instance": a process that is not the old one, and a poll cycle that it completed
 * within the threshold, by the rule that every poll is judged by.
 *
 * @param before the last answer of the old instance; `undefined` where there was none
 * @param old what became of the old process, as who answers now shows; it is `unknown` where the system does not tell
 *   who answers. Whoever asks has ended the old process, or seen its port free.
 */
export function proofOf(before: Report | undefined, after: Said, old: ProcessFate): Proof {
  if (!after.ok) return { is: 'notYet', why: { is: 'noAnswer', cause: after.failure.cause } };
  const { report } = after;
  const wasThere = before && { report: before, sessions: [], wasGone: true, wasReset: false };
  if (wasThere ? isNewInstance(wasThere, report, old) !== true : old === 'lives') {
    return { is: 'refuted', by: 'oldInstance', why: { is: 'oldInstance' } };
  }
  if (report.starting) return { is: 'notYet', why: { is: 'starting' } };
  if (!report.isRunning || report.available === false) {
    const { unavailable = { is: 'said', said: undefined } } = report;
    const isUnavailable = report.isRunning || report.unavailable !== undefined;
    return {
      is: 'notYet',
      why: isUnavailable ? { is: 'unavailable', why: unavailable } : { is: 'loopStopped' },
    };
  }
  const loop = assessLoop(report);
  switch (loop.kind) {
    case 'advancing':
      return isOfThisLife(report, before) ? { is: 'proven' } : unsigned(report);
    case 'starting':
      return { is: 'notYet', why: { is: 'noCycleYet' } };
    case 'stale':
      return { is: 'refuted', by: 'loop', why: { is: 'loopHangs', stale: loop.stale } };
    case 'unknown':
      // A daemon that does not tell of its cycles cannot be waited for any longer.
      if (loop.why.is === 'nothingOwed' || loop.why.is === 'nobodyWorks') {
        return { is: 'newButUntold', why: { is: 'loopUnknown', why: loop.why } };
      }
      return report.progress.kind === 'untold'
        ? { is: 'newButUntold', why: untold(report) }
        : { is: 'notYet', why: whyUnknown(report, loop.why) };
  }
}

/**
 * Whether an answer is of another instance than the one that was seen. Where a daemon names its instances the names
 * decide, else what became of the process.
 *
 * @param process what became of the process of the old instance, once that was asked for
 * @returns `undefined` where nothing tells yet, `ask` where only its process can tell
 */
export function isNewInstance(
  old: OldInstance,
  after: Report,
  process: ProcessFate | undefined,
): boolean | undefined | 'ask' {
  const before = old.report.instance?.id;
  if (before !== undefined && after.instance?.id !== undefined) return before !== after.instance.id;
  switch (process) {
    case 'gone':
      return true;
    // A process that still lives refutes silence but not lost times: it may be a forwarder of the port.
    case 'lives':
      return old.wasReset;
    case 'unknown':
      return old.wasReset || old.wasGone;
    case undefined:
      return newBySessions(old, after);
  }
}

/**
 * smithy names no instances. Its sessions live in its memory under ids of their own, so where one of them is still
 * listed it is the same process. All of them gone is no sign by itself: they end, and are forgotten 5 s later. With
 * times of the loop gone too, or its process, or after a while in which nobody answered, it is a restart.
 */
function newBySessions({ sessions, wasReset }: OldInstance, after: Report): boolean | undefined | 'ask' {
  const ran = sessions.filter(isLive);
  if (ran.length === 0) return false;
  if (!after.sessions) return undefined;
  const listed = new Set(after.sessions.map(({ id }) => id));
  if (sessions.some(({ id }) => listed.has(id))) return false;
  return wasReset || 'ask';
}

/**
 * Whether a new instance has resumed what it resumes, so that the rest is interrupted: with its first completed cycle,
 * and at its first answer where it never tells of cycles, or runs none.
 */
export function hasResumed(report: Report): boolean {
  if (report.isResuming) return false;
  return !report.isRunning || cyclesOf(report).completedAt !== undefined || isNeverTold(report);
}

/** A poll loop's times end with its process. What a daemon of an unknown make tells may be of the life before. */
function isOfThisLife({ progress }: Report, before: Report | undefined): boolean {
  if (progress.kind !== 'signs') return true;
  if (progress.by === 'due') return false;
  const { daemonNow: oldUntilAt } = before ?? {};
  return oldUntilAt === undefined || (progress.provenAt ?? 0) > oldUntilAt;
}

/** Of a schedule that is kept only the next run would tell, which may be a day away. */
function unsigned({ progress }: Report): Proof {
  const by = progress.kind === 'signs' ? progress.by : 'due';
  const why: Unproven = { is: 'loopUnknown', why: { is: 'noSignYet', by } };
  return by === 'due' ? { is: 'newButUntold', why } : { is: 'notYet', why };
}

function untold(report: Report): Unproven {
  return isNeverTold(report) ? { is: 'loopUnknown', why: untoldLoop(report) } : { is: 'cyclesUntold' };
}

/** Before its first cycle a daemon that tells of cycles has no times yet. */
function whyUnknown(report: Report, why: LoopUnknown): Unproven {
  const { startedAt, completedAt } = cyclesOf(report);
  if (report.progress.kind === 'signs') return { is: 'loopUnknown', why };
  const hasNoTimes = startedAt === undefined && completedAt === undefined;
  return hasNoTimes && why.is !== 'malformed' ? { is: 'noCycleYet' } : { is: 'loopUnknown', why };
}
