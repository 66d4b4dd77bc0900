import type { Traits } from '../../health/traits';
import { ACTIVITY_RECENCY_MS } from '../../protocol/dispatchd';

/** What an answer of the bundled dispatchd can tell. The reasons are its own promises. */
export const DISPATCHD_TRAITS: Traits = {
  // `instance.id` is made anew at every start.
  namesItsInstances: true,
  // It keeps the newest ended sessions, each with its end, across restarts too.
  listsEndedSessions: true,
  // At a start it marks what it cannot run again as interrupted, and lists it until somebody deals with it.
  remembersInterrupted: true,
  // `POST /api/sessions/:id/extend` moves a deadline.
  extendsOnRequest: true,
  // On SIGTERM and by its API alike it ends the process groups of its commands, and waits for them.
  endsItsWork: true,
  // At a deadline it looks for output, while there are extensions left.
  extendsOnActivityWithinMs: ACTIVITY_RECENCY_MS,
};
