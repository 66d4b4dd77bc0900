/**
 * Every number that decides something about a daemon's health, with its unit and its source.
 * "design" is the product's own rule; other sources are named.
 */

/** Default time between two polls; smithy's own web client polls its status as often. */
export const DEFAULT_POLL_INTERVAL_MS = 5_000;
/** A status costs a daemon synchronous database work (2.5 to 70 ms in smithy): never ask more often than this. */
export const MIN_POLL_INTERVAL_MS = 1_000;
/** Longer than this and "prompt" means nothing. */
export const MAX_POLL_INTERVAL_MS = 300_000;
/** When no VS Code window has the focus nobody looks: ask less. Focus polls at once. */
export const UNFOCUSED_POLL_INTERVAL_MS = 15_000;
/** Our polling may take at most one part in this many of the daemon's own time (70 ms an answer: every 7 s). */
export const POLL_COST_DIVISOR = 100;
/** The cost is the median of this many answers: one slow answer, or our own first load, is not a slow daemon. */
export const LATENCY_WINDOW_SAMPLES = 5;
/** However slow its answers, a daemon is asked at least this often. */
export const SLOWEST_POLL_INTERVAL_MS = 30_000;
/** Backoff between polls of a daemon that is down: first, and longest. */
export const BACKOFF_FIRST_MS = 2_000;
export const BACKOFF_LONGEST_MS = 30_000;
/** Several windows must not poll in step. */
export const JITTER_SHARE = 0.1;

/** One request's deadline, whatever the server does. A healthy status under load took 130 ms at most. */
export const REQUEST_TIMEOUT_MS = 5_000;
/** `/api/health` answers in 1 ms where anything answers; it only tells "hung status" from "hung process". */
export const FALLBACK_TIMEOUT_MS = 1_500;
/** That question is put inside the ask, before its deadline, and leaves at least this share of the ask to the status. */
export const STATUS_SHARE_OF_ASK = 0.5;
/** An ask that failed while our own event loop stood still for longer says nothing of the daemon (design: 1 s). */
export const OWN_STALL_MS = 1_000;
/** So many such asks in a row are made at once; then our editor is busy, and that is all that is known. */
export const ASKS_WHILE_STALLED = 3;
/** A status with 1,000 sessions is 200 KB; more than this is not a daemon's status. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Kubernetes' failureThreshold: one lost answer is not an outage. */
export const FAILURES_BEFORE_RED = 3;
/** And they must span this long, so that a fast poll interval does not cry wolf. */
export const FAILURE_SPAN_MS = 10_000;
/** While failures decide nothing the daemon is asked again this soon: with 5 s an ask red comes within 24 s (design). */
export const UNDECIDED_POLL_INTERVAL_MS = 1_000;

/** A machine is starved where the processes that want to run are this many times its cores (design). */
export const STARVED_RUNNABLE_PER_CORE = 2;
/** Our own event loop has no work of this length: so late, it did not get the CPU, or shares it with one that takes it. */
export const STARVED_LAG_MS = 250;
/** A process that ran or waited for the CPU for this share of an ask was busy; a silent one that hangs on an await is not. */
export const BUSY_SHARE = 0.5;
/** On a starved machine a busy daemon may be slow for this long before it is red (design). */
export const STARVED_RED_MS = 60_000;

/** smithy's dispatch-daemon: `pollStaleThresholdMs ?? max(60 000, 10 × pollIntervalMs)`. */
export const STALE_THRESHOLD_FLOOR_MS = 60_000;
export const STALE_THRESHOLD_INTERVALS = 10;
/** smithy's default cycle, used where a daemon does not say its own. */
export const ASSUMED_DAEMON_INTERVAL_MS = 5_000;
/** A cycle after a pause may be in flight; a second one that begins proves that the first did not complete (design). */
export const BEGUN_IN_VAIN = 2;
/** A `Date` header has whole seconds, so a timestamp up to this far ahead of it is not "in the future". */
export const FUTURE_TOLERANCE_MS = 2_000;
/** The poll that is to see a threshold crossed comes this long after the crossing. */
export const CROSSING_MARGIN_MS = 30;
/** And no sooner than this after the last answer: a `Date` header of whole seconds crosses late. */
export const CROSSING_MIN_GAP_MS = 200;

/** Nagios' flap detection: share of changed samples in the last 21 that starts and ends `unstable`. */
export const FLAP_WINDOW_SAMPLES = 21;
export const FLAP_START_SHARE = 0.3;
export const FLAP_END_SHARE = 0.15;

/** The clock of a daemon that ran ahead of ours by more than this between two answers was set. */
export const CLOCK_SET_MS = 5_000;
/** More time than this since boot than on the monotonic clock, or a poll's timer so late, means that the machine slept. */
export const SLEEP_GAP_MS = 5_000;

