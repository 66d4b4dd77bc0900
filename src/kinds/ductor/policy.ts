/** Of the server that ductor always has on this machine, for its own agents. */
export const AGENTS_ROUTE = '/interagent/health';
export const TASKS_ROUTE = '/tasks/list';
/** Of the API server, which has to be enabled: it tells no more than that it is there. */
export const API_ROUTE = '/health';

/** ductor's two servers: the one for its own agents, which is always there, and the API one may enable (its config). */
export const DUCTOR_PORT = 8_799;
export const DUCTOR_API_PORT = 8_741;

/** ductor's defaults (its config.py): a foreground turn, what activity adds to it and how often, a background task. */
export const DUCTOR_TURN_LIMIT_MS = 1_800_000;
export const DUCTOR_EXTENSION_MS = 120_000;
export const DUCTOR_MAX_EXTENSIONS = 3;
export const DUCTOR_TASK_LIMIT_MS = 3_600_000;

/** Ending a turn takes it seconds: one that runs so much longer than its deadline was extended. */
export const DUCTOR_END_MS = 10_000;

/** `timeouts.normal` of this value is not meant: `cli_timeout` counts then (the same file's sync rule). */
export const DUCTOR_UNSET_LIMIT_MS = 600_000;

/** So long it waits itself for its main agent to start (its supervisor), which then notes the start in a file. */
export const DUCTOR_STARTUP_MS = 120_000;

/** What a start goes on with shows within seconds; where messages to its chats hang it is not waited for any longer (design). */
export const DUCTOR_RESUMES_WITHIN_MS = 10_000;

/** ductor's state files have some KB; a larger one is not read. */
export const MAX_STATE_FILE_BYTES = 1024 * 1024;

/** A file's time and a time written into a file, by two clocks of one machine. */
export const CLOCK_TOLERANCE_MS = 1_000;

/** More than this are not one machine's agents. */
export const MAX_AGENTS = 100;
export const MAX_ERROR_CHARS = 160;
export const MAX_NAME_CHARS = 40;
export const MAX_TITLE_CHARS = 80;

/** On macOS and Windows a tool tells the birth of a process and takes up to a second: it is not run at every poll. */
export const BIRTH_RELOOK_MS = 60_000;

/**
 * The first ask of a daemon waits so long for its home to be found, at most: /proc tells in some milliseconds, the tools
 * of macOS within a second.
 */
export const PLACE_WAIT_MS = 1_000;

/** Where no home is this daemon's, its process is looked for again so often: another may have come up. */
export const PLACE_RELOOK_MS = 60_000;

/** ductor rotates its log at 5 MB: of what was written since the last look, and at the first one, the end is read. */
export const MAX_LOG_BYTES = 256 * 1024;
/** Its lines that tell something have some 200 characters; a traceback has lines of its own. */
export const MAX_LOG_LINE_CHARS = 1_000;
/** More error lines than this nobody reads in a row of the tree. */
export const MAX_ERRORS_KEPT = 5;
/** Lines about limits of work that may still matter: one for each extension, two for each time-out. */
export const MAX_LIMIT_LINES = 100;

/** Its past is asked for once a life, and with the page: of its log so much is read. */
export const MAX_PAST_BYTES = 1024 * 1024;
/** More than a week of a crash loop is not told by the page. */
export const MAX_PAST_LIVES = 500;

/** A line of the log names its second and no more; its file and the others go by one clock. */
export const LOG_TIME_MS = 2_000;
/** A turn that is gone was timed out where the log says so; it says so before the turn is gone. */
export const TIME_OUT_WAIT_MS = 30_000;

/** Nobody has more jobs; of more the first are looked at. */
export const MAX_CRON_JOBS = 100;
export const MAX_SCHEDULE_CHARS = 100;
/** Its watcher sees a change of `cron_jobs.json` within 5 s (cron/observer.py), and plans all jobs anew. */
export const CRON_WATCH_MS = 10_000;
