import assert from 'node:assert/strict';
import type { Outcome, StopOutcome } from '../../src/model/outcome';
import { sentenceOf } from '../../src/words/errors';
import { outcomeText, stopText } from '../../src/words/outcomes';

/** The end of a restart, with its sentences. */
export function spoken<T extends Outcome>(outcome: T): T & { readonly text: string } {
  return { ...outcome, text: outcomeText(outcome) };
}

/** The end of a stop, with its sentences. */
export function spokenStop(outcome: StopOutcome): StopOutcome & { readonly text: string } {
  return { ...outcome, text: stopText(outcome) };
}

/** For `assert.rejects`: an error whose sentences are so. */
export function saying(words: RegExp | string): (error: unknown) => true {
  return (error) => {
    if (typeof words === 'string') assert.equal(sentenceOf(error), words);
    else assert.match(sentenceOf(error), words);
    return true;
  };
}
