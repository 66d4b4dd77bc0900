import { SAMPLES_KEPT } from './policy';
import type { Failure, Sample } from './report';
import { cyclesOf } from './staleness';
import type { Track } from './trackState';
import { toldState, type DaemonState } from './states';

/** One poll's outcome in a few words, for diagnostics. */
export interface CompactSample {
  /** Epoch ms. */
  readonly at: number;
  /** What was made of it. */
  readonly state: DaemonState;
  readonly latencyMs?: number;
  /** How old the last completed poll cycle was, by the daemon's clock. */
  readonly cycleAgeMs?: number;
  readonly failure?: Failure;
}

/** The samples with the newest one of this track, if it brought one; the oldest go. */
export function appendSample(samples: readonly CompactSample[], track: Track): readonly CompactSample[] {
  const { sample, sampledAt, verdict } = track;
  // A step without a sample, such as the begin of a restart, leaves the last one in the track.
  if (!sample || !sampledAt || samples.at(-1)?.at === sampledAt.wallAt) return samples;
  return [
    ...samples.slice(1 - SAMPLES_KEPT),
    { at: sampledAt.wallAt, state: toldState(verdict), ...outcome(sample) },
  ];
}

function outcome(sample: Sample): Pick<CompactSample, 'latencyMs' | 'cycleAgeMs' | 'failure'> {
  if (!sample.ok) return { failure: sample.failure };
  const { daemonNow } = sample.report;
  const { completedAt } = cyclesOf(sample.report);
  const isTold = daemonNow !== undefined && completedAt !== undefined;
  return { latencyMs: sample.latencyMs, ...(isTold && { cycleAgeMs: daemonNow - completedAt }) };
}
