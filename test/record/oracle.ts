import type { Truth } from './daemon';

/**
 * Judges a day by its script alone: what was true of each daemon at each moment, and what its row showed. Of the
 * extension it knows nothing but the promises of its README: how soon what is proven is to be red.
 */

/** A row of a daemon from a moment on. */
export interface Shown {
  readonly atMs: number;
  readonly isRed: boolean;
  readonly isGreen: boolean;
}

export interface Watched {
  readonly name: string;
  /** As set for this daemon. */
  readonly pollMs: number;
  readonly truths: readonly Truth[];
  readonly shown: readonly Shown[];
  /** When a notification told that it is bad, and in which words. */
  readonly told: readonly { readonly atMs: number; readonly text: string }[];
}

/** What the day was like besides: moments of the monotonic clock. */
export interface Circumstances {
  readonly focused: readonly (readonly [fromMs: number, toMs: number])[];
  /** The machine slept, had no CPU to spare, or the window stood still: red may come later. */
  readonly disturbed: readonly (readonly [fromMs: number, toMs: number])[];
  /** The machine had no CPU to spare: a daemon that is silent may be well or not. */
  readonly starved: readonly (readonly [fromMs: number, toMs: number])[];
  /** Status requests by minute of the run, where a window had the focus throughout. */
  readonly requests: readonly { readonly name: string; readonly minute: number; readonly count: number }[];
  readonly endMs: number;
}

export const VERDICTS = [
  'proven',
  'misses',
  'late',
  'falseReds',
  'falseGreens',
  'toldTwice',
  'overAsked',
] as const;
export type Counts = Readonly<Record<(typeof VERDICTS)[number], number>>;

export interface Judgement {
  readonly counts: Counts;
  /** Each count but `proven`, in words. */
  readonly findings: readonly string[];
}

/** Of what is proven, this much later red is there, besides the time to the next poll. */
const RED_AFTER_MS: Readonly<Partial<Record<Truth['is'], number>>> = {
  // 250 ms after the threshold, and the time to draw and to answer.
  hung: 2_000,
  // 24 s at most.
  silent: 24_000,
  // Three in a row over ten seconds, and one second between two asks.
  gone: 13_000,
  failing: 13_000,
};
const UNFOCUSED_POLL_MS = 15_000;
const JITTER = 1.1;
/** A daemon that is away is asked ever less often. */
const BACKOFF_MS = 30_000;
/** An incident ends only after so long of good answers. */
const RECOVERY_MS = 30_000;
/** What was on its way when a truth began counts for the one before. */
const IN_FLIGHT_MS = 8_000;
const DISTURBED_MS = 90_000;
const MINUTE_MS = 60_000;
/** Of its status, in a window with the focus. */
const MOST_REQUESTS = 12;
const REMINDER_MS = 3_500_000;
/** Two bad times so close are one incident. */
const ONE_INCIDENT_MS = 60_000;

export function judge(daemons: readonly Watched[], day: Circumstances): Judgement {
  const counts = Object.fromEntries(VERDICTS.map((name) => [name, 0])) as Record<keyof Counts, number>;
  const findings: string[] = [];
  const find = (what: keyof Counts, atMs: number, text: string) => {
    counts[what]++;
    if (what !== 'proven') findings.push(`${Math.round(atMs)} ${what}: ${text}`);
  };
  for (const daemon of daemons) judgeOne(daemon, day, find);
  return { counts, findings };
}

type Find = (what: keyof Counts, atMs: number, text: string) => void;

