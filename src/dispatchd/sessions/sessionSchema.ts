import * as v from 'valibot';
import type { Session } from './session';

const moment = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

const Spec = v.object({
  name: v.string(),
  command: v.string(),
  args: v.exactOptional(v.array(v.string())),
  cwd: v.string(),
  kind: v.picklist(['foreground', 'named']),
  prompt: v.exactOptional(v.string()),
  resumable: v.boolean(),
  timeoutMs: positive,
  activityExtensionMs: positive,
  maxExtensions: count,
  maxTotalMs: positive,
});

const State = v.variant('status', [
  v.object({ status: v.literal('queued') }),
  v.object({
    status: v.literal('running'),
    startedAt: moment,
    instanceId: v.string(),
    bootId: v.string(),
    gated: v.boolean(),
    process: v.exactOptional(
      v.object({ pid: positive, startedAtMs: moment, startTicks: v.exactOptional(v.number()) }),
    ),
    stopping: v.exactOptional(v.object({ cause: v.picklist(['cancel', 'timeout', 'shutdown']), at: moment })),
  }),
  v.object({
    status: v.picklist(['completed', 'failed', 'timed-out', 'cancelled']),
    startedAt: v.exactOptional(moment),
    endedAt: moment,
    exitCode: v.exactOptional(v.number()),
    signal: v.exactOptional(v.string()),
    outcome: v.string(),
  }),
  v.object({
    status: v.literal('interrupted'),
    startedAt: v.exactOptional(moment),
    endedAt: moment,
    outcome: v.string(),
    foundAt: v.exactOptional(moment),
    foundBy: v.exactOptional(v.string()),
    handled: v.exactOptional(v.picklist(['run', 'dismissed'])),
  }),
]);

/** The shape of a session's file. */
export const SessionFile: v.GenericSchema<unknown, Session> = v.object({
  // The id becomes part of file names.
  id: v.pipe(v.string(), v.regex(/^session-[\w-]{1,64}$/)),
  spec: Spec,
  createdAt: moment,
  attempt: count,
  recovered: v.boolean(),
  turn: positive,
  rerunOf: v.exactOptional(v.string()),
  extensionsUsed: count,
  requestedExtensions: count,
  lastActivityAt: v.exactOptional(moment),
  state: State,
});
