import type { Report } from './report';
import { assessLoop, cyclesOf, isUntoldByKind, untoldLoop } from './staleness';

/** What one answer of a daemon that was just started proves. `why` goes on after "it answers, but". */
export type Proof =
  | { readonly kind: 'works' }
  /** Nothing that it says could ever prove it. */
  | { readonly kind: 'untold'; readonly why: string }
  | { readonly kind: 'hangs'; readonly why: string }
  | { readonly kind: 'notYet'; readonly why: string };

/** By the rule that every poll is judged by: a completed poll cycle within the threshold is a proof. */
export function proofOf(report: Report): Proof {
  if (report.starting) return { kind: 'notYet', why: 'it is still starting' };
  if (!report.isRunning || report.available === false) {
    const why = report.isRunning ? 'it says that it is not available' : 'its poll loop is stopped';
    return { kind: 'notYet', why: report.unavailableReason || why };
  }
  const loop = assessLoop(report);
  switch (loop.kind) {
    case 'advancing':
      return { kind: 'works' };
    case 'starting':
      return { kind: 'notYet', why: 'it has not completed a poll cycle' };
    case 'stale':
      return { kind: 'hangs', why: `its poll loop hangs (${loop.rule})` };
    case 'unknown':
      // A daemon that does not tell of its cycles cannot be waited for any longer.
      return report.progress.kind === 'untold'
        ? { kind: 'untold', why: untold(report) }
        : { kind: 'notYet', why: unknownInWords(report, loop.rule) };
  }
}

function untold(report: Report): string {
  return isUntoldByKind(report)
    ? untoldLoop(report)
    : 'this version does not report its poll cycles, so that it works could not be proven';
}

/** Before its first cycle a daemon that tells of cycles has no times yet. */
function unknownInWords(report: Report, rule: string): string {
  const { startedAt, completedAt } = cyclesOf(report);
  const hasNoTimes = startedAt === undefined && completedAt === undefined;
  return hasNoTimes && report.malformed.length === 0 ? 'it has not completed a poll cycle' : rule;
}
