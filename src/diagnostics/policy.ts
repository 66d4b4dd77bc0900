/** Collecting evidence must not hold up a cure for longer. */
export const EVIDENCE_TIMEOUT_MS = 10_000;

/** Older evidence goes. */
export const EVIDENCE_FILES_KEPT = 20;
/** One sentence of a notification. */
export const MAX_FOUND_CHARS = 300;
export const MAX_STATUS_CHARS = 20_000;
export const MAX_SESSIONS = 10;
export const MAX_BLOCK_CHARS = 8_000;

/** How long the CPU of a process is watched, to tell one that spins from one that waits. */
export const CPU_WINDOW_MS = 2_000;
export const MAX_SOCKETS = 40;
export const MAX_CHILDREN = 20;

/** Node opens its inspector here on SIGUSR1 (`--inspect-port` moves it; then we find nothing and say so). */
export const INSPECTOR_PORT = 9229;

/** These three together are less than EVIDENCE_TIMEOUT_MS. */
export const OPEN_TIMEOUT_MS = 3_000;
export const LOOK_TIMEOUT_MS = 3_500;
export const CLOSE_TIMEOUT_MS = 3_000;

/** A process that is stopped or blocked for longer keeps its inspector. */
export const CLOSE_LATER_MS = 60_000;
export const ANSWER_TIMEOUT_MS = 2_000;
export const LOOK_EVERY_MS = 50;

/** What the inspector tells is a few KB; a profile of half a second is less than 1 MB. */
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
export const PROFILE_MS = 500;
export const MAX_FRAMES = 12;
