/** What a daemon says of itself, or of a part of it. */
export type Condition = 'good' | 'warning' | 'bad' | 'starting' | 'stopping' | 'unknown';

const WORDS: Readonly<Record<Condition, string>> = {
  good: 'pass passed ok okay up healthy alive live ready running true online started serving success succeeded good available connected idle busy green passing',
  warning: 'warn warning degraded yellow',
  bad: 'fail failed failing failure error errored down unhealthy critical false dead crashed offline unavailable notready notok outofservice red notserving',
  starting: 'starting startup startingup loading loadingmodel initializing initialising booting warmingup',
  stopping: 'draining stopping stopped shuttingdown shutdown terminating terminated closing exiting',
  unknown: 'unknown',
};

const CONDITION_OF: ReadonlyMap<string, Condition> = new Map(
  Object.entries(WORDS).flatMap(([condition, words]) =>
    words.split(' ').map((word) => [word, condition as Condition] as const),
  ),
);

/** What one word of a status means, whatever its case; `undefined` for a word that is none. */
export function conditionOf(word: unknown): Condition | undefined {
  if (typeof word === 'boolean') return word ? 'good' : 'bad';
  if (typeof word !== 'string' || word.length > 40) return undefined;
  return CONDITION_OF.get(word.toLowerCase().replace(/[\s_-]+/g, ''));
}

/** Sentences of servers whose health is a text: each begins, or ends, like one of these. */
const SENTENCES: readonly (readonly [RegExp, Condition])[] = [
  [/(?<!\bnot )\b(shutting down|draining|terminating)\b/i, 'stopping'],
  [
    // Who failed to begin does not begin.
    /^(?!.*\b(?:fail|error|cannot|could not|unable|crash)).*\b(is starting|starting up|(?<!\bnot )loading|(?<!\bnot )initiali[sz]ing|warming up|not (yet )?started)\b/i,
    'starting',
  ],
  [/\b(unhealthy|not (ready|healthy|ok)|unavailable|(?<!\b(?:0|no) )failed|is down)\b/i, 'bad'],
  [/\b(degraded)\b/i, 'warning'],
  // `systemctl is-active`, and what `systemctl status` has behind it.
  [/^(inactive|deactivating)( \([\w-]+\))?$/i, 'stopping'],
  [/^activating( \([\w-]+\))?$/i, 'starting'],
  [/^active( \([\w-]+\))?$/i, 'good'],
  [
    /^(i'm alive|pong)\b|\b(is|are) (up|alive|ready|healthy|running|ok)\b|\bcheck passed\b|^all good|\bis not shutting down\b/i,
    'good',
  ],
];

/** What a short text means: one word, or one of the sentences that servers say. */
export function conditionOfText(text: string): Condition | undefined {
  const word = conditionOf(text.replace(/[.!]+$/, ''));
  // SERVER_IS_READY
  const words = text.replaceAll('_', ' ');
  return word ?? SENTENCES.find(([sentence]) => sentence.test(words))?.[1];
}

/** Of several things that are said at once the one that says most: who starts or stops is not ill. */
const BY_WEIGHT: readonly Condition[] = ['stopping', 'starting', 'bad', 'warning', 'good', 'unknown'];

export function heaviest(conditions: readonly Condition[]): Condition | undefined {
  return BY_WEIGHT.find((condition) => conditions.includes(condition));
}
