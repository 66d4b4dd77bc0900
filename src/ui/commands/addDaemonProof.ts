import { MINUTE_MS } from '../../base/time';
import type { ProofCandidate } from '../../health/explored';
import { readDaemons, type ListedDaemon } from '../../settings/daemonList';
import { choose } from '../shared/choose';
import type { PlainText } from '../shared/markdown';
import { candidateText } from './addDaemonFoundText';
import { ADD } from './addDaemonText';
import { pickTimeout } from './pickTimeout';

/**
 * Which of the values of its answer proves that a daemon gets on, and for how long it may owe that.
 * @returns `'none'` where the user watches presence only; `undefined` where the user goes back
 */
export async function askProof(
  title: PlainText,
  candidates: readonly ProofCandidate[],
): Promise<ListedDaemon['progress'] | 'none'> {
  const offered = candidates.filter((candidate) => isReadable(progressOf(candidate, MINUTE_MS)));
  if (offered.length === 0) return 'none';
  const picked = await choose<ProofCandidate | 'none'>(
    [
      ...offered.map((value) => ({ ...candidateText(value), value })),
      { label: ADD.noProof, description: ADD.noProofDetail, value: 'none' },
    ],
    { title, question: ADD.proof },
  );
  if (picked === undefined || picked === 'none') return picked;
  const offeredMs = offeredMsOf(picked);
  const redAfterMs = await pickTimeout(ADD.redAfter, offeredMs, (ms) =>
    picked.agoMs !== undefined && picked.agoMs > ms ? ADD.redNow : undefined,
  );
  return redAfterMs === undefined ? undefined : progressOf(picked, redAfterMs);
}

function progressOf({ by, at, busy }: ProofCandidate, redAfterMs: number) {
  return { [by]: at, ...(busy !== undefined && { busy }), redAfterMs };
}

/** By the rules of the settings that it goes into. */
function isReadable(progress: NonNullable<ListedDaemon['progress']>): boolean {
  const entry = { files: ['/x'], progress };
  return readDaemons([entry], { configured: true, allowRemote: false }).problems.length === 0;
}

const OFFERED_MIN = [1, 5, 15, 30, 60, 180, 720, 1_440];
/** A loop turns within seconds; a schedule and its work take minutes. */
const LEAST_MIN: Readonly<Record<ProofCandidate['by'], number>> = {
  time: 5,
  age: 5,
  counter: 5,
  due: 5,
  beat: 1,
};

/** The first is what Enter takes: not below what is usual, and twice as long as it lasts now. */
function offeredMsOf({ by, agoMs = 0 }: ProofCandidate): readonly number[] {
  const offered = OFFERED_MIN.map((minutes) => minutes * MINUTE_MS);
  const usual = offered.find((ms) => ms >= LEAST_MIN[by] * MINUTE_MS && ms > 2 * agoMs);
  return usual === undefined ? offered.toReversed() : [usual, ...offered.filter((ms) => ms !== usual)];
}
