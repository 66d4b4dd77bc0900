/** Each listed daemon is asked every few seconds: more than these are a mistake, or meant to keep the window busy. */
export const MAX_LISTED = 100;

/** All files of an entry are read at each poll; a daemon writes what it does into a few. */
export const MAX_FILES = 10;

/** The longest commands of the daemons' own clients have ten words. */
export const MAX_COMMAND_WORDS = 50;

/** Where a value stands in an answer: some keys, or a metric with its labels. */
export const MAX_PLACE_CHARS = 200;

/** A query goes into an address, and servers take some 8,000 characters of one; the longest rules of exporters have 500. */
export const MAX_QUERY_CHARS = 2_000;

/** Words of a status, or values of a field: a daemon has some. */
export const MAX_MATCH_VALUES = 20;

/** Presets of the user's own. */
export const MAX_PRESETS = 50;
/** A preset is named in an entry, and in a message. */
export const MAX_PRESET_NAME_CHARS = 60;
