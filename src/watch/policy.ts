/** `setTimeout` takes no more than 2^31 ms; what is later is looked at again after a day. */
export const LONGEST_TIMER_MS = 86_400_000;

/** So many such asks in a row are made at once; then our editor is busy, and that is all that is known. */
export const ASKS_WHILE_STALLED = 3;

/** Ports asked at a time: at start the editor has other things to do. */
export const DISCOVERY_CONCURRENCY = 4;

/** Focus may change many times a minute; daemons do not. */
export const DISCOVERY_INTERVAL_MS = 60_000;

/** While a daemon is gone that may have moved: soon enough to find it before 10 s of failures turn red. */
export const DISCOVERY_RESCAN_MS = 5_000;

/** And ever less often: after this part of the time that it has been gone. */
export const DISCOVERY_RESCAN_DIVISOR = 4;

/** Who comes to the port beside a daemon is looked for at each poll of the default interval, whatever its jitter. */
export const KNOCK_INTERVAL_MS = 4_000;

/** While one of two daemons on one database is not watched, only a scan tells that it has been stopped. */
export const CONFLICT_RESCAN_MS = 15_000;

/** A lock is read in a millisecond, and its owner answers at once; a folder that hangs must not stop the polls. */
export const RESTART_LOOK_DEADLINE_MS = 1_000;
