/** The longest reason of a failed start that rows and the status item show. */
export const MAX_REASON_CHARS = 160;
