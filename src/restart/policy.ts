/** smithy moves to the next port when its own is still taken, so nothing is started before it is free. */
export const PORT_FREE_TIMEOUT_MS = 10_000;

/** From the start command to a completed poll cycle. smithy took 2.8 s to listen; a first cycle may recover work. */
export const RESTART_PROOF_TIMEOUT_MS = 60_000;

/** A command by which a daemon restarts itself waits for running work first: Codex 0.169.0 60 s, and then it ends the work. */
export const TOLD_PROOF_TIMEOUT_MS = 120_000;

/** How often a daemon that was just started is asked whether it completed a cycle. */
export const PROOF_POLL_INTERVAL_MS = 500;

/** A status is waited for as long: by then the daemon has said which sessions had ended, or does not say it. */
export const WORK_MADE_TIMEOUT_MS = 5_000;
/** A daemon that resumes its work says so for 10 s at most (ductor); what is not known by then the outcome does not tell. */
export const RESUMES_TIMEOUT_MS = 12_000;

/** What a failed command had started ends within moments of it; so long its answers are not judged. */
export const FAILED_SETTLES_MS = 2_000;

/** A process that has just begun to listen has no name for a moment: the system tells of its port first. */
export const UNNAMED_SETTLES_MS = 500;

/** A command whose daemon cannot take its port fails within moments; so long who answers instead is not judged. */
export const DOUBT_SETTLES_MS = 5_000;

/** More of several processes are counted, not named. */
export const MAX_NAMED = 3;

/**
 * The systems on which a run of Restart and Stop is on record. On any other both ask first, whatever process it is:
 * what the system's tools print was taken from public sources there, and never from a machine of ours.
 */
export const SYSTEMS_WITH_A_RECORDED_RUN: readonly NodeJS.Platform[] = ['linux'];

/** Elsewhere starts are told in whole seconds. */
export const WHOLE_SECONDS_MS = 1_000;

/** More names than these are not read in a question; the rest is counted. */
export const MAX_NAMED_VARIABLES = 8;

/** The longest names of variables that are common have some 40 characters. */
export const MAX_VARIABLE_CHARS = 60;

/**
 * Who starts a daemon again does so within seconds: systemd 100 ms and ductor's unit 5 s after its end, supervisord 1 s and
 * longer with each attempt, pm2 at once. A loop may sleep in between.
 */
export const RESPAWN_TIMEOUT_MS = 30_000;
export const RESPAWN_LOOK_MS = 250;

/** Nobody waits for it: a daemon that was stopped is looked for this often. */
export const COMEBACK_LOOK_MS = 1_000;

/** What started a daemon again last time is waited for twice as long as it took then, and so much longer. */
export const COMEBACK_MARGIN_MS = 5_000;

/** Of what a demo that did not start said, the end. */
export const MAX_SAID_CHARS = 300;

/** What reads from its daemon or is told by it ends within moments of it: a child that goes on is looked for after these. */
export const OFFSPRING_SETTLES_MS = 2_000;

/** Who has just asked for a restart is there. As long as nobody answers, no window can do anything else with the daemon. */
export const OUTLIVING_ANSWER_MS = 2 * 60_000;
