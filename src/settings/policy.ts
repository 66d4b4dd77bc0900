/** Each listed daemon is asked every few seconds: more than these are a mistake, or meant to keep the window busy. */
export const MAX_LISTED = 100;
