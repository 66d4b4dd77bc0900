import type { DaemonState } from '../health/states';
import type { Outcome } from './outcome';

/** One restart through us, as it ended. */
export interface RestartRecord {
  /** Epoch ms of its end. */
  readonly at: number;
  /** The state it was to cure. */
  readonly why: DaemonState;
  readonly kind: Outcome['kind'];
  readonly text: string;
  /** Why nothing ran afterwards. */
  readonly startFailed?: string;
}
