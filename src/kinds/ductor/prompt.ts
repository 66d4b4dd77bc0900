import { saidText } from '../../base/said';
import * as v from 'valibot';

/** What a person asked for, as one bounded line: ductor adds a text of its own after a blank line. Empty where there is none. */
export const prompt = (maxChars: number) =>
  v.optional(
    v.pipe(
      v.fallback(v.string(), ''),
      v.transform((text) => saidText(text.trimStart().split(/\r?\n[^\S\n]*\n/, 1)[0]!, maxChars)),
    ),
    '',
  );
