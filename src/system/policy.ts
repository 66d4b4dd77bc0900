import { MINUTE_MS } from '../base/time';

/** A status with 1,000 sessions is 200 KB; more than this is not a daemon's status. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Most answers fit in this; a longer one gets more room as it comes. */
export const FIRST_BODY_BYTES = 16 * 1024;

/** State of ours is a few KB, a session with its prompt at most some 40: a longer file is not what we wrote. */
export const MAX_STATE_BYTES = 1024 * 1024;

/** Between SIGTERM and SIGKILL. smithy and dispatchd end within 1 s of SIGTERM; work gets time to save itself. */
export const STOP_GRACE_MS = 10_000;

/**
 * What a daemon gets besides, for each work that it has to end, as long as it answers. A ductor ends its works one after
 * the other and gives each 2 s: six took it 12.2 s, measured.
 */
export const STOP_PER_WORK_MS = 2_000;

/** After SIGKILL the kernel needs moments, not seconds; longer means it cannot be ended. */
export const KILL_WAIT_MS = 3_000;

/** Having agreed, it gives its commands 2 s and writes its state: twice that is a daemon that does not end. */
export const API_STOP_WAIT_MS = 5_000;

/** A daemon has some tens of processes below it at most; more than these are not followed. */
export const MAX_OFFSPRING = 100;

/** How often a condition of the process table or of the port is looked at while waiting for it. */
export const WAIT_STEP_MS = 100;

/** Boot times computed from a clock that is being corrected differ by less than this within one boot. */
export const BOOT_TIME_TOLERANCE_MS = 2 * MINUTE_MS;

/** External tools (ps, lsof, reg, taskkill) answer in milliseconds; a hanging one must not hang the start. */
export const TOOL_TIMEOUT_MS = 5_000;

/** All processes of a busy machine with their command lines are 1 MB; a tool that prints more is not read. */
export const MAX_TOOL_OUTPUT_BYTES = 8 * 1024 * 1024;

/** A connection on this machine is there in microseconds; a listener that takes none for so long is still there. */
export const CONNECT_TIMEOUT_MS = 1_000;

/** ps and Windows' process list give whole seconds: two start times nearer than this are the same process. */
export const START_TIME_TOLERANCE_MS = 2_000;

/** The longest beginning that is kept whole: two long paths. */
export const MAX_HEAD_CHARS = 1_000;

/** More of a command line than this tells nobody more, where interpreter and script are in it. */
export const MAX_COMMAND_LINE_CHARS = 200;

/** The longest names of programs have some 30 characters; Linux itself keeps 15. */
export const MAX_NAME_CHARS = 60;

/** Linux takes 2 MB of words and variables for a new process on a usual stack of 8 MB (execve(2)): more is not read. */
export const MAX_PROCESS_TEXT_BYTES = 2 * 1024 * 1024;

/** Linux counts time in ticks of 1/100 s on every architecture Node runs on (sysconf _SC_CLK_TCK). */
export const TICK_MS = 10;

/** How often the event loop is looked at: a stall is seen to within this time. */
export const LOOK_EVERY_MS = 250;

/** How long one waits, in ms, before replacing a file is tried again; after the last one it has failed. */
export const RETRY_DELAYS_MS = [10, 20, 40, 80, 160, 320];

/** The kernel answers at once who listens on a socket beside a lock; only a hung file system or a busy pipe takes longer. */
export const LOCK_ASK_DEADLINE_MS = 2_000;
/** Who asks whether the owner of a lock lives is let go at once: more at one moment are turned away unread. */
export const LOCK_ASKERS_MAX = 16;
/**
 * No lock file of ours is ever torn on a disk that knows hard links. An earlier version, or a copy on a disk without
 * hard links, writes one within a millisecond: a torn file is looked at twice before it counts as nobody's.
 */
export const TORN_WAIT_MS = 10;
/** A candidate for a lock is written within a millisecond: one that is torn for so long was left by a killed process. */
export const TORN_KEPT_MS = 60_000;
/** Bytes of a socket's path without the closing NUL: `sun_path` holds 108 on Linux (unix(7)), 104 on macOS (sys/un.h). */
export const SOCKET_PATH_MAX = { linux: 107, other: 103 } as const;

/** What a program printed is read within milliseconds of its end, unless something that it started holds its output open. */
export const OUTPUT_DRAIN_MS = 200;