/** A natural wedge clears for seconds and returns: an incident ends after this long of good samples. */
export const RECOVERY_HOLD_MS = 30_000;
/** A wedge after which nothing tells of a loop any more, as after another version was installed, is over by then. */
export const UNPROVEN_END_MS = 600_000;
/** Prometheus' `for`: an amber state must last this long before it speaks. It shows at once. */
export const AMBER_PENDING_MS = 10_000;
/** What was already bad when we first looked speaks only if it lasts this long. */
export const STARTUP_PENDING_MS = 30_000;
/** A red incident that goes on speaks again at most this often. */
export const REMINDER_INTERVAL_MS = 3_600_000;

/** "It was up before" is remembered across windows for a day: yesterday's daemon is not an outage today. */
export const SEEN_UP_MEMORY_MS = 24 * 3_600_000;

/** The history of a daemon: "yesterday at this time" is as far back as anybody asks a status. */
export const HISTORY_WINDOW_MS = 24 * 3_600_000;
/** One bar of its strip: 48 bars fit into a tooltip, and a bar can be told from its neighbour. */
export const HISTORY_BUCKET_MS = 1_800_000;
/** A daemon that changes state every five minutes all day fits; what flaps faster keeps its newest part. */
export const HISTORY_MAX_SPANS = 300;
/** Reloading the window leaves gaps of seconds: up to so much in all, time counts as watched throughout. */
export const HISTORY_GAP_TOLERANCE_MS = 60_000;
/** How much of the time in an unchanged state a crashed window may lose. */
export const HISTORY_KEEP_EVERY_MS = 600_000;
/** A change is kept soon: what a window has not written when it is reloaded is lost. A poll a second is the most. */
export const HISTORY_KEEP_GAP_MS = 1_000;
/** Of how many daemons a workspace keeps the history. */
export const HISTORY_MAX_DAEMONS = 50;
/** Samples of each daemon for diagnostics: about four minutes at the default interval. */
export const SAMPLES_KEPT = 50;

/** Between SIGTERM and SIGKILL. smithy and dispatchd end within 1 s of SIGTERM; work gets time to save itself. */
export const STOP_GRACE_MS = 10_000;
/** After SIGKILL the kernel needs moments, not seconds; longer means it cannot be ended. */
export const KILL_WAIT_MS = 3_000;
/** dispatchd agrees to end itself within milliseconds; one that does not is ended like any other process. */
export const API_STOP_ANSWER_MS = 2_000;
/** Having agreed, it gives its commands 2 s and writes its state: twice that is a daemon that does not end. */
export const API_STOP_WAIT_MS = 5_000;
/** All stages of a stop together: so long it may answer although we have stopped it. */
export const STOP_LONGEST_MS = API_STOP_ANSWER_MS + API_STOP_WAIT_MS + STOP_GRACE_MS + KILL_WAIT_MS;
/** smithy moves to the next port when its own is still taken, so nothing is started before it is free. */
export const PORT_FREE_TIMEOUT_MS = 10_000;
/** VS Code starts a task within a second; a dialog that was cancelled never does (facts of its task API). */
export const TASK_START_TIMEOUT_MS = 15_000;
/** Where the command or its folder cannot be found, only VS Code's own word for it is waited for. */
export const TASK_HOPELESS_TIMEOUT_MS = 3_000;
/** From the start command to a completed poll cycle. smithy took 2.8 s to listen; a first cycle may recover work. */
export const RESTART_PROOF_TIMEOUT_MS = 60_000;
/** Of a launcher's log this much of its end is read for why a start failed: more than any last lines. */
export const LAUNCHER_LOG_TAIL_BYTES = 16 * 1024;
/** How often a condition of the process table or of the port is looked at while waiting for it. */
export const WAIT_STEP_MS = 100;
/** How often a daemon that was just started is asked whether it completed a cycle. */
export const PROOF_POLL_INTERVAL_MS = 500;

/** A window that holds the say but does not speak is hung or gone: another speaks after this long (under 10 s). */
export const SPEAKER_TAKEOVER_MS = 8_000;
/** Windows see one incident up to this far apart: an unfocused one polls every 15 s and wants three failures. */
export const TOLD_WINDOW_MS = 120_000;

