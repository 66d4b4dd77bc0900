import { DEFAULT_POLL_INTERVAL_MS, MAX_POLL_INTERVAL_MS, MIN_POLL_INTERVAL_MS } from '../health/policy';
import type { DaemonId } from '../health/report';
import { cleanText } from '../base/text';
import type { DaemonsConfig, DaemonConfig, RestartConfig } from '../model/daemonConfig';
import { KINDS, kindOf } from '../kinds/index';
import type { Target } from '../model/target';
import { isLoopback } from '../kinds/read/paths';
import { addressOf } from '../kinds/target';

const LOCALHOST = ['localhost', '127.0.0.1', '[::1]'];

/** The `daemonHealth.daemons` setting, whatever is in it. */
export interface RawDaemonList {
  readonly raw: unknown;
  /** The user wrote the list, as opposed to the built-in default. */
  readonly configured: boolean;
  /** The user allows daemons of other machines. */
  readonly allowRemote: boolean;
}

/** The list as daemons to watch, and problems to show. */
export function readDaemons(
  raw: unknown,
  { configured, allowRemote }: Omit<RawDaemonList, 'raw'>,
): DaemonsConfig {
  if (!Array.isArray(raw)) return { daemons: [], problems: ['daemonHealth.daemons should be a list.'] };
  const daemons: DaemonConfig[] = [];
  const problems: string[] = [];
  raw.forEach((entry: unknown, index) => {
    const daemon = readDaemon(entry, configured, allowRemote);
    if (typeof daemon === 'string') problems.push(`daemonHealth.daemons[${index}] ${daemon}.`);
    else if (!daemons.some((known) => isSameAddress(known, daemon))) daemons.push(daemon);
  });
  return { daemons, problems };
}

/** `localhost` is 127.0.0.1 or ::1, whichever answers; those two by themselves may be two servers. */
function isSameAddress(known: DaemonConfig, daemon: DaemonConfig): boolean {
  if (known.id === daemon.id) return true;
  const [a, b] = [addressOf(known.target), addressOf(daemon.target)];
  if (!a || !b) return false;
  const hosts = [a.hostname, b.hostname];
  const isAmbiguous = hosts.includes('localhost') && hosts.every((host) => LOCALHOST.includes(host));
  return a.port === b.port && isAmbiguous;
}

function readDaemon(entry: unknown, configured: boolean, allowRemote: boolean): DaemonConfig | string {
  if (typeof entry !== 'object' || entry === null) return 'should be an object with a "name" and a "url"';
  const raw = entry as Record<string, unknown>;
  if (typeof raw.url !== 'string') return 'needs a "url", such as "http://127.0.0.1:3457"';
  const url = parseUrl(raw.url);
  if (url?.protocol !== 'http:') return `has a "url" that is not an http address: ${cleanText(raw.url, 80)}`;
  if (!isLoopback(url.hostname) && !allowRemote) {
    return `is not on this machine (${cleanText(url.hostname, 80)}); set daemonHealth.allowRemote to watch it all the same`;
  }
  const kind = typeof raw.kind === 'string' ? kindOf(raw.kind)?.id : undefined;
  if (raw.kind !== undefined && kind === undefined)
    return `has an unknown "kind"; known are ${KINDS.map(({ id }) => id).join(', ')}`;
  const restart = readRestart(raw.restart);
  if (typeof restart === 'string') return restart;
  const target: Target = { kind: 'http', origin: url.origin };
  const name = typeof raw.name === 'string' ? cleanText(raw.name, 60) : '';
  return {
    name: name === '' ? (kind ?? url.host) : name,
    id: daemonIdOf(target),
    target,
    ...(kind && { kind }),
    pollIntervalMs: readInterval(raw.pollIntervalMs),
    ...(restart && { restart }),
    configured,
  };
}

/**
 * The id of a daemon: its address, `http://host:port`, which no other target's id begins like. Ids of rows are made of
 * it and of what follows `#`, so that no id has a `#`.
 */
export function daemonIdOf(target: Target): DaemonId {
  return idTextOf(target) as DaemonId;
}

function idTextOf(target: Target): string {
  switch (target.kind) {
    case 'http':
      return target.origin;
    case 'file':
      return `file:${listed(target.paths)}`;
    case 'command':
      return `command:${listed(target.argv)}`;
  }
}

/** Two lists have one text only where they are equal. */
function listed(words: readonly string[]): string {
  return JSON.stringify(words).replaceAll('%', '%25').replaceAll('#', '%23');
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function readInterval(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return DEFAULT_POLL_INTERVAL_MS;
  return Math.min(MAX_POLL_INTERVAL_MS, Math.max(MIN_POLL_INTERVAL_MS, value));
}

function readRestart(value: unknown): RestartConfig | string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') return 'has a "restart" that is not an object';
  const { command, args, cwd, env, mode } = value as Record<string, unknown>;
  if (typeof command !== 'string' || command.trim() === '') return 'has a "restart" without a "command"';
  if (args !== undefined && !isStrings(args)) return 'has "restart.args" that are not a list of strings';
  if (cwd !== undefined && typeof cwd !== 'string') return 'has a "restart.cwd" that is not a string';
  if (env !== undefined && !isStringMap(env)) return 'has a "restart.env" that is not a map of strings';
  if (mode !== undefined && mode !== 'terminal' && mode !== 'background') {
    return 'has a "restart.mode" other than "terminal" or "background"';
  }
  return {
    command,
    ...(mode !== undefined && { mode }),
    ...(args !== undefined && { args }),
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
  };
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isStringMap(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((item) => typeof item === 'string')
  );
}
