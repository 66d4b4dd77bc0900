/** As long as a poll waits for an answer, and once more for a slow start. */
export const CHECK_WITHIN_MS = 10_000;

/** Two looks so far apart show whether a time is new for whoever asks. */
export const LOOKS_APART_MS = 1_200;

/** As much as is read of an answer. */
export const MAX_CHECKED_BYTES = 4 * 1024 * 1024;
