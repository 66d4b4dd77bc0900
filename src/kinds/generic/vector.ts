import { saidText } from '../../base/said';
import { cleanText } from '../../base/text';
import { SECOND_MS } from '../../base/time';
import type { StrangeAnswer } from '../../health/cause';
import { MAX_SAID_CHARS } from '../policy';
import { MAX_VALUE_CHARS } from './policy';
import { parse } from './said';
import { numberIn, shown } from './values';

/** The labels of a series. */
export type Labels = Readonly<Record<string, string>>;

/** One series of an instant vector, as Prometheus gives it: the value is a text, and may be "NaN". */
export interface Sample {
  readonly metric: Labels;
  /** The moment in epoch seconds, and the value; of one without a value why. */
  readonly value: readonly unknown[];
}

/** An instant vector. */
export interface Vector {
  readonly samples: readonly Sample[];
  /** When Prometheus worked it out, epoch ms on its clock; absent where no series tells. */
  readonly at?: number;
  /** Its words, or a field: it may have left series out. */
  readonly warning?: string;
}

/**
 * Reads what Prometheus answers to a query (Prometheus, "HTTP API", "Instant queries"). Never throws; what is no list of
 * series, or has a series that is none, is said.
 */
export function readVector(body: string): Vector | StrangeAnswer {
  const answer = (parse(body) ?? {}) as Readonly<Record<string, unknown>>;
  const { status, data } = answer;
  const { resultType, result } = (data ?? {}) as { resultType?: unknown; result?: unknown };
  if (status !== 'success' || typeof resultType !== 'string') return { is: 'noPrometheus' };
  if (resultType !== 'vector' || !Array.isArray(result)) {
    return { is: 'noVector', type: cleanText(resultType, MAX_VALUE_CHARS) };
  }
  let at: number | undefined;
  const samples: Sample[] = [];
  for (const each of result as readonly unknown[]) {
    const { metric, value } = (each ?? {}) as Partial<Sample>;
    if (!isLabels(metric)) return { is: 'noPrometheus' };
    if (Array.isArray(value)) {
      at ??= momentIn(value[0]);
      samples.push(each as Sample);
    } else {
      const why = Object.hasOwn(each as Sample, 'histogram') ? 'a histogram' : 'missing';
      samples.push({ metric, value: [undefined, why] });
    }
  }
  const warning = warningIn(answer);
  return { samples, ...(at !== undefined && { at }), ...(warning !== undefined && { warning }) };
}

function isLabels(value: unknown): value is Labels {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const label in value) if (typeof (value as Labels)[label] !== 'string') return false;
  return true;
}

function momentIn(seconds: unknown): number | undefined {
  const isMoment = typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds);
  return isMoment ? Math.round(seconds * SECOND_MS) : undefined;
}

/** A store of a Thanos that does not answer is a warning, and VictoriaMetrics says `isPartial`: series may be missing. */
function warningIn({ warnings = [], isPartial }: Readonly<Record<string, unknown>>): string | undefined {
  const [first] = Array.isArray(warnings) ? (warnings as readonly unknown[]) : [warnings];
  if (first !== undefined && first !== null) {
    return typeof first === 'string' ? saidText(first, MAX_SAID_CHARS) || shown(first) : shown(first);
  }
  return isPartial === true ? 'isPartial' : undefined;
}

/** Of `up`: how many targets Prometheus measures, and how many of these answer it. */
export function countTargets({ samples }: Vector): { readonly up: number; readonly of: number } {
  return { up: samples.filter(({ value }) => numberIn(value[1]) === 1).length, of: samples.length };
}
