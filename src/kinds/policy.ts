/** A machine is starved where the processes that want to run are this many times its cores (design). */
export const STARVED_RUNNABLE_PER_CORE = 2;

/** Our own event loop has no work of this length: so late, it did not get the CPU, or shares it with one that takes it. */
export const STARVED_LAG_MS = 250;

/** A process that ran or waited for the CPU for this share of an ask was busy; a silent one that hangs on an await is not. */
export const BUSY_SHARE = 0.5;

/** `/api/health` takes smithy 1 ms; a question that takes this long is not worth a scan's time. */
export const DISCOVERY_TIMEOUT_MS = 1_000;

/** A look asks one question of a place where nobody is, and up to three of a daemon: all of them take so long at most. */
export const DISCOVERY_LOOK_MS = 2 * DISCOVERY_TIMEOUT_MS;

/** An ask that takes longer than this makes us look at the machine; answers take milliseconds. */
export const LOOK_AFTER_MS = 1_000;
export const LOOK_EVERY_MS = 400;

/**
 * A kind ends its asks at their deadline by itself. One that does not, as where a file system hangs, is not waited for
 * longer than this above the deadline: a daemon is asked again only when the last ask has ended. So long our own event
 * loop may stand still before an ask no longer counts (`OWN_STALL_MS`): what it has to read then is still read.
 */
export const ASK_OVERRUN_MS = 1_000;

/** From here on a status says that the server has a fault, or is not ready (RFC 9110, 15.6). */
export const SERVER_ERROR_STATUS = 500;

/** Longest part of a daemon's own words on an error, in characters; a notification shows about as many. */
export const MAX_SAID_CHARS = 200;

/** A cache may keep an answer for the time between two polls; an older one says how the daemon was. */
export const MAX_ANSWER_AGE_MS = 10_000;

/** Longest address that a redirect is shown with, in characters. */
export const MAX_LOCATION_CHARS = 100;

/** The longest path that is kept; Linux' PATH_MAX. */
export const MAX_PATH_CHARS = 4_096;

/** The clock of a process' start has whole seconds, and an answer may have come while it was starting. */
export const START_TOLERANCE_MS = 2_000;

/**
 * Lists or objects in one answer, and values: 4 MiB of the first keep the editor's thread for half a second, and so many
 * for 5 ms (measured). 5,000 sessions have 10,000 objects.
 */
export const MAX_PARTS = 100_000;
export const MAX_VALUES = 500_000;

/** More than this is not one machine's work; the rest is dropped rather than read at every poll. */
export const MAX_SESSIONS = 5_000;

/** A command that shows where a daemon is watched stands in a row beside other words; a row shows about this many characters. */
export const MAX_SHOWN_COMMAND_CHARS = 80;

/** Whoever agrees to a start has to see it whole; interpreter, script and flags have some 200 characters. */
export const MAX_START_CHARS = 2_000;

/** A daemon that shows progress more often than a poll may see it is not judged by that. */
export const MIN_RED_AFTER_MS = 1_000;
/** A month: a schedule that is slower is none that an editor watches. */
export const MAX_RED_AFTER_MS = 31 * 24 * 60 * 60 * 1_000;
