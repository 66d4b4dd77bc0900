import type { ProofBy } from './cause';

/** A value of an answer that may prove that its daemon gets on with its work. Which one does, only a user knows. */
export interface ProofCandidate {
  readonly by: ProofBy;
  /** Where it stands in the answer. */
  readonly at: string;
  /** Where the answer says whether there is something to do; of `due`, whether a run is under way. */
  readonly busy?: string;
  /** How long ago its moment was, or how old it is, in ms: below 0 where it is to come. Absent for what is no time. */
  readonly agoMs?: number;
  /** The value as it stands there, bounded. */
  readonly shown: string;
}

/** What an answer is made of, and what in it could be a proof. */
export interface Explored {
  readonly form: 'healthJson' | 'json' | 'pairs' | 'metrics' | 'text';
  /** The likeliest first. */
  readonly candidates: readonly ProofCandidate[];
}
