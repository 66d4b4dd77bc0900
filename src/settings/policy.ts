/** Each listed daemon is asked every few seconds: more than these are a mistake, or meant to keep the window busy. */
export const MAX_LISTED = 100;

/** All files of an entry are read at each poll; a daemon writes what it does into a few. */
export const MAX_FILES = 10;

/** The longest commands of the daemons' own clients have ten words. */
export const MAX_COMMAND_WORDS = 50;

/** Where a value stands in an answer: some keys, or a metric with its labels. */
export const MAX_PLACE_CHARS = 200;

/** Words of a status, or values of a field: a daemon has some. */
export const MAX_MATCH_VALUES = 20;

/** Presets of the user's own. */
export const MAX_PRESETS = 50;
/** A preset is named in an entry, and in a message. */
export const MAX_PRESET_NAME_CHARS = 60;

/** A daemon that shows progress more often than a poll may see it is not judged by that. */
export const MIN_RED_AFTER_MS = 1_000;
/** A month: a schedule that is slower is none that an editor watches. */
export const MAX_RED_AFTER_MS = 31 * 24 * 60 * 60 * 1_000;
