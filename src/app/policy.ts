/** Nobody reads faster than this. */
export const DRAW_INTERVAL_MS = 200;
