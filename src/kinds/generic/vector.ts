import { cleanText } from '../../base/text';
import { SECOND_MS } from '../../base/time';
import type { StrangeAnswer } from '../../health/cause';
import { MAX_VALUE_CHARS } from './policy';
import { parse } from './said';
import { numberIn } from './values';

/** The labels of a series. */
export type Labels = Readonly<Record<string, unknown>>;

/** One series of an instant vector, as Prometheus gives it: the value is a text, and may be "NaN". */
export interface Sample {
  readonly metric: Labels;
  /** The moment in epoch seconds, and the value. */
  readonly value: readonly unknown[];
}

/** An instant vector. */
export interface Vector {
  readonly samples: readonly Sample[];
  /** When Prometheus worked it out, epoch ms on its clock; absent where no series tells. */
  readonly at?: number;
}

/**
 * Reads what Prometheus answers to a query (Prometheus, "HTTP API", "Instant queries"). Never throws; what is no list of
 * series is said.
 */
export function readVector(body: string): Vector | StrangeAnswer {
  const { status, data } = (parse(body) ?? {}) as { status?: unknown; data?: unknown };
  const { resultType, result } = (data ?? {}) as { resultType?: unknown; result?: unknown };
  if (status !== 'success' || typeof resultType !== 'string') return { is: 'noPrometheus' };
  if (resultType !== 'vector' || !Array.isArray(result)) {
    return { is: 'noVector', type: cleanText(resultType, MAX_VALUE_CHARS) };
  }
  let at: number | undefined;
  const samples: Sample[] = [];
  for (const each of result as readonly unknown[]) {
    const sample = isSample(each) ? each : withoutFigure(each);
    if (!sample) return { is: 'noPrometheus' };
    const seconds = sample.value[0];
    if (at === undefined && typeof seconds === 'number') at = Math.round(seconds * SECOND_MS);
    samples.push(sample);
  }
  return { samples, ...(at !== undefined && { at }) };
}

function isSample(value: unknown): value is Sample {
  return hasLabels(value) && Array.isArray((value as Partial<Sample>).value);
}

function hasLabels(value: unknown): value is Pick<Sample, 'metric'> {
  const sample = value as Partial<Sample> | null | undefined;
  return typeof sample?.metric === 'object' && sample.metric !== null;
}

/** A native histogram has no value: its series is there, and nothing is known of its daemon. */
function withoutFigure(each: unknown): Sample | undefined {
  if (!hasLabels(each)) return undefined;
  return { metric: each.metric, value: [undefined, 'histogram' in each ? 'a histogram' : 'missing'] };
}

/** Of `up`: how many targets Prometheus measures, and how many of these answer it. */
export function countTargets({ samples }: Vector): { readonly up: number; readonly of: number } {
  return { up: samples.filter(({ value }) => numberIn(value[1]) === 1).length, of: samples.length };
}
