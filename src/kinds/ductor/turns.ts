import { saidText } from '../../base/said';
import * as v from 'valibot';
import type { Session } from '../../health/report';
import { MAX_SESSIONS } from '../policy';
import type { DuctorLimits } from './config';
import { DUCTOR_END_MS } from './policy';
import { prompt } from './prompt';
import { id, isoTime, line } from '../read/schemas';

/** Reads the files in which an agent of ductor keeps its start, and what runs in its chats. */

const Turn = v.object({ prompt_preview: prompt(80), started_at: isoTime });
const Turns = v.object({
  turns: v.pipe(
    v.unknown(),
    // valibot takes an array for an object without entries.
    v.check((turns) => !Array.isArray(turns)),
    v.record(v.string(), v.unknown()),
  ),
});

/**
 * `inflight_turns.json`: the chats' turns that run.
 *
 * @param sinceAt when this life of the daemon began: what is older was left behind by a crash
 * @throws where it is not such a file
 */
export function readTurns(
  value: unknown,
  limits: DuctorLimits,
  { sinceAt, nowAt }: { sinceAt: number; nowAt: number },
): readonly Session[] {
  return Object.values(v.parse(Turns, value).turns)
    .slice(0, MAX_SESSIONS)
    .flatMap((raw) => {
      const turn = v.safeParse(Turn, raw);
      if (!turn.success || turn.output.started_at < sinceAt) return [];
      const { prompt_preview: title, started_at: startedAt } = turn.output;
      return {
        // Not by its chat, whose number is that of a person.
        id: `turn ${new Date(startedAt).toISOString()}`,
        title: title || 'turn',
        status: 'running',
        startedAt,
        endUntold: true,
        ...turnDeadline(startedAt, limits, nowAt),
      };
    });
}

/** Whether entries of such a file tell nothing: turns may run that are not listed. @throws as `readTurns` */
export function hidesTurns(value: unknown): boolean {
  return Object.values(v.parse(Turns, value).turns).some((raw) => !v.is(Turn, raw));
}

/**
 * When a turn will be ended. It is ended or extended at its deadline, and nobody is told of an extension: one that
 * is still there a while after was extended.
 */
function turnDeadline(
  startedAt: number,
  { turnMs, extensionMs, maxExtensions, capMs = Infinity }: DuctorLimits,
  nowAt: number,
): Partial<Session> {
  if (turnMs === undefined) return {};
  const overMs = nowAt - startedAt - turnMs - DUCTOR_END_MS;
  const extensionsUsed = overMs <= 0 ? 0 : Math.ceil(overMs / extensionMs);
  // It has outlived all that was assumed.
  if (overMs > 0 && !(extensionsUsed <= maxExtensions && turnMs + overMs <= capMs)) return {};
  const endMs = Math.min(turnMs + extensionsUsed * extensionMs, capMs);
  return {
    timeoutMs: turnMs,
    deadlineAt: startedAt + endMs,
    // The cap alone is told, by the process itself.
    ...(endMs !== capMs && { deadlineAssumed: true }),
    extensionsUsed,
    maxExtensions,
  };
}

const Named = v.object({
  name: id,
  status: v.literal('running'),
  /** Of its first turn ever, and of the turn that runs: empty until it has got a second one. */
  prompt_preview: prompt(200),
  last_prompt: prompt(200),
});
const NamedList = v.object({ sessions: v.array(v.unknown()) });

/** `named_sessions.json`: those that run. When their turn began is not told. @throws where it is not such a file */
export function readNamed(value: unknown): readonly Session[] {
  return v
    .parse(NamedList, value)
    .sessions.slice(0, MAX_SESSIONS)
    .flatMap((raw) => {
      const named = v.safeParse(Named, raw);
      if (!named.success) return [];
      const { name, prompt_preview: first, last_prompt: last } = named.output;
      const command = last || first;
      return {
        id: `named ${name}`,
        title: saidText(name, 80),
        status: 'running',
        ...(command !== '' && { command }),
      };
    });
}

const Resting = v.object({ status: v.picklist(['idle', 'ended']) });

/** Whether entries of such a file tell nothing: named sessions may run that are not listed. @throws as `readNamed` */
export function hidesNamed(value: unknown): boolean {
  return v.parse(NamedList, value).sessions.some((raw) => !v.is(Resting, raw) && !v.is(Named, raw));
}

const Startup = v.object({ boot_id: line(100), started_at: isoTime });
export type DuctorStartup = v.InferOutput<typeof Startup>;

/** `startup_state.json`: this life of the daemon. @throws where it is not such a file */
export function readStartup(value: unknown): DuctorStartup {
  return v.parse(Startup, value);
}
