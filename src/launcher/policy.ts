/** Of a launcher's log this much of its end is read for why a start failed: more than any last lines. */
export const LAUNCHER_LOG_TAIL_BYTES = 16 * 1024;

export const LOOK_EVERY_MS = 100;
export const ASK_EVERY_MS = 500;
export const ASK_TIMEOUT_MS = 2_000;
export const TAIL_BYTES = 64 * 1024;
export const MAX_SAID_CHARS = 300;
export const MAX_LAST_LINE_CHARS = 160;
