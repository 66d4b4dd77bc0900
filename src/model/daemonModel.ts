import type { History } from '../health/history';
import type { KnownDeadlines } from '../health/deadlines';
import type { Life } from '../health/incidentLog';
import type { KnownInstance } from '../health/knownInstance';
import type { Lost } from '../health/interrupted';
import type { Session } from '../health/report';
import type { Snooze } from '../health/snooze';
import type { KeptTrack, Track } from '../health/trackState';
import type { Holder } from '../health/watched';
import type { RestartRecord } from './restartRecord';
import type { DaemonConfig } from './daemonConfig';

/** What every surface renders: one entry a daemon, with the config it is watched by. */
export interface DaemonModel {
  readonly daemon: DaemonConfig;
  readonly track: Track;
  /** Its notifications are held back. */
  readonly snooze?: Snooze;
  /** Its last restarts through us, newest first. */
  readonly restarts?: readonly RestartRecord[];
  /** As it is told: each problem from its begin to its end, as far as the log of the machine knows. */
  readonly history?: History;
  /** Its new lives, whoever began them, as the log of the machine has them. */
  readonly lives?: readonly Life[];
  /** When its sessions will be ended, where it tells. */
  readonly deadlines?: KnownDeadlines;
  /** Who holds, or held, its port. */
  readonly holder?: Holder;
  /** Work that its restarts interrupted and that the daemon itself does not list. */
  readonly lost?: readonly Session[];
}

/** What the log of the machine has of one daemon. */
export interface LoggedPast {
  /** A history as it is told: each problem from its begin to its end. */
  readonly told: (history: History) => History;
  readonly lives: readonly Life[];
}

/** What survives a window: kept by the extension in its workspace state, per daemon. */
export interface Remembered extends KeptTrack {
  readonly history?: History;
  /** Its last named instance. */
  readonly instance?: KnownInstance;
  /** Work that its restarts interrupted. */
  readonly lost?: readonly Lost[];
}
