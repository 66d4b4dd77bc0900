import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../base/time';

/** Every number of dispatchd, with its unit in its name and its reason beside it. */

/** Agent CLIs are heavy; four at once is what a laptop bears. */
export const DEFAULT_WORKERS = 4;
export const MAX_WORKERS = 256;

/** A posted task starts within a second; an idle cycle costs microseconds. */
export const DEFAULT_POLL_INTERVAL_MS = SECOND_MS;
/** Below this, timers rather than work would fill the loop. */
export const MIN_POLL_INTERVAL_MS = 10;
export const MAX_POLL_INTERVAL_MS = DAY_MS;

/** smithy's rule: a minute, or ten intervals where the interval is long. */
export const MIN_DEFAULT_STALE_THRESHOLD_MS = 60 * SECOND_MS;
export const STALE_THRESHOLD_INTERVALS = 10;
export const MAX_STALE_THRESHOLD_MS = STALE_THRESHOLD_INTERVALS * MAX_POLL_INTERVAL_MS;

/** The shortest that the contract of health answers takes; a shorter threshold is one of tests. */
export const MIN_RED_AFTER_MS = SECOND_MS;

/** The watch that notices a wedge looks at least this often, so that WEDGED is logged within a second. */
export const WATCH_INTERVAL_MAX_MS = SECOND_MS;
export const WATCH_INTERVAL_MIN_MS = 20;
/** A watch tick this late means that the machine slept: old timestamps then prove nothing. */
export const SLEEP_GAP_MS = 5 * SECOND_MS;

/** Longest request body: a task is a command line and a few numbers. */
export const MAX_BODY_BYTES = 64 * 1024;
/** A refusal quotes so much of the origin that sent the request: a whole host name of usual length. */
export const MAX_SHOWN_ORIGIN_CHARACTERS = 100;
/** A slow client is cut off after these, so that it cannot hold a socket for ever. */
export const HEADERS_TIMEOUT_MS = 5 * SECOND_MS;
export const REQUEST_TIMEOUT_MS = 10 * SECOND_MS;
export const SOCKET_IDLE_TIMEOUT_MS = 30 * SECOND_MS;
export const CONNECTIONS_CHECK_INTERVAL_MS = SECOND_MS;
/** A window in the background asks every 20 to 30 s: its connection, once proven, stays. */
export const KEEP_ALIVE_MS = 75 * SECOND_MS;
/** A handful of windows poll; the rest is abuse, and the oldest of that is closed. */
export const MAX_CONNECTIONS = 256;

/** How long the question "what are you?" to the owner of our port may take. */
export const PROBE_TIMEOUT_MS = SECOND_MS;

/** A folder that is refused for what it holds is known by so many names. */
export const MAX_SHOWN_FILES = 3;

/** Time between SIGTERM and SIGKILL when the daemon itself stops: VS Code waits about that long for a task. */
export const SHUTDOWN_GRACE_MS = 2 * SECOND_MS;

/** Tasks waiting for a worker; more is a runaway client. */
export const MAX_QUEUED_TASKS = 1000;
/** The status lists so many of them, the oldest: more would make each poll slow, and nobody reads them. */
export const MAX_LISTED_WAITING = 200;
export const MAX_NAME_CHARACTERS = 200;
/** Whole command line, and the prompt: kept verbatim to be run again, hence refused rather than cut. */
export const MAX_COMMAND_CHARACTERS = 4000;
export const MAX_ARGS = 256;

/** ductor's `timeouts.normal`, the field's usual limit for one agent turn. */
export const DEFAULT_TIMEOUT_MS = 10 * MINUTE_MS;
export const MAX_TIMEOUT_MS = 7 * DAY_MS;
/** ductor's `activity_extension` and `max_extensions`. */
export const DEFAULT_ACTIVITY_EXTENSION_MS = 2 * MINUTE_MS;
export const DEFAULT_MAX_EXTENSIONS = 3;
export const MAX_MAX_EXTENSIONS = 1000;

/** Finished sessions stay listed for the day, but not more than this many. */
export const KEEP_FINISHED_MS = DAY_MS;
export const MAX_FINISHED_SESSIONS = 100;

/** No session outlives this, however often it is extended, unless its task says so. */
export const DEFAULT_MAX_TOTAL_MS = 4 * HOUR_MS;
/** Time between SIGTERM and SIGKILL for a session that timed out or was cancelled: agents save their state then. */
export const STOP_GRACE_MS = 5 * SECOND_MS;
/** How long output is awaited after the command ended: a child it left behind may hold the pipe open for ever. */
export const OUTPUT_DRAIN_MS = SECOND_MS;
/** The wall clock follows the monotonic one within this; less is jitter that must not move a shown deadline. */
export const CLOCK_DRIFT_MS = 250;

/**
 * After a start that failed for want of files, processes or memory, nothing is started for so long, twice as long
 * after each further failure. Each try costs writes to disk; whoever holds what is lacking gives it back in seconds.
 */
export const FIRST_SHORTAGE_PAUSE_MS = 250;
export const MAX_SHORTAGE_PAUSE_MS = 5 * SECOND_MS;

/** How often a running daemon notes that it lives: after a kill its last moment is known to within two seconds. */
export const HEARTBEAT_MS = 1.5 * SECOND_MS;
/** Work older than this is not started again by itself: after a night it would surprise more than help. */
export const RECOVERY_MAX_AGE_MS = 2 * HOUR_MS;
/** Runs of one session, counting the first: whatever kills the daemon three times is perhaps the session itself. */
export const MAX_ATTEMPTS = 3;
/** What an earlier life left running may save its state that long before it is killed. */
export const ORPHAN_GRACE_MS = 3 * SECOND_MS;
/** How often it is looked whether a stopped tree is gone. */
export const TREE_POLL_MS = 50;
/** After SIGKILL a tree is gone at once, but for zombies that nobody reaps. */
export const AFTER_KILL_MS = SECOND_MS;
/** Interrupted work and the last turn of a name wait this long for somebody to come back from a break. */
export const KEEP_INTERRUPTED_MS = 7 * DAY_MS;
export const MAX_INTERRUPTED_SESSIONS = 100;
/** Whatever a start finds is listed for that long before its age counts: somebody works within a day of it. */
export const LIST_AT_LEAST_MS = DAY_MS;

/** The daemon's own record shows so much, and keeps no more than this on disk: some 9,000 outcomes. */
export const HISTORY_MS = 7 * DAY_MS;
export const MAX_HISTORY_BYTES = 1024 * 1024;
/** What is longer than this was not written by dispatchd. */
export const MAX_READ_HISTORY_BYTES = 8 * MAX_HISTORY_BYTES;
/** Lines that wait for a disk that refuses them. */
export const MAX_PENDING_HISTORY = 1000;

/** An exit code, and perhaps the signal that it came by. */
export const MAX_EXIT_BYTES = 64;

/** Kept per session, in two files of which the older one is dropped: at least half of it is always there. */
export const MAX_OUTPUT_BYTES = 2 * 1024 * 1024;
/** Output that waits for the disk; a command that writes faster has to wait. */
export const MAX_PENDING_OUTPUT_BYTES = 256 * 1024;
/** One answer of the output route. */
export const MAX_TAIL_BYTES = 256 * 1024;
export const DEFAULT_TAIL_LINES = 100;
export const MAX_TAIL_LINES = 10_000;
