/** More of several processes, or of their sessions, are counted, not named. */
export const MAX_NAMED_OFFSPRING = 5;

/** The longest reason of a failed start that rows and the status item show. */
export const MAX_REASON_CHARS = 160;
