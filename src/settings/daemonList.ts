import { DEFAULT_POLL_INTERVAL_MS, MAX_POLL_INTERVAL_MS, MIN_POLL_INTERVAL_MS } from '../health/policy';
import type { DaemonId } from '../health/report';
import { cleanText } from '../base/text';
import type { DaemonsConfig, DaemonConfig, RestartConfig } from '../model/daemonConfig';
import type { AskSetting } from '../model/askSetting';
import type { DaemonModel } from '../model/daemonModel';
import type { EntryProblem, ListProblem } from '../model/listProblem';
import { KINDS, kindOf } from '../kinds/index';
import { wholePlaceOf, type Target } from '../model/target';
import { addressOf } from '../kinds/target';
import { ASK_KEYS, readAskSetting } from './askSetting';
import { ignoredIn } from './ignored';
import { readPlace, type Place } from './place';
import { ofPreset, readPresets, withPreset, type Presets } from './presets';
import { MAX_LISTED } from './policy';

const LOCALHOST = ['localhost', '127.0.0.1', '[::1]'];

/** The `daemonHealth.daemons` setting, whatever is in it. */
export interface RawDaemonList {
  readonly raw: unknown;
  /** The user wrote the list, as opposed to the built-in default. */
  readonly configured: boolean;
  /** The user allows daemons of other machines. */
  readonly allowRemote: boolean;
  /** The user's own presets, whatever is in them. */
  readonly presets?: unknown;
}

/** A daemon as it is written into the user's list. */
export interface ListedDaemon {
  readonly name: string;
  /** One of these three. */
  readonly url?: string;
  readonly files?: readonly string[];
  readonly command?: readonly string[];
  readonly kind?: string;
  readonly pollIntervalMs?: number;
  readonly progress?: Readonly<Record<string, string | number>>;
}

/** The list as daemons to watch, and problems to show. */
export function readDaemons(
  raw: unknown,
  { configured, allowRemote, presets: own }: Omit<RawDaemonList, 'raw'>,
): DaemonsConfig {
  const { presets, problems: wrongPresets } = readPresets(own, problemOf);
  if (!Array.isArray(raw)) return { daemons: [], problems: [{ is: 'noList' }] };
  const daemons: DaemonConfig[] = [];
  const problems: ListProblem[] = [...wrongPresets];
  if (raw.length > MAX_LISTED) problems.push({ is: 'tooMany', most: MAX_LISTED, count: raw.length });
  raw.slice(0, MAX_LISTED).forEach((entry: unknown, index) => {
    const daemon = readDaemon(entry, configured, allowRemote, presets);
    const wrong = 'is' in daemon ? [ofPreset(entry, daemon, wrongPresets)] : ignoredIn(entry as object);
    problems.push(...wrong.map((problem) => ({ is: 'entry', index, problem }) as const));
    if (!('is' in daemon) && !daemons.some((known) => isSameDaemon(known, daemon))) daemons.push(daemon);
  });
  return { daemons, problems };
}

/** Watched daemons as entries of the user's list, which takes only daemons with an address, and no demo. */
export function listedOf(models: readonly DaemonModel[]): readonly ListedDaemon[] {
  return models.flatMap(({ daemon: { name, target, kind, demo } }) => {
    const address = demo ? undefined : addressOf(target);
    return address ? [{ name, url: address.origin, ...(kind && { kind }) }] : [];
  });
}

/** Whether two entries are one daemon: at one place, and asked for the same. */
function isSameDaemon(known: DaemonConfig, daemon: DaemonConfig): boolean {
  return isSameAddress(known, daemon) && askedOf(known.asks) === askedOf(daemon.asks);
}

/**
 * Whether two daemons are at one place. `localhost` is 127.0.0.1 or ::1, whichever answers; those two by themselves may
 * be two servers.
 */
export function isSameAddress(
  known: Pick<DaemonConfig, 'target'>,
  daemon: Pick<DaemonConfig, 'target'>,
): boolean {
  if (daemonIdOf(known.target) === daemonIdOf(daemon.target)) return true;
  const [a, b] = [addressOf(known.target), addressOf(daemon.target)];
  if (!a || !b) return false;
  const hosts = [a.hostname, b.hostname];
  const isAmbiguous = hosts.includes('localhost') && hosts.every((host) => LOCALHOST.includes(host));
  return a.port === b.port && isAmbiguous && a.path === b.path;
}

/** What is wrong with a preset as an entry. */
function problemOf(entry: object): EntryProblem | undefined {
  const daemon = readDaemon({ kind: anyMake?.id, ...entry }, true, true, new Map());
  return 'is' in daemon ? daemon : undefined;
}

function readDaemon(
  entry: unknown,
  configured: boolean,
  allowRemote: boolean,
  presets: Presets,
): DaemonConfig | EntryProblem {
  if (typeof entry !== 'object' || entry === null) return { is: 'noObject' };
  const raw = withPreset(entry as Record<string, unknown>, presets);
  if (!raw) return { is: 'unknownPreset', known: [...presets.keys()] };
  const isAny = anyMake?.id === raw.kind || (raw.kind === undefined && ASK_KEYS.some((key) => key in raw));
  const found = readPlace(raw, isAny, allowRemote);
  if ('is' in found) return found;
  const { target, query } = raw['preset'] === undefined ? found : atItsOrigin(found);
  const kind = typeof raw.kind === 'string' ? kindOf(raw.kind)?.id : undefined;
  if (raw.kind !== undefined && kind === undefined)
    return { is: 'unknownKind', known: KINDS.map(({ id }) => id) };
  const asked = readAsks(raw, isAny, query, target.kind === 'http');
  if (asked && 'is' in asked) return asked;
  const named = kind ?? (isAny ? anyMake?.id : undefined);
  const restart = readRestart(raw.restart);
  if (restart && 'is' in restart) return restart;
  return {
    name: nameOf(raw.name, target, named),
    id: daemonIdOf(target, asked?.asks),
    target,
    ...(named && { kind: named }),
    ...asked,
    pollIntervalMs: readInterval(raw.pollIntervalMs),
    ...(restart && { restart }),
    configured,
  };
}

