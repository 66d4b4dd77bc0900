import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultStaleThresholdMs } from './loop/health';
import {
  DEFAULT_POLL_INTERVAL_MS,
  DEFAULT_WORKERS,
  MAX_POLL_INTERVAL_MS,
  MAX_STALE_THRESHOLD_MS,
  MAX_WORKERS,
  MIN_POLL_INTERVAL_MS,
} from './policy';
import { DEFAULT_PORT, STATE_FOLDER } from '../protocol/dispatchd';
import { userHome } from '../system/userHome';

/** Everything dispatchd can be told at its start. */
export interface Options {
  /** 0 picks a free port. */
  readonly port: number;
  readonly stateDir: string;
  readonly workers: number;
  readonly pollIntervalMs: number;
  readonly pollStaleThresholdMs: number;
  readonly workspace: string;
  readonly chaos: boolean;
}

export type CommandLine =
  | { readonly kind: 'run'; readonly options: Options }
  /** @property place an address or a file, as it was typed */
  | { readonly kind: 'check'; readonly place: string; readonly allowRemote: boolean }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'invalid'; readonly message: string };

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** `undefined` for a user who has none. */
  readonly home: string | undefined;
  readonly isFolder: (path: string) => boolean;
}

const FLAGS = {
  port: { type: 'string' },
  'state-dir': { type: 'string' },
  workers: { type: 'string' },
  'poll-interval-ms': { type: 'string' },
  'poll-stale-threshold-ms': { type: 'string' },
  workspace: { type: 'string' },
  chaos: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

const CHECK_FLAGS = {
  'allow-remote': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

class InvalidValue extends Error {}

/** Reads flags first, then the environment, then the defaults. Never throws. */
export function parseCommandLine(
  argv: readonly string[],
  around: Surroundings = surroundings(),
): CommandLine {
  try {
    if (argv[0] === 'check') return readCheck(argv.slice(1));
    const { values } = parseArgs({ args: withValues(argv), options: FLAGS, strict: true });
    if (values.help) return { kind: 'help' };
    if (values.version) return { kind: 'version' };

    const text = (flag: Exclude<keyof typeof FLAGS, 'chaos' | 'help' | 'version'>) => {
      const given = values[flag];
      if (given !== undefined) return { value: given, source: `--${flag}` };
      const value = around.env[variableOf(flag)];
      return value === undefined || value === '' ? undefined : { value, source: variableOf(flag) };
    };
    const integer = (flag: Parameters<typeof text>[0], min: number, max: number) => {
      const given = text(flag);
      if (!given) return undefined;
      const value = /^\d+$/.test(given.value) ? Number(given.value) : NaN;
      if (value >= min && value <= max) return value;
      throw new InvalidValue(
        `${given.source} must be a whole number from ${min} to ${max}, not "${given.value}"`,
      );
    };
    const folder = (flag: 'state-dir' | 'workspace') => {
      const given = text(flag);
      if (given && given.value.trim() === '') throw new InvalidValue(`${given.source} must not be empty`);
      return given?.value;
    };

    const workspace = folder('workspace');
    const workspaceDir = resolve(around.cwd, workspace ?? '.');
    if (workspace !== undefined && !around.isFolder(workspaceDir)) {
      throw new InvalidValue(`${text('workspace')?.source}: there is no folder ${workspaceDir}`);
    }
    const pollIntervalMs =
      integer('poll-interval-ms', MIN_POLL_INTERVAL_MS, MAX_POLL_INTERVAL_MS) ?? DEFAULT_POLL_INTERVAL_MS;
    const staleThresholdMs = integer('poll-stale-threshold-ms', 1, MAX_STALE_THRESHOLD_MS);
    if (staleThresholdMs !== undefined && staleThresholdMs <= pollIntervalMs) {
      const longer = `must be longer than the interval of ${pollIntervalMs} ms`;
      throw new InvalidValue(
        `${text('poll-stale-threshold-ms')?.source} ${longer}, not "${staleThresholdMs}"`,
      );
    }
    return {
      kind: 'run',
      options: {
        port: integer('port', 0, 65535) ?? DEFAULT_PORT,
        stateDir: resolve(around.cwd, folder('state-dir') ?? defaultStateDir(around.home)),
        workers: integer('workers', 0, MAX_WORKERS) ?? DEFAULT_WORKERS,
        pollIntervalMs,
        pollStaleThresholdMs: staleThresholdMs ?? defaultStaleThresholdMs(pollIntervalMs),
        workspace: workspaceDir,
        chaos: values.chaos ?? booleanVariable('DISPATCHD_CHAOS', around.env['DISPATCHD_CHAOS']),
      },
    };
  } catch (error) {
    if (!(error instanceof InvalidValue) && !isParseArgsError(error)) throw error;
    return { kind: 'invalid', message: firstSentence(error.message) };
  }
}

function readCheck(args: readonly string[]): CommandLine {
  const options = { args: [...args], options: CHECK_FLAGS, strict: true, allowPositionals: true } as const;
  const { values, positionals } = parseArgs(options);
  if (values.help) return { kind: 'help' };
  const [place, ...more] = positionals;
  if (place === undefined || more.length > 0) throw new InvalidValue('check needs one address or one file');
  return { kind: 'check', place, allowRemote: values['allow-remote'] ?? false };
}

/** The flags that start the same daemon again at the same address, also where it was set up by environment. */
export function argvToRepeat(options: Options, port: number): string[] {
  return [
    ...['--port', String(port)],
    ...['--state-dir', options.stateDir],
    ...['--workers', String(options.workers)],
    ...['--poll-interval-ms', String(options.pollIntervalMs)],
    ...['--poll-stale-threshold-ms', String(options.pollStaleThresholdMs)],
    ...['--workspace', options.workspace],
    ...(options.chaos ? ['--chaos'] : []),
  ];
}

/** parseArgs calls a value that begins with a dash ambiguous: a number cannot be a flag. */
function withValues(argv: readonly string[]): string[] {
  const args: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const arg = argv[index]!;
    if (arg === '--') return [...args, ...argv.slice(index)];
    const flag = Object.entries(FLAGS).find(([name, { type }]) => type === 'string' && arg === `--${name}`);
    const value = argv[index + 1];
    if (flag && (value === undefined || /^-(?!\d)/.test(value))) {
      throw new InvalidValue(`${arg} needs a value`);
    }
    if (flag) index++;
    args.push(flag ? `${arg}=${value}` : arg);
  }
  return args;
}

function surroundings(): Surroundings {
  const isFolder = (path: string) => existsSync(path) && statSync(path).isDirectory();
  return { env: process.env, cwd: process.cwd(), home: userHome(), isFolder };
}

function defaultStateDir(home: string | undefined): string {
  if (home) return join(home, ...STATE_FOLDER);
  throw new InvalidValue('this user has no home folder; set HOME, or give --state-dir');
}

function variableOf(flag: string): string {
  return `DISPATCHD_${flag.toUpperCase().replaceAll('-', '_')}`;
}

function booleanVariable(name: string, value: string | undefined): boolean {
  if (value === undefined || value === '' || value === '0' || value === 'false') return false;
  if (value === '1' || value === 'true') return true;
  throw new InvalidValue(`${name} must be 1, true, 0 or false, not "${value}"`);
}

function isParseArgsError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}

/** parseArgs explains itself over several lines; the first sentence names the flag. */
function firstSentence(message: string): string {
  return message.split(/\n|\. /)[0]?.replace(/\.$/, '') ?? message;
}
