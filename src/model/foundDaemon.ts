import type { KindId } from '../health/report';
import type { Target } from './target';

/** A daemon that a scan found. */
export interface FoundDaemon {
  readonly kind: KindId;
  /** Where it was found. */
  readonly target: Target;
  /** Where it works, and how that is shown: a smithy's project folder or database, a dispatchd's workspace. */
  readonly folder?: string;
  readonly place: string;
  /** Identity of a smithy's database, symbolic links resolved. */
  readonly database?: string;
  readonly isRunning: boolean;
  /** Its loop is stopped, and sessions that it started still run; not known of any other daemon. */
  readonly runsAgents?: boolean;
  /** It works in the open workspace. */
  readonly belongs: boolean;
  /** The other user whose process it is: "user nobody". */
  readonly owner?: string;
}

/** A found daemon that is not watched, as the tree offers it. */
export interface OfferedDaemon extends FoundDaemon {
  /** The user does not want to be offered it. */
  readonly isIgnored: boolean;
  /** The watched daemon, named by the user, that is gone and whose database this one serves. */
  readonly inPlaceOf?: { readonly name: string; readonly port: number };
}
