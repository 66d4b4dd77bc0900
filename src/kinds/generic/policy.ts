/** A time that is older is none: a counter of seconds that was never set is 0, Go's zero time is the year 1 (Prometheus, BullMQ). */
export const LONGEST_AGE_MS = 10 * 365 * 24 * 60 * 60 * 1_000;

/** Below this a number is seconds since 1970, above it milliseconds: the one is the year 5138, the other 1973. */
export const FIRST_MS = 1e11;
/** And so on for microseconds and nanoseconds. */
export const FIRST_US = 1e14;
export const FIRST_NS = 1e17;

/** The tree shows checks one under the other: more are for a page of its own. */
export const MAX_CHECKS = 50;

/** Actuator's components hold components; the deepest that its own health indicators make is two. */
export const MAX_CHECK_DEPTH = 3;

/** A check's name and its words stand in one row. */
export const MAX_CHECK_NAME_CHARS = 60;

/** A short text is a status, a long one is a page; Kubernetes' `?verbose` has some 50 lines. */
export const MAX_STATUS_CHARS = 200;
export const MAX_STATUS_PAGE_CHARS = 16 * 1024;

/** Longest part of a value that is shown where it is not what it should be. */
export const MAX_VALUE_CHARS = 40;

/** As much as is read of an answer: what a daemon writes of its state is a few KB. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** A file that is written in place is whole within milliseconds; one that is not after three looks stays so. */
export const HALF_FILE_LOOKS = 3;
export const HALF_FILE_WAIT_MS = 100;

/** A command is a daemon's own client, which starts within seconds; longer than this nobody waits for it. */
export const COMMAND_TIMEOUT_MS = 5_000;
/** What a daemon's client prints of its jobs is some KB. */
export const MAX_COMMAND_OUTPUT_BYTES = 1024 * 1024;
export const MAX_COMMAND_NAME_CHARS = 60;
/** JSON comes after some lines for people: so many lines that may begin it are tried. */
export const MAX_JSON_STARTS = 10;

/** A beat is compared with the one before: an id, a time, a number. */
export const MAX_BEAT_CHARS = 1_000;

/** So many series are read of one answer: the fleet of one team, at 200 bytes each 400 KB. The rest is counted. */
export const MAX_SERIES = 2_000;
/** The labels of a series name it; longer ones than Prometheus' own have some 200 characters. */
export const MAX_LABELS_CHARS = 1_000;
export const MAX_SERIES_NAME_CHARS = 60;

/** So many values of an answer are looked at for a proof, so deep and in so long a place; and so many are offered. */
export const MAX_PLACES = 2_000;
export const MAX_PLACE_DEPTH = 6;
export const MAX_PLACE_CHARS = 120;
export const MAX_CANDIDATES = 20;
/** A time that is nearer than this to the answer is that of the answer, where its name says no more than "time". */
export const ANSWER_CLOCK_MS = 2_000;
/** What is to come later than this is no schedule that anybody waits for: the largest date, or number, is for never. */
export const FURTHEST_DUE_MS = 366 * 24 * 60 * 60 * 1_000;

/** So many of a daemon's jobs or sessions are judged: openclaw prints 200 jobs at most, opencode 100 sessions. */
export const MAX_ITEMS = 1_000;

/** So many files of one pattern are looked at, the last by name first: names with a date are the newest. */
export const MAX_MATCHES = 200;
/** So many folders are looked into for one pattern: three years of folders by day, as codex has them, are 1,100. */
export const MAX_FOLDERS = 2_000;
/** Of a file of lines the last is read; one of a transcript may hold what a tool printed. */
export const MAX_LINE_BYTES = 256 * 1024;
/** Of all of them so much is read, the last that were changed first, who works writes: 20 transcripts, or all that are short. */
export const MAX_READ_BYTES = 20 * MAX_LINE_BYTES;
/** Claude Code writes one state beside each of its sessions. */
export const MAX_VALUES_BESIDE = 4;

/**
 * Looks come as far apart as a sign may take, and a moment later (`CROSSING_MARGIN_MS`); longer than for two of them
 * nobody looked.
 */
export const GAP_LOOKS = 2;

/** As long as what tells of the progress fails for a moment, the last that was told counts for so many intervals. */
export const PROOF_KEPT_INTERVALS = 3;

/** Of the texts that say how a daemon is, so much is looked through: a status is short. */
export const MAX_MEANING_CHARS = 64 * 1024;

/** A health answer is a few KB: a longer one costs its daemon something at each poll. */
export const SHORT_ANSWER_BYTES = 64 * 1024;
/** Asked every few seconds, an answer that takes longer does some work of its own. */
export const SLOW_ANSWER_MS = 1_000;
/** A time as new as this at each of two looks may be made for whoever asks. */
export const NEW_EACH_TIME_MS = 1_000;
/** Of a health answer's fields so many are named; deeper than this no health answer goes. */
export const MAX_NAMED_FIELDS = 5;
export const MAX_EXAMINED_DEPTH = 8;