function judgeOne({ name, pollMs, truths, shown, told }: Watched, day: Circumstances, find: Find): void {
  const gapMs = (atMs: number) =>
    Math.max(pollMs, isIn(day.focused, atMs) ? 0 : UNFOCUSED_POLL_MS, wasBad(truths, atMs) ? BACKOFF_MS : 0) *
    JITTER;
  const isDisturbed = (fromMs: number, toMs: number) =>
    day.disturbed.some(([from, to]) => from <= toMs && to + DISTURBED_MS >= fromMs);

  truths.forEach((truth, index) => {
    const toMs = truths[index + 1]?.fromMs ?? day.endMs;
    const provenMs = truth.provenMs ?? truth.fromMs;
    const redAfterMs = RED_AFTER_MS[truth.is];
    if (redAfterMs === undefined) return;
    const dueMs = provenMs + redAfterMs + (truth.is === 'hung' ? 0 : gapMs(truth.fromMs));
    if (toMs <= dueMs || isDisturbed(truth.fromMs, dueMs)) return;
    find('proven', dueMs, name);
    const isRedAt = stateAt(shown, dueMs)?.isRed === true;
    const redMs = isRedAt
      ? dueMs
      : shown.find(({ atMs, isRed }) => isRed && atMs > dueMs && atMs < toMs)?.atMs;
    if (redMs === undefined) find('misses', dueMs, `${name} is ${truth.is} and never red`);
    else if (redMs > dueMs)
      find('late', redMs, `${name} is ${truth.is}: red ${Math.round(redMs - dueMs)} ms late`);
    const greenMs = stateAt(shown, dueMs)?.isGreen
      ? dueMs
      : shown.find(({ atMs, isGreen }) => isGreen && atMs > dueMs && atMs < toMs)?.atMs;
    if (greenMs !== undefined) find('falseGreens', greenMs, `${name} is ${truth.is} and shown healthy`);
  });

  let wasRed = false;
  for (const { atMs, isRed } of shown) {
    const begins = isRed && !wasRed;
    wasRed = isRed;
    if (!begins) continue;
    const truth = truthAt(truths, atMs);
    if (!truth) continue;
    const isMeant =
      truth.is === 'untold' || (RED_AFTER_MS[truth.is] !== undefined && atMs >= (truth.provenMs ?? 0) - 100);
    const isOfBefore =
      wasBad(truths, truth.fromMs) && atMs - truth.fromMs < IN_FLIGHT_MS + gapMs(truth.fromMs);
    const isStarved = day.starved.some(([from, to]) => from <= atMs && atMs <= to + DISTURBED_MS);
    if (!isMeant && !isOfBefore && !isStarved)
      find('falseReds', atMs, `${name} is ${truth.is} and turns red`);
  }
  truths.forEach((truth, index) => {
    if (truth.is !== 'well') return;
    const toMs = truths[index + 1]?.fromMs ?? day.endMs;
    const dueMs = truth.fromMs + RECOVERY_MS + IN_FLIGHT_MS + 2 * gapMs(truth.fromMs + 1);
    if (dueMs >= toMs || isDisturbed(truth.fromMs, dueMs)) return;
    const before = stateAt(shown, dueMs);
    if (before?.isRed && before.atMs <= truth.fromMs)
      find('falseReds', dueMs, `${name} is well and stays red`);
  });

  for (const { minute, count } of day.requests.filter((one) => one.name === name)) {
    const [fromMs, toMs] = [(minute - 1) * MINUTE_MS, (minute + 1) * MINUTE_MS];
    // A daemon that is or was in trouble is looked into at once.
    const isWell =
      truthAt(truths, fromMs)?.is === 'well' &&
      !truths.some((one) => one.fromMs > fromMs && one.fromMs < toMs);
    if (count > MOST_REQUESTS && isWell)
      find('overAsked', minute * MINUTE_MS, `${name} was asked ${count} times in a minute`);
  }

  const incidents = incidentsOf(truths, day.endMs);
  for (const [fromMs, toMs] of incidents) {
    let lastMs = -Infinity;
    for (const { atMs, text } of told) {
      if (atMs < fromMs || atMs > toMs + ONE_INCIDENT_MS) continue;
      if (atMs - lastMs < REMINDER_MS) find('toldTwice', atMs, `${name}: ${text}`);
      else lastMs = atMs;
    }
  }
}

/** From when to when it was bad without a break that counts. */
function incidentsOf(truths: readonly Truth[], endMs: number): readonly (readonly [number, number])[] {
  const incidents: [number, number][] = [];
  truths.forEach((truth, index) => {
    if (truth.is === 'well' || truth.is === 'resting') return;
    const toMs = truths[index + 1]?.fromMs ?? endMs;
    const last = incidents.at(-1);
    if (last && truth.fromMs - last[1] < ONE_INCIDENT_MS) last[1] = toMs;
    else incidents.push([truth.fromMs, toMs]);
  });
  return incidents;
}

function truthAt(truths: readonly Truth[], atMs: number): Truth | undefined {
  return truths.findLast(({ fromMs }) => fromMs <= atMs);
}

function stateAt(shown: readonly Shown[], atMs: number): Shown | undefined {
  return shown.findLast((one) => one.atMs <= atMs);
}

/** Just before, so that it is asked ever less often. */
function wasBad(truths: readonly Truth[], atMs: number): boolean {
  const before = truths.findLast(({ fromMs }) => fromMs < atMs);
  return before !== undefined && before.is !== 'well' && before.is !== 'resting';
}

function isIn(spans: readonly (readonly [number, number])[], atMs: number): boolean {
  return spans.some(([fromMs, toMs]) => fromMs <= atMs && atMs < toMs);
}