/** What an entry is called: as it says, else by its kind or place. Its labels name only the rows of a fleet. */
function nameOf(said: unknown, target: Target, kind: string | undefined): string {
  const text = typeof said === 'string' ? said : '';
  if (target.kind !== 'prometheus') {
    return cleanText(text, 60) || (kind ?? wholePlaceOf(target).replace('http://', ''));
  }
  const own = text
    .replace(/\{\{[^}]*\}\}/g, ' ')
    .replace(/\(\s*\)|\[\s*\]/g, ' ')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N})\]]+$/gu, '');
  return cleanText(own, 60) || `fleet of ${target.origin.replace('http://', '')}`;
}

/** Of a preset the path is one of several routes: the daemon is at the address. */
function atItsOrigin({ target, query }: Place): Place {
  if (target.kind !== 'http') return { target, query };
  const { origin, pathname } = new URL(target.origin);
  return { target: { kind: 'http', origin }, query: `${pathname === '/' ? '' : pathname}${query}` };
}

/** The kind whose entries say how a daemon is asked. */
const anyMake = KINDS.find(({ isOfAnyMake }) => isOfAnyMake);

function readAsks(
  raw: Record<string, unknown>,
  isAny: boolean,
  query: string,
  hasAddress: boolean,
): Pick<DaemonConfig, 'asks'> | EntryProblem | undefined {
  if (isAny) {
    const asks = readAskSetting(raw, query, hasAddress);
    return 'is' in asks ? asks : Object.keys(asks).length > 0 ? { asks } : undefined;
  }
  const path = ASK_KEYS.find((key) => key in raw);
  return path === undefined || !anyMake ? undefined : { is: 'askOfKind', path, kind: anyMake.id };
}

/**
 * The id of a daemon: its address, `http://host:port`, which no other target's id begins like; then what it is asked
 * for, where its entry says that. Ids of rows are made of it and of what follows `#`, so that no id has a `#`.
 */
export function daemonIdOf(target: Target, asks?: AskSetting): DaemonId {
  const asked = escaped(askedOf(asks));
  if (target.kind === 'http') return `${target.origin}${asked}` as DaemonId;
  // Two lists have one text only where they are equal.
  const listed = JSON.stringify(partsOf(target));
  return `${target.kind}:${escaped(listed)}${asked}` as DaemonId;
}

function partsOf(target: Exclude<Target, { readonly kind: 'http' }>): readonly string[] {
  if (target.kind === 'prometheus') return [target.origin, target.query];
  return target.kind === 'file' ? target.paths : target.argv;
}

/** What tells two daemons at one place apart: which answer is asked for, and which of its values proves something. */
function askedOf({ query = '', progress }: AskSetting = {}): string {
  if (!progress) return query;
  const { by, at, busy } = progress;
  return `${query} ${JSON.stringify([by, at, ...(busy === undefined ? [] : [busy])])}`;
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('#', '%23');
}

function readInterval(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return DEFAULT_POLL_INTERVAL_MS;
  return Math.min(MAX_POLL_INTERVAL_MS, Math.max(MIN_POLL_INTERVAL_MS, value));
}

type RestartPart = Extract<EntryProblem, { is: 'restart' }>['part'];

const wrong = (part: RestartPart): EntryProblem => ({ is: 'restart', part });

function readRestart(value: unknown): RestartConfig | EntryProblem | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong(undefined);
  const { command, args, cwd, env, mode, by, keepsWork } = value as Record<string, unknown>;
  if (typeof command !== 'string' || command.trim() === '') return wrong('command');
  if (args !== undefined && !isStrings(args)) return wrong('args');
  if (cwd !== undefined && typeof cwd !== 'string') return wrong('cwd');
  if (env !== undefined && !isStringMap(env)) return wrong('env');
  if (mode !== undefined && mode !== 'terminal' && mode !== 'background') return wrong('mode');
  if (by !== undefined && by !== 'itself') return wrong('by');
  if (keepsWork !== undefined && typeof keepsWork !== 'boolean') return wrong('keepsWork');
  const texts = [command, cwd, ...(args ?? []), ...Object.values(env ?? {})];
  const unknown = texts.flatMap((text) => UNKNOWN_VARIABLE.exec(text ?? '')?.[0] ?? []);
  if (unknown[0] !== undefined) return { is: 'restartVariable', variable: cleanText(unknown[0], 80) };
  return {
    command,
    ...(mode !== undefined && { mode }),
    ...(by !== undefined && { by }),
    ...(keepsWork !== undefined && { keepsWork }),
    ...(args !== undefined && { args }),
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env }),
  };
}

/** Variables of VS Code's that need an editor, a question or another setting (its "Variables Reference"). */
const UNKNOWN_VARIABLE =
  /\$\{((command|input|config|extensionInstallFolder):[^}]*|file\w*|relativeFile\w*|lineNumber|columnNumber|selectedText|execPath|defaultBuildTask|cwd|workspaceFolderBasename|workspaceRoot)\}/;

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
