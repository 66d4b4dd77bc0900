import { cleanText } from '../../base/text';
import { SECOND_MS } from '../../base/time';
import type { SeriesUnknown, StrangeAnswer } from '../../health/cause';
import type { Fleet, Series } from '../../health/progress';
import type { FleetSetting } from '../../model/askSetting';
import {
  LONGEST_AGE_MS,
  MAX_LABELS_CHARS,
  MAX_SERIES,
  MAX_SERIES_NAME_CHARS,
  MAX_VALUE_CHARS,
  VANISHED_KEPT_MS,
} from './policy';
import { prove, type Moment, type Remembered } from './proofs';
import { parse } from './said';
import { numberIn } from './values';

/** The labels of a series. */
type Labels = Readonly<Record<string, unknown>>;

/** One series of an instant vector, as Prometheus gives it: the value is a text, and may be "NaN". */
interface Sample {
  readonly labels: Labels;
  readonly value: unknown;
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
    const { metric, value } = (each ?? {}) as { metric?: unknown; value?: unknown };
    if (typeof metric !== 'object' || metric === null || !Array.isArray(value)) continue;
    const [seconds, text] = value as readonly unknown[];
    if (at === undefined && typeof seconds === 'number') at = Math.round(seconds * SECOND_MS);
    samples.push({ labels: metric as Labels, value: text });
  }
  return { samples, ...(at !== undefined && { at }) };
}

/** What is remembered of a series from look to look. */
interface Known {
  readonly name: string;
  /** Monotonic ms of the last look that it was told at. */
  readonly toldMs: number;
  /** Of a counter: since when it stands. */
  readonly counted?: Remembered;
  /** Of a state: since when it is bad, epoch ms on the clock of Prometheus. */
  readonly badSinceAt?: number;
}

/** All series that were ever told, by their labels; those that are gone for long are forgotten. */
export type KnownSeries = ReadonlyMap<string, Known>;

/** What a look at a fleet shows, and what the next one needs to know of it. */
export interface FleetLook {
  readonly fleet: Fleet;
  readonly known: KnownSeries;
}

/**
 * What one more answer tells of a fleet. Pure. A series that was told before and is not now has vanished: nothing is
 * known of its daemon.
 *
 * @param before what the look before remembered
 * @param now the moment of the answer, on the clock of Prometheus
 */
export function readFleet(
  setting: FleetSetting,
  before: KnownSeries,
  samples: readonly Sample[],
  now: Moment,
): FleetLook {
  const { value: by, redAbove } = setting;
  const known = new Map<string, Known>();
  const series: Series[] = [];
  const name = namer(setting.rowName);
  const read = firstOf(samples);
  for (const { labels, value } of read) {
    const key = keyOf(labels);
    // Who gives a series twice breaks the rules, and a row stands once.
    if (known.has(key)) continue;
    const was = before.get(key);
    const one = READERS[by](setting, value, was, now);
    const named = was?.name ?? name(labels);
    known.set(key, { ...one.remembered, name: named, toldMs: now.monotonicMs });
    series.push({ ...one.series, key, name: named });
  }
  for (const [key, was] of before) {
    const isKept = !known.has(key) && now.monotonicMs - was.toldMs <= VANISHED_KEPT_MS;
    if (!isKept || known.size >= 2 * MAX_SERIES) continue;
    known.set(key, was);
    series.push({ key, name: was.name, unknown: VANISHED });
  }
  const limit = by === 'state' ? redAbove : redAbove * SECOND_MS;
  return { fleet: { kind: 'fleet', by, limit, series, unread: samples.length - read.length }, known };
}

const VANISHED: SeriesUnknown = { is: 'vanished' };
const NEVER: SeriesUnknown = { is: 'noSuccessYet' };

