/** Nobody reads faster than this. */
export const DRAW_INTERVAL_MS = 200;

/** The wall clock is kept in step by small corrections; a sleep that matters takes seconds. */
export const CLOCKS_ALIKE_MS = 100;

/** In the folder that all windows share: where demos have their folders. */
export const DEMOS_FOLDER = 'demos';
