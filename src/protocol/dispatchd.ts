/**
 * What dispatchd and the extension agree on. Other programs rely on these names, too: a change here is a change of the
 * product. Each side checks what the other one says.
 */

/** Not smithy's 3457, whose 20 fall-back ports end at 3476 only when 13 daemons are already running. */
export const DEFAULT_PORT = 3470;

/** The state folder below the user's home, as parts of a path. */
export const STATE_FOLDER = ['.daemon-health', 'dispatchd'] as const;
/** The variable that names another state folder. */
export const STATE_DIR_VARIABLE = 'DISPATCHD_STATE_DIR';
/** In the state folder: where the daemon listens, which process it is, and how to start the same one again. */
export const INSTANCE_FILE = 'instance.json';
/** In the state folder: what a request needs that changes something. */
export const TOKEN_FILE = 'token';

export const ROUTES = {
  health: '/api/health',
  status: '/api/daemon/status',
  shutdown: '/api/daemon/shutdown',
  tasks: '/api/tasks',
  sessions: '/api/sessions',
  /** With `?nonce=`: proves to a client that holds the token who listens, without the token on the way. */
  challenge: '/api/challenge',
  /** What happened in the last seven days: lives, late cycles, outcomes. Needs the token. */
  history: '/api/history',
  /** For programs of any make. Prometheus' text: numbers and nothing else. */
  metrics: '/metrics',
  /** The draft health+json: how the loop gets on, with the time of its last cycle. */
  healthChecks: '/health',
  /** Kubernetes' probes, also with `?verbose`. */
  live: '/livez',
  ready: '/readyz',
} as const;

/** ductor's `_ACTIVITY_RECENCY_SECONDS`: output this recent at the deadline counts as "still working", and extends it. */
export const ACTIVITY_RECENCY_MS = 30_000;

/** `instance.json`. */
export interface InstanceFile {
  readonly version: 1;
  readonly id: string;
  readonly pid: number;
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** When the process began, as exactly as the system tells. Absent in what versions up to 0.1 wrote. */
  readonly birth?: { readonly startedAtMs: number; readonly startTicks?: number };
  /** The flags that start the same daemon again. */
  readonly argv: readonly string[];
}

/** A nonce of a challenge: 16 to 64 bytes as hex. */
export const NONCE_PATTERN = /^[\da-f]{32,128}$/i;

/** The answer to a challenge. */
export interface ChallengeAnswer {
  /** Where the daemon listens, `127.0.0.1:3470`. */
  readonly address: string;
  /** As `challengeAnswer` of `system/challenge.ts` makes it. */
  readonly answer: string;
}

/** The body of `POST /api/tasks`, as far as the extension sends one. Without `args` the command is a line for the shell. */
export interface NewTask {
  readonly name: string;
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly timeoutMs?: number;
}
