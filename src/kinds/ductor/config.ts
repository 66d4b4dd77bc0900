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
  return v.parse(Config, value);
}

/** The limits that a config means. It may have been changed since the daemon read it. */
export function limitsOf({ cli_timeout: cli, timeouts = {}, tasks = {} }: DuctorConfig) {
  const normalMs = toMs(timeouts.normal) ?? DUCTOR_UNSET_LIMIT_MS;
  const cliMs = toMs(cli) ?? DUCTOR_TURN_LIMIT_MS;
  const { extend_on_activity: isExtended = true, max_extensions: max = DUCTOR_MAX_EXTENSIONS } = timeouts;
  const extensionMs = positive(toMs(timeouts.activity_extension) ?? DUCTOR_EXTENSION_MS) ?? 0;
  return {
    turnMs: positive(normalMs === DUCTOR_UNSET_LIMIT_MS ? cliMs : normalMs),
    /** What activity shortly before its end adds to a turn, and how often. */
    extensionMs,
    maxExtensions: isExtended && extensionMs > 0 ? Math.max(0, Math.floor(max)) : 0,
    /** What runs by the clock. */
    jobMs: positive(cliMs),
    taskMs:
      tasks.timeout_seconds === null
        ? undefined
        : positive(toMs(tasks.timeout_seconds) ?? DUCTOR_TASK_LIMIT_MS),
  };
}

const toMs = (value: number | undefined) => (value === undefined ? undefined : value * SECOND_MS);
const positive = (ms: number) => (ms > 0 && ms <= LAST_AT ? ms : undefined);

/** How long ductor lets work run, in ms; `undefined` = without end. */
export type DuctorLimits = ReturnType<typeof limitsOf>;

export const DEFAULT_LIMITS = limitsOf({});
