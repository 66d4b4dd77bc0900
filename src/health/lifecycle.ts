import type { Report } from './report';
import { isLive, isStranded } from './sessions';
import type { Track } from './tracker';

/** What is remembered of one daemon's life. */
export interface Life {
  readonly report: Report;
  readonly answer: Track['last'];
  /** Nobody answered since then. */
  readonly wasGone: boolean;
  /** We restarted or stopped it since then. */
  readonly wasOurs: boolean;
}

/** A daemon that began a new life while we looked on. */
export interface Restarted {
  readonly kind: 'restart' | 'reboot';
  /** How long the life before lasted, in ms; `undefined` where the daemon does not tell. */
  readonly wasUpMs?: number;
  /** It does not name its lives: it was gone, and so is its work. */
  readonly isInferred: boolean;
  readonly resumed: number;
  readonly interrupted: number;
}

/**
 * One more look at a daemon: what to remember, and whether it began a new life. Silent at the first look, before
 * the new life has completed a cycle (it may still be resuming), and where the restart was ours and cost nothing.
 */
export function advanceLife(
  previous: Life | undefined,
  track: Track,
): { readonly life: Life | undefined; readonly restarted?: Restarted } {
  const { last } = track;
  if (!last) return { life: previous };
  if (!previous) return { life: begin(last) };
  const life: Life = {
    ...previous,
    answer: last,
    wasGone: previous.wasGone || isGone(track),
    wasOurs: previous.wasOurs || track.restarting || track.stoppedByUs,
  };
  if (previous.answer === last) return { life };
  const { report } = last;
  if (!isNewLife(life, report))
    return { life: { ...begin(last), wasOurs: track.restarting || track.stoppedByUs } };
  if (report.isRunning && report.lastPollCompletedAt === undefined) return { life };
  const restarted = compare(life.report, report);
  const isSilent = life.wasOurs && restarted.interrupted === 0;
  return { life: begin(last), ...(!isSilent && { restarted }) };
}

function begin(answer: NonNullable<Track['last']>): Life {
  return { report: answer.report, answer, wasGone: false, wasOurs: false };
}

function isGone({ sample }: Track): boolean {
  return sample?.ok === false && (sample.failure.kind === 'refused' || sample.failure.kind === 'reset');
}

/** By its instance where the daemon names it. smithy does not: it was gone, and all that it ran is gone too. */
function isNewLife({ report: before, wasGone }: Life, after: Report): boolean {
  if (before.instance?.id !== undefined && after.instance?.id !== undefined) {
    return before.instance.id !== after.instance.id;
  }
  const ran = (before.sessions ?? []).filter(isLive);
  const still = new Set(after.sessions?.map(({ id }) => id));
  return wasGone && after.sessions !== undefined && ran.length > 0 && !ran.some(({ id }) => still.has(id));
}

function compare(before: Report, after: Report): Restarted {
  const isNamed = after.instance?.id !== undefined;
  const now = new Map(after.sessions?.map((session) => [session.id, session]));
  let resumed = 0;
  let interrupted = 0;
  for (const { id } of (before.sessions ?? []).filter(isLive)) {
    const session = now.get(id);
    if (session ? isStranded(session) : !isNamed) interrupted++;
    // dispatchd does not list what waits for a worker: it is to be run again.
    else if (!session || isLive(session)) resumed++;
  }
  const { startKind, previousUpMs } = after.instance ?? {};
  return {
    kind: startKind === 'reboot' ? 'reboot' : 'restart',
    ...(previousUpMs !== undefined && { wasUpMs: previousUpMs }),
    isInferred: !isNamed,
    resumed,
    interrupted,
  };
}
