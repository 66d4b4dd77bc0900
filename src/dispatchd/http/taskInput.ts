import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { ApiError } from './errors';
import {
  DEFAULT_ACTIVITY_EXTENSION_MS,
  DEFAULT_MAX_EXTENSIONS,
  DEFAULT_MAX_TOTAL_MS,
  DEFAULT_TIMEOUT_MS,
  MAX_ARGS,
  MAX_COMMAND_CHARACTERS,
  MAX_MAX_EXTENSIONS,
  MAX_NAME_CHARACTERS,
  MAX_TIMEOUT_MS,
} from '../policy';
import { commandLine, type TaskSpec } from '../sessions/session';
import type { TimeLimits } from '../sessions/run';

const text = (maxCharacters: number, what = 'must be a string') =>
  v.pipe(
    v.string(what),
    v.maxLength(maxCharacters, `must have at most ${maxCharacters} characters`),
    v.check((value) => !value.includes('\0'), 'must not contain NUL'),
  );
const filled = (maxCharacters: number) =>
  v.pipe(
    text(maxCharacters),
    v.check((value) => value.trim() !== '', 'must not be empty'),
  );
const durationMs = v.pipe(
  v.number('must be a number of milliseconds'),
  v.integer('must be a whole number of milliseconds'),
  v.minValue(1, 'must be at least 1'),
  v.maxValue(MAX_TIMEOUT_MS, `must be at most ${MAX_TIMEOUT_MS} (7 days)`),
);
const LIST = 'must be a list of strings';
const WHOLE = 'must be a whole number';

const TaskInput = v.object(
  {
    name: v.pipe(
      filled(MAX_NAME_CHARACTERS),
      v.check((name) => !/\p{Cc}/u.test(name), 'must not contain control characters'),
    ),
    command: v.optional(filled(MAX_COMMAND_CHARACTERS)),
    args: v.optional(
      v.pipe(
        v.array(text(MAX_COMMAND_CHARACTERS, LIST), LIST),
        v.maxLength(MAX_ARGS, `must have at most ${MAX_ARGS} entries`),
      ),
    ),
    cwd: v.optional(filled(MAX_COMMAND_CHARACTERS)),
    kind: v.optional(v.picklist(['foreground', 'named'], 'must be "foreground" or "named"')),
    prompt: v.optional(text(MAX_COMMAND_CHARACTERS)),
    timeoutMs: v.optional(durationMs),
    activityExtensionMs: v.optional(durationMs),
    maxExtensions: v.optional(
      v.pipe(
        v.number(WHOLE),
        v.integer(WHOLE),
        v.minValue(0, 'must be at least 0'),
        v.maxValue(MAX_MAX_EXTENSIONS, `must be at most ${MAX_MAX_EXTENSIONS}`),
      ),
    ),
    maxTotalMs: v.optional(durationMs),
    resumable: v.optional(v.boolean('must be true or false')),
  },
  'is missing',
);

/**
 * Reads the body of `POST /api/tasks`. Unknown keys are ignored, so that newer and older clients may say more.
 * @param lastTurn finds the last turn of a name: a follow-up without a command runs that turn's again, with its limits
 */
export async function readTask(
  body: unknown,
  defaultCwd: string,
  lastTurn: (name: string) => TaskSpec | undefined,
): Promise<TaskSpec> {
  const input = parse(TaskInput, body, '{"name": …, "command": …}');
  const name = input.name.trim();
  const kind = input.kind ?? 'foreground';
  const previous = kind === 'named' && input.command === undefined ? lastTurn(name) : undefined;
  const command = input.command ?? previous?.command;
  if (command === undefined) {
    const noTurn = kind === 'named' ? `, and no earlier turn of "${name}" has one` : '';
    throw invalid(`command: is missing${noTurn}`);
  }
  const args = input.args ?? previous?.args;
  const spec: TaskSpec = {
    name,
    command,
    ...(args && { args }),
    cwd: input.cwd === undefined && previous ? previous.cwd : resolve(defaultCwd, input.cwd ?? '.'),
    kind,
    ...(input.prompt !== undefined && { prompt: input.prompt }),
    ...limits(input, previous),
    resumable: input.resumable ?? false,
  };
  if (commandLine(spec).length > MAX_COMMAND_CHARACTERS) {
    throw invalid(`the command line must have at most ${MAX_COMMAND_CHARACTERS} characters`);
  }
  await checkFolder(spec.cwd);
  return spec;
}

/** What `readTask` left aside: perhaps a newer client's, perhaps misspelt. */
export function ignoredFields(body: unknown): string[] {
  return Object.keys(body ?? {}).filter((field) => !Object.hasOwn(TaskInput.entries, field));
}

/** @throws ApiError when a command could not run there */
async function checkFolder(cwd: string): Promise<void> {
  const folder = await stat(cwd).catch(() => undefined);
  if (folder?.isDirectory()) return;
  throw invalid(folder ? `cwd: ${cwd} is not a folder` : `cwd: there is no folder ${cwd}`);
}

const ExtendInput = v.object({ extensionMs: v.optional(durationMs) });
const RunAgainInput = v.object({ timeoutMs: v.optional(durationMs) });

/** Reads the body of an extension; `undefined` means the session's own step. */
export function readExtension(body: unknown): number | undefined {
  return parse(ExtendInput, body, '{"extensionMs": …}').extensionMs;
}

/** The task to run again, with more time where that is asked for. */
export async function readRunAgain(body: unknown, spec: TaskSpec): Promise<TaskSpec> {
  const { timeoutMs } = parse(RunAgainInput, body, '{"timeoutMs": …}');
  await checkFolder(spec.cwd);
  if (timeoutMs === undefined) return spec;
  return { ...spec, timeoutMs, maxTotalMs: Math.max(spec.maxTotalMs, timeoutMs) };
}

const DEFAULT_LIMITS: TimeLimits = {
  timeoutMs: DEFAULT_TIMEOUT_MS,
  activityExtensionMs: DEFAULT_ACTIVITY_EXTENSION_MS,
  maxExtensions: DEFAULT_MAX_EXTENSIONS,
  maxTotalMs: DEFAULT_MAX_TOTAL_MS,
};

function limits(
  input: Pick<v.InferOutput<typeof TaskInput>, keyof TimeLimits>,
  otherwise: TimeLimits = DEFAULT_LIMITS,
): TimeLimits {
  const timeoutMs = input.timeoutMs ?? otherwise.timeoutMs;
  if (input.maxTotalMs !== undefined && input.maxTotalMs < timeoutMs) {
    throw invalid(`maxTotalMs: must not be less than timeoutMs, which is ${timeoutMs}`);
  }
  return {
    timeoutMs,
    activityExtensionMs: input.activityExtensionMs ?? otherwise.activityExtensionMs,
    maxExtensions: input.maxExtensions ?? otherwise.maxExtensions,
    maxTotalMs: Math.max(input.maxTotalMs ?? otherwise.maxTotalMs, timeoutMs),
  };
}

function invalid(message: string): ApiError {
  return new ApiError(400, 'INVALID_INPUT', message);
}

/** Validates `body`, naming the first thing that is wrong with it. @param example of such a body */
function parse<S extends v.GenericSchema>(schema: S, body: unknown, example: string): v.InferOutput<S> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid(`the body must be a JSON object like ${example}`);
  }
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [{ message, path }] = result.issues;
  throw invalid(`${String(path?.[0].key)}: ${message}`);
}
