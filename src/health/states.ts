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

export type Severity = 'red' | 'amber' | 'plain';

/** What holds for a daemon in one state, whichever room asks. */
interface AnyState {
  /** Nobody is there to answer, so that polls back off. */
  readonly isDown: boolean;
  /**
   * What may be done: `up` may hold its port, so its process may be there to be ended; `busy` is under a restart;
   * `down` does not run and is not expected to; `gone` does not run although it should. The menus go by the word.
   */
  readonly phase: 'up' | 'busy' | 'down' | 'gone';
  /**
   * What is known of its work, where the state lasts: it dispatches (one lost answer ends nothing), it dispatches
   * nothing and tells which sessions run, or it dispatches nothing and nobody knows whether its sessions run.
   */
  readonly work: 'dispatched' | 'told' | 'unknown';
  /** Whether countdowns are silent: the state is their cause, or nothing is ended while the state lasts. */
  readonly silencesCountdowns: 'always' | 'unlessRunning' | 'never';
  /** What the state says of the daemon: its condition, only that its condition changes, or nothing yet. */
  readonly tells: 'condition' | 'change' | 'nothing';
}

interface ProblemState extends AnyState {
  readonly severity: 'red' | 'amber';
  readonly isCuredByRestart: boolean;
  /** What proves that the problem is over: an answer, or only a completed cycle. */
  readonly isOverBy: 'answer' | 'cycle';
  /** Another program may hold the port, so a process there is ended only where it is known for the daemon's. */
  readonly isMaybeOther?: true;
  /** Its process is there and gets nowhere: what the process waits for is worth a look. */
  readonly isHang?: true;
}

interface PlainState extends AnyState {
  readonly severity: 'plain';
  /** Whether it works: a completed cycle proves that, it does or is about to as far as is seen, or that is not seen. */
  readonly works: 'proven' | 'presumed' | 'unseen';
  /** What comes after the state is another life, so another problem. */
  readonly endsALife: boolean;
  /**
   * What an open incident does: it ends at once, is settled by good answers (`settlesByAnswer`: where there is one),
   * goes on with the calm before forgotten, or waits as it is.
   */
  readonly incident: 'ends' | 'settles' | 'settlesByAnswer' | 'goesOn' | 'waits';
}

type StateRow = ProblemState | PlainState;

/** A daemon that is up, as long as its row says nothing else. */
const UP = {
  isDown: false,
  phase: 'up',
  work: 'dispatched',
  silencesCountdowns: 'never',
  tells: 'condition',
} as const;

const RED: ProblemState = {
  ...UP,
  severity: 'red',
  silencesCountdowns: 'always',
  isCuredByRestart: true,
  isOverBy: 'answer',
};

const AMBER: ProblemState = {
  ...UP,
  severity: 'amber',
  isCuredByRestart: false,
  isOverBy: 'answer',
};

const PLAIN: PlainState = {
  ...UP,
  severity: 'plain',
  works: 'unseen',
  endsALife: false,
  incident: 'goesOn',
};

/**
 * The state table: all that a state means but its rule (health/verdict.ts) and its words (words/states.ts). A row says
 * what is not as in all rows of its severity. The rows stand in the order of surfaces: where only one daemon can be
 * shown, the first row that is there wins.
 */
export const STATES: Readonly<Record<DaemonState, StateRow>> = {
  unresponsive: { ...RED, isDown: true, isHang: true },
  unreachable: { ...RED, isDown: true, phase: 'gone', work: 'unknown' },
  failing: RED,
  wedged: { ...RED, isOverBy: 'cycle', isHang: true },
  wrongAnswer: { ...AMBER, work: 'unknown', silencesCountdowns: 'always', isMaybeOther: true },
  unavailable: { ...AMBER, work: 'told', silencesCountdowns: 'unlessRunning' },
  stuck: AMBER,
  unstable: { ...AMBER, tells: 'change', isCuredByRestart: true },
  notAnswering: { ...PLAIN, tells: 'nothing' },
  restarting: {
    ...PLAIN,
    phase: 'busy',
    silencesCountdowns: 'always',
    works: 'presumed',
    endsALife: true,
    incident: 'waits',
  },
  starting: { ...PLAIN, works: 'presumed' },
  stopped: { ...PLAIN, work: 'told', silencesCountdowns: 'always', endsALife: true, incident: 'ends' },
  paused: { ...PLAIN, silencesCountdowns: 'always', works: 'presumed', incident: 'settles' },
  unverified: { ...PLAIN, tells: 'nothing', incident: 'settlesByAnswer' },
  healthy: { ...PLAIN, works: 'proven', incident: 'settles' },
  offline: {
    ...PLAIN,
    isDown: true,
    phase: 'down',
    work: 'unknown',
    silencesCountdowns: 'always',
    endsALife: true,
    incident: 'ends',
  },
};

/** What holds for one that is stopped and has ended: nobody is there, and nobody is expected to be. */
const ENDED: StateRow = { ...STATES.stopped, isDown: true, phase: 'down', work: 'unknown' };

/** What holds for a daemon with this verdict: of one that is stopped, also whether its process is there. */
export function rowOf({
  state,
  hasEnded,
}: {
  readonly state: DaemonState;
  readonly hasEnded?: boolean | undefined;
}): StateRow {
  return hasEnded ? ENDED : STATES[state];
}

/** The state as it is told and kept: the start of a daemon that did not run is no restart. */
export function toldState(told: {
  readonly state: DaemonState;
  readonly reason: { readonly is: string };
}): DaemonState {
  return told.reason.is === 'startingByUs' ? 'starting' : told.state;
}

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
