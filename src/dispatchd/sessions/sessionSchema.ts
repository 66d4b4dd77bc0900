import * as v from 'valibot';

const moment = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

/** What was asked for; kept verbatim, because it may be run again. */
const Spec = v.object({
  name: v.string(),
  /** A line for the shell when `args` is absent, else the program. */
  command: v.string(),
  args: v.exactOptional(v.pipe(v.array(v.string()), v.readonly())),
  cwd: v.string(),
  /** `foreground` is one command; `named` takes follow-ups by its name, one after the other. */
  kind: v.picklist(['foreground', 'named']),
  /** Handed to the command as `DISPATCHD_PROMPT`. */
  prompt: v.exactOptional(v.string()),
  /** Whether it may be started again by itself after an interruption. Named sessions always may. */
  resumable: v.boolean(),
  timeoutMs: positive,
  activityExtensionMs: positive,
  maxExtensions: count,
  maxTotalMs: positive,
});

export const Running = v.object({
  status: v.literal('running'),
  startedAt: moment,
  /** The daemon instance that runs it: one instance only. */
  instanceId: v.string(),
  bootId: v.string(),
  /** Whether the command waits until `process` is on disk: without `process`, nothing of it ran then. */
  gated: v.boolean(),
  process: v.exactOptional(
    v.object({ pid: positive, startedAtMs: moment, startTicks: v.exactOptional(v.number()) }),
  ),
  stopping: v.exactOptional(v.object({ cause: v.picklist(['cancel', 'timeout', 'shutdown']), at: moment })),
});

export const Ended = v.object({
  status: v.picklist(['completed', 'failed', 'timed-out', 'cancelled']),
  /** Absent when it was cancelled while it waited. */
  startedAt: v.exactOptional(moment),
  endedAt: moment,
  exitCode: v.exactOptional(v.number()),
  signal: v.exactOptional(v.string()),
  /** For people: what happened, and what to do. */
  outcome: v.string(),
});

const Interrupted = v.object({
  status: v.literal('interrupted'),
  startedAt: v.exactOptional(moment),
  endedAt: moment,
  outcome: v.string(),
  /** When a life of the daemon found it so, and which; absent where an earlier version did. */
  foundAt: v.exactOptional(moment),
  foundBy: v.exactOptional(v.string()),
  /** When it was first listed to somebody with the token; absent until then. */
  seenAt: v.exactOptional(moment),
  /** Set once somebody dealt with it. */
  handled: v.exactOptional(v.picklist(['run', 'dismissed'])),
});

/** One piece of work from the moment it was accepted, as its file holds it; times are epoch milliseconds. */
export const SessionFile = v.object({
  // The id becomes part of file names.
  id: v.pipe(v.string(), v.regex(/^session-[\w-]{1,64}$/)),
  spec: Spec,
  createdAt: moment,
  /** Runs so far, counting the one in progress. */
  attempt: count,
  /** Whether this run was started again by itself after an interruption. */
  recovered: v.boolean(),
  /** 1 for the first of its name, then one more for each follow-up. */
  turn: positive,
  rerunOf: v.exactOptional(v.string()),
  extensionsUsed: count,
  requestedExtensions: count,
  lastActivityAt: v.exactOptional(moment),
  state: v.variant('status', [v.object({ status: v.literal('queued') }), Running, Ended, Interrupted]),
});
