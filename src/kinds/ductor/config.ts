import * as v from 'valibot';
import { SECOND_MS } from '../../base/time';
import {
  DUCTOR_EXTENSION_MS,
  DUCTOR_MAX_EXTENSIONS,
  DUCTOR_TASK_LIMIT_MS,
  DUCTOR_TURN_LIMIT_MS,
  DUCTOR_UNSET_LIMIT_MS,
} from './policy';
import { finite, LAST_AT, lenient } from '../read/schemas';

/** Reads `config.json`: how long ductor lets work run. */

const Config = v.object({
  cli_timeout: lenient(finite),
  interagent_port: lenient(finite),
  user_timezone: lenient(v.string()),
  api: lenient(v.object({ port: lenient(finite) })),
  timeouts: lenient(
    v.object({
      normal: lenient(finite),
      extend_on_activity: lenient(v.boolean()),
      activity_extension: lenient(finite),
      max_extensions: lenient(finite),
    }),
  ),
  tasks: lenient(v.object({ timeout_seconds: lenient(v.nullable(finite)) })),
});
export type DuctorConfig = v.InferOutput<typeof Config>;

/** `config.json`; what is not there or not what it should be is ductor's default. @throws where it is no object */
export function readConfig(value: unknown): DuctorConfig {
  // valibot takes an array for an object without entries.
  if (Array.isArray(value)) throw new TypeError('a list is no config');
  return v.parse(Config, value);
}

/** Sets the cap of all extensions of a turn, in seconds, in builds with PleasePrompto/ductor#20. */
export const CAP_VARIABLE = 'DUCTOR_DYNAMIC_TIMEOUT_MAX_SECONDS';

/** The cap that a variable means, in ms; `undefined` where that is none. */
export function readCap(text: string | undefined): number | undefined {
  const ms = Number(text?.trim() ?? '') * SECOND_MS;
  return ms > 0 && ms <= LAST_AT ? ms : undefined;
}

/**
 * The limits that a config means. It may have been changed since the daemon read it.
 * @param capMs the cap of all extensions, of a daemon that has it in its environment
 */
export function limitsOf({ cli_timeout: cli, timeouts = {}, tasks = {} }: DuctorConfig, capMs?: number) {
  const normalMs = toMs(timeouts.normal) ?? DUCTOR_UNSET_LIMIT_MS;
  const cliMs = toMs(cli) ?? DUCTOR_TURN_LIMIT_MS;
  const { extend_on_activity: isExtended = true, max_extensions: max = DUCTOR_MAX_EXTENSIONS } = timeouts;
  const extensionMs = positive(toMs(timeouts.activity_extension) ?? DUCTOR_EXTENSION_MS) ?? 0;
  const turnMs = positive(normalMs === DUCTOR_UNSET_LIMIT_MS ? cliMs : normalMs);
  const byActivity = {
    extensionMs,
    maxExtensions: isExtended && extensionMs > 0 ? Math.max(0, Math.floor(max)) : 0,
  };
  return {
    turnMs,
    /** What is added to a turn at its end, and how often: for activity shortly before, or up to the cap in any case. */
    ...(capMs === undefined || turnMs === undefined ? byActivity : upTo(capMs, turnMs)),
    /** What runs by the clock. */
    jobMs: positive(cliMs),
    taskMs:
      tasks.timeout_seconds === null
        ? undefined
        : positive(toMs(tasks.timeout_seconds) ?? DUCTOR_TASK_LIMIT_MS),
  };
}

/** A build that knows of a cap adds a whole period each time, the last one cut at the cap, and asks for no activity. */
function upTo(capMs: number, turnMs: number) {
  if (capMs <= turnMs) return { extensionMs: 0, maxExtensions: 0 };
  return {
    extensionMs: turnMs,
    maxExtensions: Math.ceil(capMs / turnMs) - 1,
    /** When a turn ends at the latest; only where the daemon's process tells. */
    capMs,
  };
}

const toMs = (value: number | undefined) => (value === undefined ? undefined : value * SECOND_MS);
const positive = (ms: number) => (ms > 0 && ms <= LAST_AT ? ms : undefined);

/** How long ductor lets work run, in ms; `undefined` = without end. */
export type DuctorLimits = Omit<ReturnType<typeof limitsOf>, 'capMs'> & { readonly capMs?: number };

export const DEFAULT_LIMITS = limitsOf({});
