import type { Severity, StateRow } from './stateRow';

export type { Severity } from './stateRow';

export type DaemonState =
  | 'unresponsive'
  | 'unreachable'
  | 'failing'
  | 'wedged'
  | 'wrongAnswer'
  | 'unavailable'
  | 'stuck'
  | 'unstable'
  | 'notAnswering'
  | 'restarting'
  | 'starting'
  | 'stopped'
  | 'paused'
  | 'unverified'
  | 'healthy'
  | 'offline';

/**
 * The state table: all that a state means but its rule (health/verdict.ts) and its words (words/states.ts). The rows
 * stand in the order of surfaces: where only one daemon can be shown, the first row that is there wins.
 */
export const STATES: Readonly<Record<DaemonState, StateRow>> = {
  unresponsive: {
    severity: 'red',
    isDown: true,
    phase: 'up',
    work: 'dispatched',
    silencesCountdowns: 'always',
    tells: 'condition',
    notifiesAs: 'error',
    isCuredByRestart: true,
    isOverBy: 'answer',
  },
  unreachable: {
    severity: 'red',
    isDown: true,
    phase: 'gone',
    work: 'unknown',
    silencesCountdowns: 'always',
    tells: 'condition',
    notifiesAs: 'warning',
    isCuredByRestart: true,
    isOverBy: 'answer',
  },
  failing: {
    severity: 'red',
    isDown: false,
    phase: 'up',
    work: 'dispatched',
    silencesCountdowns: 'always',
    tells: 'condition',
    notifiesAs: 'error',
    isCuredByRestart: true,
    isOverBy: 'answer',
  },
  wedged: {
    severity: 'red',
    isDown: false,
    phase: 'up',
    work: 'dispatched',
    silencesCountdowns: 'always',
    tells: 'condition',
    notifiesAs: 'error',
    isCuredByRestart: true,
    isOverBy: 'cycle',
  },
  wrongAnswer: {
    severity: 'amber',
    isDown: false,
    phase: 'up',
    work: 'unknown',
    silencesCountdowns: 'always',
    tells: 'condition',
    notifiesAs: 'warning',
    isCuredByRestart: false,
    isOverBy: 'answer',
    isMaybeOther: true,
  },
  unavailable: {
    severity: 'amber',
    isDown: false,
    phase: 'up',
    work: 'told',
    silencesCountdowns: 'unlessRunning',
    tells: 'condition',
    notifiesAs: 'warning',
    isCuredByRestart: false,
    isOverBy: 'answer',
  },
  stuck: {
    severity: 'amber',
    isDown: false,
    phase: 'up',
    work: 'dispatched',
    silencesCountdowns: 'never',
    tells: 'condition',
    notifiesAs: 'warning',
    isCuredByRestart: false,
    isOverBy: 'answer',
  },
  unstable: {
    severity: 'amber',
    isDown: false,
    phase: 'up',
    work: 'dispatched',
    silencesCountdowns: 'never',
    tells: 'change',
    notifiesAs: 'warning',
    isCuredByRestart: true,
    isOverBy: 'answer',
  },
  notAnswering: {
    severity: 'plain',
    isDown: false,
    phase: 'up',
    work: 'dispatched',
    silencesCountdowns: 'never',
    tells: 'nothing',
    works: 'unseen',
    endsALife: false,
    incident: 'goesOn',
  },
  restarting: {
    severity: 'plain',
    isDown: false,
    phase: 'busy',
    work: 'dispatched',
    silencesCountdowns: 'always',
    tells: 'condition',
    works: 'presumed',
    endsALife: true,
    incident: 'waits',
  },
  starting: {
    severity: 'plain',
    isDown: false,
    phase: 'up',
    work: 'dispatched',
    silencesCountdowns: 'never',
    tells: 'condition',
    works: 'presumed',
    endsALife: false,
    incident: 'goesOn',
  },
  stopped: {
    severity: 'plain',
    isDown: false,
    phase: 'up',
    work: 'told',
    silencesCountdowns: 'always',
    tells: 'condition',
    works: 'unseen',
    endsALife: true,
    incident: 'ends',
  },
  paused: {
    severity: 'plain',
    isDown: false,
    phase: 'up',
    work: 'dispatched',
    silencesCountdowns: 'always',
    tells: 'condition',
    works: 'presumed',
    endsALife: false,
    incident: 'settles',
  },
  unverified: {
    severity: 'plain',
    isDown: false,
    phase: 'up',
    work: 'dispatched',
    silencesCountdowns: 'never',
    tells: 'nothing',
    works: 'unseen',
    endsALife: false,
    incident: 'settlesByAnswer',
  },
  healthy: {
    severity: 'plain',
    isDown: false,
    phase: 'up',
    work: 'dispatched',
    silencesCountdowns: 'never',
    tells: 'condition',
    works: 'proven',
    endsALife: false,
    incident: 'settles',
  },
  offline: {
    severity: 'plain',
    isDown: true,
    phase: 'down',
    work: 'unknown',
    silencesCountdowns: 'always',
    tells: 'condition',
    works: 'unseen',
    endsALife: true,
    incident: 'ends',
  },
};

/** How much each state wants a look. */
export const SEVERITY = Object.fromEntries(
  Object.entries(STATES).map(([state, { severity }]) => [state, severity]),
) as Readonly<Record<DaemonState, Severity>>;

const BY_RANK = Object.keys(STATES);

/** The place of a state in the order of surfaces: the lower, the sooner it is shown. */
export function rankOf(state: DaemonState): number {
  return BY_RANK.indexOf(state);
}

/** Whether what another version may have kept is a state of this one. */
export function isState(value: unknown): value is DaemonState {
  return typeof value === 'string' && Object.hasOwn(STATES, value);
}
