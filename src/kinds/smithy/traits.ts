import type { Traits } from '../../health/traits';
import { LONGEST_INSTALL_MS } from './policy';

/** What an answer of smithy can tell. The reasons are what released smithys do, as observed. */
export const SMITHY_TRAITS: Traits = {
  // Its status has no id and no pid.
  namesItsInstances: false,
  // It forgets a session 5 s after the end: between two slow polls the session is gone without a word.
  listsEndedSessions: false,
  // Its sessions live in its memory alone: after a restart none of them is listed.
  remembersInterrupted: false,
  // No route of it changes a deadline.
  extendsOnRequest: false,
  longestInstallMs: LONGEST_INSTALL_MS,
};