/** ductor's two warnings before a timeout: the countdown opens, and is about to end. */
export const COUNTDOWN_FIRST_MS = 60_000;
export const COUNTDOWN_LAST_MS = 10_000;
/** While a countdown is on screen its daemon is asked this often: it closes soon after the session has ended. */
export const COUNTDOWN_POLL_INTERVAL_MS = 5_000;
/** A countdown opens on an answer this fresh, so that it does not open for work that has ended meanwhile. */
export const COUNTDOWN_LEAD_MS = 400;
/** From the deadline on it is asked every second for this long: smithy's next cycle, or dispatchd's stop and grace. */
export const DEADLINE_WATCH_MS = 15_000;
/** How long "extended by 120 s" stays in sight: one reads it in two seconds, and may not look at once. */
export const EXTENSION_SHOWN_MS = 8_000;
/** A countdown that is over goes this much later than the message about its end comes. */
export const CLOSE_DELAY_MS = 500;
/** What an answer takes to arrive moves its clock against ours; a countdown is to be right to a second. */
export const CLOCK_JITTER_MS = 250;
/** A deadline that moved by less did not: a `Date` header has whole seconds. */
export const DEADLINE_MOVED_MS = 2_000;
/** smithy's documented defaults: stewards end after 30 min, all others never (0 = off). */
export const SMITHY_SESSION_LIMIT_MS = 0;
export const SMITHY_STEWARD_LIMIT_MS = 1_800_000;
/** Its true limits change by hand only; read again this often, where the setting allows it at all. */
export const SMITHY_LIMITS_REREAD_MS = 600_000;

/** smithy's default port and the 20 that it tries one after the other when its own is taken (its serve command). */
export const SMITHY_FIRST_PORT = 3_457;
export const SMITHY_LAST_PORT = 3_476;
/** `/api/health` takes smithy 1 ms; a port that takes this long is not worth a scan's time. */
export const DISCOVERY_TIMEOUT_MS = 1_000;
/** Ports asked at a time: at start the editor has other things to do. */
export const DISCOVERY_CONCURRENCY = 4;
/** Focus may change many times a minute; daemons do not. */
export const DISCOVERY_INTERVAL_MS = 60_000;
/** While a daemon is gone that may have moved: soon enough to find it before 10 s of failures turn red. */
export const DISCOVERY_RESCAN_MS = 5_000;
/** And ever less often: after this part of the time that it has been gone. */
export const DISCOVERY_RESCAN_DIVISOR = 4;
/** While one of two daemons on one database is not watched, only a scan tells that it has been stopped. */
export const CONFLICT_RESCAN_MS = 15_000;
/** Gone for two scans, a conflict is over: one scan may miss a daemon on a busy machine. The next one is told again. */
export const CONFLICT_OVER_MS = 2 * CONFLICT_RESCAN_MS;
/** A daemon's database is asked for again this often: another process may have taken its port between two polls. */
export const DATABASE_MAX_AGE_MS = 60_000;

/** A new life resumes work in its first cycle; one that hangs, or of which nothing is told, is waited for this long. */
export const LIFE_SETTLE_MS = 15_000;
/** A restart is told once, also to windows that are opened later: as long as dispatchd keeps what it interrupted. */
export const LIFE_TOLD_MS = 7 * 24 * 3_600_000;
/** A file says that something was told later than now by this much: the clock was set back. File times may be some ms ahead. */
export const TOLD_AHEAD_MS = 5_000;
/** Files that say what has been told are of no use after that. */
export const TOLD_KEPT_MS = LIFE_TOLD_MS;
/** Of how many daemons a workspace remembers the last life. */
export const LIVES_MAX_DAEMONS = 50;
/** How often the window that shows a countdown says so, and the others ask whether it still does. */
export const COUNTDOWN_CLAIM_MS = 5_000;
/** Three of them missed: that window is gone, though its process may live on for hours waiting for it to come back. */
export const CLAIM_STALE_MS = 15_000;

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
/** ductor's state files have some KB; a larger one is not read. */
export const MAX_STATE_FILE_BYTES = 1024 * 1024;

/** Ended work stays in the tree for a day, as it does in dispatchd. */
export const ENDED_SHOWN_MS = 24 * 3_600_000;
/** A tree of a thousand rows is read by nobody, and costs at every poll. */
export const MAX_SESSION_ROWS = 100;
/** Commands that "Run in Daemon…" remembers in a workspace. */
export const MAX_RECENT_COMMANDS = 10;
/** dispatchd's own default limit of one run, first in the list to choose from. */
export const DEFAULT_RUN_TIMEOUT_MS = 600_000;

/** Whoever trusts a workspace later than this does it for another reason than the restart that asked for it. */
export const TRUST_WAIT_MS = 5 * 60_000;
/** Collecting evidence must not hold up a cure for longer. */
export const EVIDENCE_TIMEOUT_MS = 10_000;
/** Older evidence goes. */
export const EVIDENCE_FILES_KEPT = 20;
/** Restarts remembered for the tree. */
export const RESTARTS_KEPT = 10;
/** A crash loop, by the practice of process supervisors: this many restarts in this time want the log first. */
export const RESTART_LOOP_COUNT = 3;
export const RESTART_LOOP_MS = 15 * 60_000;
