import { saidText } from '../../base/said';
import { mayBeMetrics, readMetrics } from './metrics';
import { MAX_PLACE_DEPTH, MAX_PLACES } from './policy';
import type { Said } from './spoken';

/** The places that are no field: the whole text, and when a file was changed. */
export const TEXT_PLACE = '$text';
/** The place of a list that is the answer itself. */
export const ALL_PLACE = '$all';

/** Reads JSON, `key=value` lines, lines of metrics, or a text of which only the whole is a value. Never throws. */
export function readSaid(text: string): Said {
  const whole = text.trim();
  const json = parse(whole);
  if (json === undefined && mayBeMetrics(whole)) {
    const metrics = readMetrics(whole);
    return {
      ...metrics,
      at: (place, isAmount) => (place === TEXT_PLACE ? whole : metrics.at(place, isAmount)),
    };
  }
  const fields: unknown = json === undefined ? pairsIn(whole) : json;
  const told = typeof json === 'string' ? json : whole;
  return {
    at: (place) => (place === TEXT_PLACE ? told : valueAt(fields, place)),
    hasFields: Object.keys(fields ?? {}).length > 0,
    places: () => placesIn(fields),
    ...(json !== undefined && { json }),
  };
}

/** The JSON that a text is; `undefined` where it is none. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `ActiveState=active`: what systemctl prints. Env files may have `export` before it, blanks around, and quotes. */
const PAIR = /^(?:export\s+)?([\w.-]+)\s*=\s*(?:"(.*)"|'(.*)'|(.*))$/;

function pairsIn(text: string): Readonly<Record<string, string>> {
  const pairs = text.split('\n').flatMap((line) => {
    const [, key, ...values] = PAIR.exec(line.trim()) ?? [];
    const value = values.find((each) => each !== undefined);
    return key === undefined || value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(pairs);
}

/** The value at a place, `jobs.0.next` or `jobs[0].next`; `undefined` where there is none. */
export function valueAt(value: unknown, place: string): unknown {
  const found = below(value, place.split('.'));
  if (found !== undefined || !place.includes('[')) return found;
  const dotted = place.replace(/\[(\d+)\]/g, '.$1').replace(/^\./, '');
  return below(value, dotted.split('.'));
}

/** The value below these keys. A key may have a dot in it: then it is two or more of the parts. */
function below(value: unknown, parts: readonly string[]): unknown {
  if (parts.length === 0) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (let count = 1; count <= parts.length; count++) {
    const key = parts.slice(0, count).join('.');
    if (!Object.hasOwn(value, key)) continue;
    const found = below((value as Record<string, unknown>)[key], parts.slice(count));
    if (found !== undefined) return found;
  }
  return undefined;
}

function placesIn(fields: unknown): readonly string[] {
  const places: string[] = [];
  collectPlaces(fields, [], places);
  return places;
}

/** Which one of a list has a position says nothing, unless it is the only one. */
function collectPlaces(value: unknown, keys: readonly string[], places: string[]): void {
  if (places.length >= MAX_PLACES) return;
  if (typeof value !== 'object' || value === null) {
    if (keys.length > 0) places.push(keys.join('.'));
    return;
  }
  if (keys.length >= MAX_PLACE_DEPTH || (Array.isArray(value) && value.length > 1)) return;
  for (const [key, inner] of Object.entries(value)) collectPlaces(inner, [...keys, key], places);
}

/** One bounded line of it, to be shown. */
export function lineOf(value: unknown, maxChars: number): string | undefined {
  if (typeof value === 'string') return saidText(value, maxChars) || undefined;
  if (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string')) {
    return saidText(value.slice(0, 10).join(', '), maxChars) || undefined;
  }
  return undefined;
}
