import { drawn, type History, type Span } from './history';
import type { Phase, Watch } from './incidentLog';
import type { Reason } from './cause';
import { rankOf, STATES, type DaemonState } from './states';

/** A part of the time of one daemon, in epoch ms. The parts of a lane touch each other. */
export interface LanePart {
  /** `noProblem`: a window of another workspace watched, and noted nothing. */
  readonly state: DaemonState | 'notWatched' | 'noProblem';
  readonly fromAt: number;
  readonly toAt: number;
  readonly reason?: Reason;
  /** No window watched: the daemon itself told it. */
  readonly toldByIt?: true;
}

interface Known {
  readonly spans: readonly Span[];
  readonly phases: readonly Phase[];
  readonly watches?: readonly Watch[];
}

/** What is known of one daemon between two moments, without a gap: what no window watched is such a part as well. */
export function laneOf(known: Known, sinceAt: number, nowAt: number): readonly LanePart[] {
  const all: LanePart[] = [
    { state: 'notWatched', fromAt: sinceAt, toAt: nowAt },
    ...(known.watches ?? []).map(({ fromAt, toAt }) => ({ state: 'noProblem' as const, fromAt, toAt })),
    ...settled(known),
    ...known.phases
      .map(partOf)
      // The worst is seen where windows differ.
      .sort((one, other) => rankOf(other.state) - rankOf(one.state)),
  ];
  const within = all.map((part) => clipped(part, sinceAt, nowAt)).filter(({ fromAt, toAt }) => toAt > fromAt);
  return joined(laid(within));
}

/** The history as it is told: a problem from its begin to its end, and not from when it was noticed. */
export function toldHistory(history: History, phases: readonly Phase[]): History {
  const [first] = history.spans;
  const last = history.spans.at(-1);
  const seen = phases.filter(
    (phase) => first && last && partOf(phase).toAt >= first.fromAt && phase.fromAt <= last.toAt,
  );
  if (seen.length === 0 || !first || !last) return history;
  const sinceAt = Math.min(first.fromAt, ...seen.map(({ fromAt }) => fromAt));
  const spans = laneOf({ spans: history.spans, phases: seen }, sinceAt, last.toAt).flatMap(
    ({ state, fromAt, toAt }) => (isState(state) ? [{ state, fromAt, toAt }] : []),
  );
  const told = withNow(spans, last);
  return { ...history, ...drawn(told, history), spans: history.spans };
}

/** A lane has no part without a length, and a state that begins at this moment has none yet. */
function withNow(spans: readonly Span[], { state, toAt }: Span): readonly Span[] {
  return spans.at(-1)?.state === state ? spans : [...spans, { state, fromAt: toAt, toAt }];
}

function isState(state: LanePart['state']): state is DaemonState {
  return state !== 'notWatched' && state !== 'noProblem';
}

function partOf({
  state,
  fromAt,
  seenAt,
  endedAt,
  reason,
  toldByIt,
}: Phase): LanePart & { state: DaemonState } {
  return { state, fromAt, toAt: endedAt ?? seenAt, reason, ...(toldByIt && { toldByIt }) };
}

/** What was watched, without the problems that the log knows better: what came after those came when they ended. */
function settled({ spans, phases }: Known): readonly LanePart[] {
  const isKnown = ({ state, fromAt, toAt }: Span) =>
    STATES[state].severity !== 'plain' &&
    phases.some((phase) => phase.state === state && phase.fromAt <= toAt && partOf(phase).toAt >= fromAt);
  return spans.map((span, index) => {
    if (!isKnown(span)) return span;
    const next = spans.slice(index + 1).find((other) => !isKnown(other));
    // One that goes on is what it is.
    return next === undefined ? span : { ...span, state: next.state };
  });
}

function clipped(part: LanePart, sinceAt: number, nowAt: number): LanePart {
  return { ...part, fromAt: Math.max(part.fromAt, sinceAt), toAt: Math.min(part.toAt, nowAt) };
}

/** What is seen of parts that lie over each other, the last one on top: in one pass, also over a night of crashes. */
function laid(parts: readonly LanePart[]): readonly LanePart[] {
  const edges = parts
    .flatMap(({ fromAt, toAt }, index) => [
      { at: fromAt, index, begins: true },
      { at: toAt, index, begins: false },
    ])
    .sort((one, other) => one.at - other.at);
  const lane: LanePart[] = [];
  const here = new Set<number>();
  let fromAt = -Infinity;
  for (const { at, index, begins } of edges) {
    if (at > fromAt && here.size > 0) lane.push({ ...parts[Math.max(...here)]!, fromAt, toAt: at });
    fromAt = at;
    if (begins) here.add(index);
    else here.delete(index);
  }
  return lane;
}

/** Parts of one state that touch are one. */
function joined(parts: readonly LanePart[]): readonly LanePart[] {
  const lane: LanePart[] = [];
  for (const part of parts) {
    const last = lane.at(-1);
    if (last?.state === part.state && last.toAt === part.fromAt && last.toldByIt === part.toldByIt) {
      lane[lane.length - 1] = { ...last, toAt: part.toAt };
    } else lane.push(part);
  }
  return lane;
}
