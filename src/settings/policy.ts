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
