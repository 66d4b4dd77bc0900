/** What this answer can tell, and what can be done to the daemon's work. */
export interface Traits {
  /** The daemon names each life of its process, so that a restart shows in the name alone. */
  readonly namesItsInstances: boolean;
  /** The daemon lists a session that has ended for long enough that a poll sees how the session ended. */
  readonly listsEndedSessions: boolean;
  /** After a restart the daemon itself lists the work that the restart interrupted. */
  readonly remembersInterrupted: boolean;
  /** Somebody outside can change a session: give it more time, stop it, run it again. */
  readonly extendsOnRequest: boolean;
  /** The daemon ends the processes of its work before itself, when it is asked to end. */
  readonly endsItsWork?: true;
  /** A session that was active so shortly before its deadline, in ms, is extended by the daemon itself. */
  readonly extendsOnActivityWithinMs?: number;
  /** So long the daemon lets an install in a poll cycle take, in ms: such a cycle is slow, and not dead. */
  readonly longestInstallMs?: number;
}
