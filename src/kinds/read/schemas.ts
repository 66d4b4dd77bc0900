import { saidText } from '../../base/said';
import * as v from 'valibot';
import { SECOND_MS } from '../../base/time';
import { readId } from './id';
import { parseTime } from './time';

/** Schemas that several readers share. */

/** The last moment that a `Date` can hold. */
export const LAST_AT = 8.64e15;

/** What is not as it should be counts as not there. */
export const lenient = <T extends v.GenericSchema>(schema: T) =>
  v.optional(v.fallback(v.union([schema, v.undefined()]), undefined));
/** The number of a process. */
export const pid = v.pipe(v.number(), v.integer(), v.minValue(1));
export const finite = v.pipe(v.number(), v.finite());
/** One bounded line; empty where there is none. */
export const line = (maxChars: number) =>
  v.optional(
    v.pipe(
      v.fallback(v.string(), ''),
      v.transform((text) => saidText(text, maxChars)),
    ),
    '',
  );
/** What names a thing, whole. */
export const id = v.pipe(
  v.string(),
  v.check((value) => readId(value) !== undefined),
);
/** Epoch seconds, 0 where there are none yet. */
export const seconds = v.pipe(
  finite,
  v.transform((value) => Math.round(value * SECOND_MS)),
  v.check((at) => at > 0 && at <= LAST_AT),
);
/** ISO 8601, as epoch ms. */
export const isoTime = v.pipe(
  v.string(),
  v.transform(parseTime),
  v.check((at) => Number.isFinite(at)),
);
