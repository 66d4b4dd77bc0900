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
  readonly notifiesAs: 'error' | 'warning';
  readonly isCuredByRestart: boolean;
  /** What proves that the problem is over: an answer, or only a completed cycle. */
  readonly isOverBy: 'answer' | 'cycle';
  /** Another program may hold the port, so a process there is ended only where it is known for the daemon's. */
  readonly isMaybeOther?: true;
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

export type StateRow = ProblemState | PlainState;
