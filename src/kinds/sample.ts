import { saidText } from '../base/said';
import type { Cause } from '../health/cause';
import type { Failure, Sample } from '../health/report';
import { NoAnswer } from '../system/httpClient';
import type { HostWatch } from './hostLoad';
import type { Answered } from './kind';
import { MAX_SAID_CHARS, SERVER_ERROR_STATUS } from './policy';

/** Who says this is a daemon that lives, or may, and tells nothing of its state. */
const ALIVE: readonly Cause['is'][] = [
  'asksToWait',
  'otherVersion',
  // That nobody measures a fleet says nothing of its daemons.
  'prometheusSilent',
  'prometheusFails',
];

/** How busy the machine is. */
export type Load = () => ReturnType<HostWatch['result']>;

/** What an answer is for the core. */
export function toSample(answered: Answered, startedMs: number, load: Load): Sample {
  switch (answered.is) {
    case 'report':
      return { ok: true, startedMs, latencyMs: answered.latencyMs, report: answered.report };
    case 'statusHung':
      return { ok: false, startedMs, failure: { kind: 'statusHung', cause: answered.why, host: load() } };
    case 'wrong':
    case 'stranger':
      return { ok: false, startedMs, failure: wrongness(answered) };
  }
}

function wrongness(answered: Extract<Answered, { is: 'wrong' | 'stranger' }>): Failure {
  const { why: cause } = answered;
  if (ALIVE.includes(cause.is)) return { kind: 'untold', cause };
  if (cause.is !== 'httpError' || cause.status < SERVER_ERROR_STATUS) return { kind: 'wrongAnswer', cause };
  return { kind: 'errors', cause, isKnown: answered.is === 'wrong' && answered.isKnown === true };
}

/** Why there was no answer, for the core. */
export function failureOf(error: unknown, load: Load): Failure {
  if (!(error instanceof NoAnswer))
    return { kind: 'reset', cause: { is: 'unexpected', error: saidText(String(error), MAX_SAID_CHARS) } };
  const { kind, code: cause } = error;
  if (kind === 'unusable') return { kind: 'wrongAnswer', cause };
  return kind === 'timeout' ? { kind, cause, host: load() } : { kind, cause };
}
