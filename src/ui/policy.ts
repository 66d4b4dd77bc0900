/** VS Code starts a task within a second; a dialog that was cancelled never does (facts of its task API). */
export const TASK_START_TIMEOUT_MS = 15_000;

/** Where the command or its folder cannot be found, only VS Code's own word for it is waited for. */
export const TASK_HOPELESS_TIMEOUT_MS = 3_000;

/** A countdown that is over goes this much later than the message about its end comes. */
export const CLOSE_DELAY_MS = 500;

/** Work that ends in one moment is told in one message: at a deadline a daemon is asked every second. */
export const GATHER_WORK_MS = 1_500;

/** How often the window that shows a countdown says so, and the others ask whether it still does. */
export const COUNTDOWN_CLAIM_MS = 5_000;

/** dispatchd's own default limit of one run, first in the list to choose from. */
export const DEFAULT_RUN_TIMEOUT_MS = 600_000;

/** Whoever trusts a workspace later than this does it for another reason than the restart that asked for it. */
export const TRUST_WAIT_MS = 5 * 60_000;

export const SHORT_MESSAGE_MS = 6_000;
export const TITLE_CHARS_OF_MANY = 14;
export const MAX_NAMED = 2;

/** Younger than this it has just happened. */
export const JUST_NOW_MS = 60_000;

/** A tooltip taller than the window helps nobody; the tree has them all. */
export const MAX_DESCRIBED = 3;
/** Each further daemon has one line in it. */
export const MAX_LINES = 8;

/** dispatchd takes no more. */
export const LONGEST_MS = 7 * 24 * 3_600_000;
export const MAX_NAMED_SESSIONS = 5;
export const COPIED_SHOWN_MS = 4_000;

/** A message that VS Code did not take is shown again after this long, then after twice as long, and so on. */
export const TELL_AGAIN_MS = 10_000;

/** The health page is read, not watched: it follows the daemons within a second. */
export const PAGE_DRAW_EVERY_MS = 1_000;

/** The right edge of its lanes moves this seldom where nothing else is new: each move sends the page. */
export const PAGE_STEP_MS = 10_000;

/** So many letters stand in a row of the tree right below the top, in a side bar of 300 px: VS Code's own width of one. */
export const ROW_CHARS = 30;
/** VS Code gives an item in the status bar two fifths of the window: so many letters at 1000 px. */
export const ITEM_CHARS = 56;
/** So many of a daemon's name always do. */
export const ROW_NAME_CHARS = 11;

/** What shows seconds is not wrong by more: what is written more seldom shows minutes. It is written with each poll. */
export const SECONDS_HOLD_MS = 5_000;

/** A session in its last minute is counted down in its row, by the second. */
export const ROW_DRAW_EVERY_MS = 1_000;

/** A demo is looked at all the time, by who waits for what it shows: as often as a daemon may be asked. */
export const DEMO_ASKS_MS = 1_000;

/** The sample command runs for so many seconds, which is longer than its limit. */
export const SAMPLE_STEPS = 75;
/** A countdown begins a minute before the limit: ten seconds after its start. */
export const SAMPLE_LIMIT_MS = 70_000;

/** A UUID has 36 characters; more of an id of another form tells nobody more. */
export const MAX_ID_CHARS = 60;

/** VS Code tells of a setting that was written within moments. */
export const ADDED_WITHIN_MS = 3_000;
export const ADDED_STEP_MS = 50;

/** A tree of more rows is not read; the worst are there, and a filter finds the others. */
export const MAX_SERIES_ROWS = 100;
/** What is typed to find a series stands in a row. */
export const MAX_FILTER_CHARS = 60;

/** VS Code has read all walkthroughs by the first of these times after their page opened, and by the last where it asks an experiment first (its limit is 5 s). */
export const WALKTHROUGH_READ_MS = [500, 2_500, 6_000] as const;