/** Of too many always the same ones: a series that is read now and then would seem to vanish. */
function firstOf(samples: readonly Sample[]): readonly Sample[] {
  if (samples.length <= MAX_SERIES) return samples;
  return samples
    .map((sample) => [keyOf(sample.labels), sample] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .slice(0, MAX_SERIES)
    .map(([, sample]) => sample);
}

/** The labels in one text; Prometheus gives them in the order of their names. */
function keyOf(labels: Labels): string {
  let key = '';
  for (const label in labels) {
    const value = labels[label];
    if (typeof value === 'string') key += `${key === '' ? '' : ','}${label}="${value}"`;
  }
  return key.length > MAX_LABELS_CHARS ? key.slice(0, MAX_LABELS_CHARS) : key;
}

const PLACEHOLDER = /\{\{\s*([a-zA-Z_]\w*)\s*\}\}/g;

/** Fills a name with the labels of a series; without any, all labels are its name. */
function namer(template: string): (labels: Labels) => string {
  const parts = template.split(PLACEHOLDER);
  const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
  return (labels) => {
    let name = '';
    let isNamed = false;
    // Every second part is a label.
    for (let n = 0; n < parts.length; n++) {
      const text = n % 2 === 0 ? parts[n]! : textOf(labels[parts[n]!]);
      name += text;
      isNamed ||= n % 2 === 1 && text !== '';
    }
    return (isNamed && cleanText(name, MAX_SERIES_NAME_CHARS)) || allOf(labels);
  };
}

/** As Prometheus writes it: what a sum over all gives. */
const NO_LABELS = '{}';

function allOf(labels: Labels): string {
  const { __name__: metric, ...rest } = labels;
  const { instance } = rest;
  if (typeof instance === 'string' && instance !== '') return cleanText(instance, MAX_SERIES_NAME_CHARS);
  const name = keyOf(rest) || (typeof metric === 'string' ? metric : '');
  return cleanText(name, MAX_SERIES_NAME_CHARS) || NO_LABELS;
}

/** What a value says of its series, and what is remembered of that. */
interface ReadSeries {
  readonly series: Omit<Series, 'key' | 'name'>;
  readonly remembered?: Pick<Known, 'counted' | 'badSinceAt'>;
}

type Reader = (setting: FleetSetting, raw: unknown, was: Known | undefined, now: Moment) => ReadSeries;

const READERS: Readonly<Record<FleetSetting['value'], Reader>> = { age, counter, state };

/** 0 and what is over ten years ago were never set. */
function age(_: FleetSetting, raw: unknown, _was: Known | undefined, { nowAt }: Moment): ReadSeries {
  const seconds = numberIn(raw);
  if (seconds === undefined) return unreadable(raw);
  const ageMs = seconds * SECOND_MS;
  if (seconds === 0 || ageMs > LONGEST_AGE_MS) return { series: { unknown: NEVER } };
  const at = Math.round(nowAt - ageMs);
  return { series: { provenAt: at, owedSinceAt: at } };
}

function counter({ redAbove }: FleetSetting, raw: unknown, was: Known | undefined, now: Moment): ReadSeries {
  const count = numberIn(raw);
  const counted = was?.counted;
  if (count === undefined) return { ...unreadable(raw), ...(counted && { remembered: { counted } }) };
  const setting = { by: 'counter', at: 'value', redAfterMs: redAbove * SECOND_MS } as const;
  const { signs, remembered } = prove(setting, counted, { value: count, busy: undefined }, now);
  const { provenAt, owedSinceAt } = signs;
  const told = {
    ...(provenAt !== undefined && { provenAt }),
    ...(owedSinceAt !== undefined && { owedSinceAt }),
  };
  return {
    series: count === 0 ? { unknown: NEVER } : told,
    ...(remembered && { remembered: { counted: remembered } }),
  };
}

function state(
  { redAbove }: FleetSetting,
  raw: unknown,
  was: Known | undefined,
  { nowAt }: Moment,
): ReadSeries {
  const value = numberIn(raw);
  if (value === undefined) return unreadable(raw);
  if (value <= redAbove) return { series: { provenAt: nowAt, value } };
  const badSinceAt = was?.badSinceAt ?? nowAt;
  return { series: { isBad: true, owedSinceAt: badSinceAt, value }, remembered: { badSinceAt } };
}

function unreadable(raw: unknown): ReadSeries {
  const received = cleanText(typeof raw === 'string' ? raw : typeof raw, MAX_VALUE_CHARS) || 'empty';
  return {
    series: {
      unknown: {
        is: 'malformed',
        malformed: [{ field: 'value', is: 'wrong', expected: 'a number', received }],
      },
    },
  };
}

/** Of `up`: how many targets Prometheus measures, and how many of these answer it. */
export function countTargets({ samples }: Vector): { readonly up: number; readonly of: number } {
  return { up: samples.filter(({ value }) => numberIn(value) === 1).length, of: samples.length };
}
