import type { Instant } from '../base/time';
import type { OldInstance } from './proof';
import type { Track } from './trackState';

/** What is remembered of one daemon's life. */
export interface KnownInstance extends OldInstance {
  readonly answer: Track['last'];
  /** We restarted or stopped it since then. */
  readonly wasOurs: boolean;
  /** Another window restarted it since then, and tells what came of that. */
  readonly wasElsewhere?: boolean;
  /** Nothing was known of the daemon before. */
  readonly isFirst?: boolean;
  /** An earlier window saw it. */
  readonly isRemembered?: boolean;
  /** When the last answer came that was known to be of this life. */
  readonly knownAt?: Instant;
  /** When its successor was first seen. */
  readonly overSince?: Instant;
}
