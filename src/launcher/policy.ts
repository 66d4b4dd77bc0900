/** Of a launcher's log this much of its end is read for why a start failed: more than any last lines. */
export const LAUNCHER_LOG_TAIL_BYTES = 16 * 1024;

export const LOOK_EVERY_MS = 100;
export const ASK_EVERY_MS = 500;
export const ASK_TIMEOUT_MS = 2_000;
export const TAIL_BYTES = 64 * 1024;
export const MAX_SAID_CHARS = 300;
export const MAX_LAST_LINE_CHARS = 160;

/** A demo of a hang is healthy for this long: a window sees it so before it hangs, also on a slow machine. */
export const HANG_AFTER_MS = 3_000;
/** The demo's daemon counts as wedged after this long: soon enough to wait for. */
export const DEMO_THRESHOLD_MS = 5_000;
export const DEMO_POLL_MS = 500;
/** Long enough to read all that is shown of a hang; nobody needs the demo for longer. */
export const DEMO_MS = 10 * 60_000;
/** After its restart there is a healthy daemon to be seen, and no more. */
export const AFTER_RESTART_MS = 2 * 60_000;
/** Its daemon has no work to end. */
export const DEMO_GRACE_MS = 3_000;
/** A daemon that is just starting says who it is within this time. */
export const QUIET_MS = 1_000;
/** A start that had begun before the demo ended writes its state within this time. */
export const LATE_START_MS = 3_000;
export const CLEAR_ROUNDS = 3;
/** A folder of a demo without a word of its owner is left behind after this long. */
export const OWNERLESS_MS = 60_000;
