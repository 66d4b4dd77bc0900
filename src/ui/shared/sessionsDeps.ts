import type { DaemonId } from '../../health/report';
import type { Clock } from '../../base/time';
import type { Probe } from '../../kinds/probe';
import type { RecentCommands } from '../../store/recentCommands';
import type { DaemonModel } from '../../model/daemonModel';
import type { CountdownDeps } from '../notifications/countdown';
import type { SessionRows } from '../tree/sessionRows';

export interface SessionsDeps {
  readonly clock: Clock;
  readonly models: () => readonly DaemonModel[];
  /** Asks a daemon now. */
  readonly poll: (daemonId: DaemonId) => Promise<void>;
  /** What talks to a daemon. Rejects where the daemon is not watched. */
  readonly probe: (daemonId: DaemonId) => Promise<Pick<Probe, 'sessions' | 'lostWork'>>;
  readonly door: CountdownDeps['door'];
  readonly log: (line: string) => void;
  /** Somebody dealt with work that a restart interrupted. */
  readonly dismissLost: (daemonId: DaemonId, sessionId: string) => void;
  readonly drawSessions: (rows: SessionRows) => void;
  /** The commands about sessions that can do something now, by their names without prefix. */
  readonly showUsable: (commands: readonly string[]) => void;
  readonly recent: RecentCommands;
}
