/** "It was up before" is remembered across windows for a day: yesterday's daemon is not an outage today. */
export const SEEN_UP_MEMORY_MS = 24 * 3_600_000;

/** How much of the time in an unchanged state a crashed window may lose. */
export const HISTORY_KEEP_EVERY_MS = 600_000;

/** A change is kept soon: what a window has not written when it is reloaded is lost. A poll a second is the most. */
export const HISTORY_KEEP_GAP_MS = 1_000;

/** Of how many daemons a workspace keeps the history. */
export const HISTORY_MAX_DAEMONS = 50;

/** A window that holds the say but does not speak is hung or gone: another speaks after this long (under 10 s). */
export const SPEAKER_TAKEOVER_MS = 8_000;

/** Windows see one incident up to this far apart: an unfocused one polls every 15 s and wants three failures. */
export const TOLD_WINDOW_MS = 120_000;

/** A restart is told once, also to windows that are opened later: as long as dispatchd keeps what it interrupted. */
export const INSTANCE_TOLD_MS = 7 * 24 * 3_600_000;

/** A file says that something was told later than now by this much: the clock was set back. File times may be some ms ahead. */
export const TOLD_AHEAD_MS = 5_000;

/** What has been told is of no use after that. */
export const TOLD_KEPT_MS = INSTANCE_TOLD_MS;

/** An entry of what was told has some 400 bytes: this many stay far under the longest file that is read (1 MiB). */
export const TOLD_MAX = 500;

/** Changes that wait for a file that cannot be written: more of them than this are of no use to other windows. */
export const SHARED_PENDING_MAX = 1_000;

/** Of how many daemons a workspace remembers the last life. */
export const INSTANCES_MAX_DAEMONS = 50;

/** Three of them missed: that window is gone, though its process may live on for hours waiting for it to come back. */
export const CLAIM_STALE_MS = 15_000;

/** Restarts remembered for the tree. */
export const RESTARTS_KEPT = 10;

/** A crash loop, by the practice of process supervisors: this many restarts in this time want the log first. */
export const RESTART_LOOP_COUNT = 3;
export const RESTART_LOOP_MS = 15 * 60_000;

/** How much older the kept time may be than the true one: what is asked of it is "within a day". */
export const KEEP_EVERY_MS = 600_000;

/** A change of what windows share takes some milliseconds: whoever holds the file for so long hangs. */
export const SHARED_LOCK_WAIT_MS = 2_000;

/** How soon a file that another window holds is asked for again, ever later; give or take a half, so that windows get out of step. */
export const SHARED_LOCK_STEP_MS = { first: 5, longest: 80 } as const;

/** A change that could not be written is tried again this long after that, with the next look at the file. */
export const SHARED_RETRY_MS = 10_000;

/** A file system tells times apart that lie a tick of its clock apart: 10 ms at the most on Linux (CONFIG_HZ=100), 2 s on FAT. */
export const SHARED_FRESH_MS = 2_000;

/** However many daemons are polled, a shared file is looked at no more often than one daemon is asked. */
export const SHARED_LOOK_GAP_MS = 1_000;

/** Of how many daemons windows share the restarts and the snoozes: the file stays under the longest that is read. */
export const SHARED_MAX_DAEMONS = 100;

/** VS Code warns of all that an extension keeps together from 512 KiB on (its `LARGE_STATE_WARNING_THRESHOLD`). */
export const UNREADABLE_MAX_CHARS = 64 * 1_024;

/** Of how many daemons a workspace remembers that they were up: some hundred bytes each. */
export const SEEN_MAX_DAEMONS = 500;

/** Of how many fleets a workspace remembers the series. */
export const SERIES_MAX_DAEMONS = 10;

/** Commands that "Run in Daemon…" remembers in a workspace. */
export const MAX_RECENT_COMMANDS = 10;

/** The log of incidents, which is read as a whole at each change (design: 1 MB); the rest is the frame of the file. */
export const INCIDENT_LOG_MAX_BYTES = 1_000_000;

/** An incident with a reason of many words has some 2 KB; a log of a thousand of them is still a week of trouble. */
export const INCIDENT_MAX_BYTES = 4_096;

/** "Since you left" is right to a minute: a focus that goes on is written this often. */
export const LOOKED_EVERY_MS = 60_000;
