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
/** The longest that a daemon may ask not to be asked: longer and nobody would see it fail (design). */
export const MAX_RETRY_AFTER_MS = 300_000;
/** Several windows must not poll in step. */
export const JITTER_SHARE = 0.1;

/** One request's deadline, whatever the server does. A healthy status under load took 130 ms at most. */
export const REQUEST_TIMEOUT_MS = 5_000;
/** `/api/health` answers in 1 ms where anything answers; it only tells "hung status" from "hung process". */
export const FALLBACK_TIMEOUT_MS = 1_500;
/** An ask that failed while our own event loop stood still for longer says nothing of the daemon (design: 1 s). */
export const OWN_STALL_MS = 1_000;
/** Kubernetes' failureThreshold: one lost answer is not an outage. */
export const FAILURES_BEFORE_RED = 3;
/** And they must span this long, so that a fast poll interval does not cry wolf. */
export const FAILURE_SPAN_MS = 10_000;
/** While failures decide nothing the daemon is asked again this soon: with 5 s an ask red comes within 24 s (design). */
export const UNDECIDED_POLL_INTERVAL_MS = 1_000;

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
/** Node's timers go by whole milliseconds: one may come so early, by the clock that is asked then. */
export const TIMER_EARLY_MS = 1;

/** More time than this since boot than on the monotonic clock, or a poll's timer so late, means that the machine slept. */
export const SLEEP_GAP_MS = 5_000;

/** Gone for two scans (of 15 s), a conflict is over: one scan may miss a daemon on a busy machine. */
export const CONFLICT_OVER_MS = 30_000;

/**
 * A problem waits so long for other daemons that are about to have the same, so that one cause is one message. Daemons
 * that are asked every 5 s see one cause within 5 s of each other, and an ask ends within 5 s.
 */
export const GATHER_MS = 6_000;
/** Those that fell together come back within the longest backoff of each other; that they are back is not urgent. */
export const GATHER_RECOVERY_MS = 35_000;

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

/** The longest time that a snooze may be asked for (design): one that ends later was asked before the clock was set back. */
export const LONGEST_SNOOZE_MS = 3_600_000;
/** A clock that is corrected, and not set, goes back by less: a snooze of the longest time outlives that. */
export const CLOCK_CORRECTED_MS = 60_000;

/** So many restarts in this time that nobody asked for are a crash loop (design: "3rd restart in 5 min"). */
export const CRASH_LOOP_COUNT = 3;
export const CRASH_LOOP_MS = 300_000;

/** The history of a daemon: "yesterday at this time" is as far back as anybody asks a status. */
export const HISTORY_WINDOW_MS = 24 * 3_600_000;
/** One bar of its strip: 48 bars fit into a tooltip, and a bar can be told from its neighbour. */
export const HISTORY_BUCKET_MS = 1_800_000;
/** A daemon that changes state every five minutes all day fits; what flaps faster keeps its newest part. */
export const HISTORY_MAX_SPANS = 300;
/** What happened on this machine is kept for a week: a Friday's incident is asked about on Monday (design). */
export const INCIDENT_LOG_MS = 7 * 24 * 3_600_000;
/** How much of an incident that goes on a window that crashes may lose: its end is not known better than that. */
export const PHASE_SEEN_EVERY_MS = 60_000;
/** Who was gone for so long asks what happened meanwhile (design); a coffee is shorter. */
export const AWAY_MS = 15 * 60_000;
/** Reloading the window leaves gaps of seconds: up to so much in all, time counts as watched throughout. */
export const HISTORY_GAP_TOLERANCE_MS = 60_000;
/** Samples of each daemon for diagnostics: about four minutes at the default interval. */
export const SAMPLES_KEPT = 50;

/**
 * All stages of a stop together: so long it may answer although we have stopped it. A test holds it equal to the sum of
 * the stages in `system/policy.ts` and `kinds/dispatchd/policy.ts`, which this pure room does not import.
 */
export const STOP_LONGEST_MS = 20_000;
/** What each work that runs adds: `STOP_PER_WORK_MS` of `system/policy.ts`, once after its API and once after SIGTERM. */
export const STOP_LONGEST_PER_WORK_MS = 4_000;
/**
 * The longest that one window restarts a daemon: twice the stages of a stop (40 s), the port (10 s), the proof (60 s) and
 * waiting longer for that (60 s), and as much again for a busy machine. Versions up to 0.1 take a lock of this age for
 * nobody's. What another window restarts for longer silences nothing.
 */
export const RESTART_ELSEWHERE_LONGEST_MS = 300_000;
/** Work that waits beside free workers may wait so long, and so many completed cycles, before it is told (design). */
export const NOTHING_STARTED_AFTER_MS = 600_000;
export const NOTHING_STARTED_AFTER_CYCLES = 10;
/** A process takes moments to start and to end; so long without one, and in so many looks, a turn hangs (design). */
export const HANGS_AFTER_MS = 10_000;
export const HANGS_AFTER_LOOKS = 3;
/** A job that should have run is told so long after it was first seen to be late: timers and clocks differ (design). */
export const OVERDUE_AFTER_MS = 300_000;
/** smithy's own limit of a task in its merge queue (`/api/health/diagnostics`). */
export const MERGE_STUCK_AFTER_MS = 600_000;
/** Who starts work that takes longer turns to something else meanwhile (design). */
export const LONG_WORK_MS = 60_000;
/** A `dispatchd` lists a hundred ends and a ductor those of a day; a window may be open for weeks. */
export const MAX_KNOWN_ENDS = 5_000;
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
/** What an answer takes to arrive moves its clock against ours; a countdown is to be right to a second. */
export const CLOCK_JITTER_MS = 250;
/** A deadline that moved by less did not: a `Date` header has whole seconds. */
export const DEADLINE_MOVED_MS = 2_000;
/**
 * The parts of a ductor that ends say so one after the other, 2 s for each work; one that has said so for longer, while
 * the rest goes on, was stopped alone.
 */
export const PART_ENDS_WITHIN_MS = 60_000;
/**
 * Work that nobody has seen for so long may have ended before its daemon did: ductor's limit of a named session, and of a
 * turn (`timeouts.background`, `cli_timeout`).
 */
export const UNSEEN_WORK_LASTS_MS = 1_800_000;
/** A new life resumes work in its first cycle; one that hangs, or of which nothing is told, is waited for this long. */
export const INSTANCE_SETTLE_MS = 15_000;
/**
 * A series that vanished is shown so long: a daemon that died at night is still to be seen in the morning, and one that
 * was taken out of service is not shown for ever.
 */
export const VANISHED_KEPT_MS = 24 * 3_600_000;
/** As many as are read of a fleet at once. */
export const MAX_VANISHED = 2_000;
/** Labels and names of one fleet that are kept: some 300 series, and ten such fleets stay under what VS Code warns of. */
export const KEPT_SERIES_CHARS = 32 * 1_024;
/** Ended work stays in the tree for a day, as it does in dispatchd. */
export const ENDED_SHOWN_MS = 24 * 3_600_000;
/** A tree of a thousand rows is read by nobody, and costs at every poll. */
export const MAX_SESSION_ROWS = 100;
