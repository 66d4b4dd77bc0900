import { cleanText } from '../base/text';
import type { ProofBy } from '../health/cause';
import { MAX_RED_AFTER_MS, MIN_RED_AFTER_MS } from '../kinds/policy';
import type { EachSetting, Matches, ProofSetting, ProofSource, SessionsSetting } from '../model/askSetting';
import type { AskProblem, EntryProblem } from '../model/listProblem';
import { withoutVariable } from '../kinds/read/namedFolder';
import { isFilePath } from './place';
import { MAX_COMMAND_WORDS, MAX_FILES, MAX_MATCH_VALUES, MAX_PLACE_CHARS } from './policy';

type Raw = Readonly<Record<string, unknown>>;

const PROOFS: readonly ProofBy[] = ['time', 'age', 'counter', 'due', 'beat'];
/** Proofs of one look: those by a change need to know which of several it was. */
const OF_EACH: readonly ProofBy[] = ['time', 'age', 'due'];
const EACH_KEYS = ['name', 'where', 'unless', 'alive', 'sessions'] as const;
const SESSIONS_KEYS: readonly string[] = ['id', 'startedAt', 'busySinceAt', 'waits', 'question'];
const KEYS: readonly string[] = [
  ...PROOFS,
  'backlog',
  'busy',
  'redAfterMs',
  'stuckAfterMs',
  'each',
  ...EACH_KEYS,
  'from',
];
const FROM_KEYS = ['url', 'files', 'command'] as const;
const FROM_FILE_KEYS: readonly string[] = ['beside', 'newerThan'];

/** What an entry says that proves its daemon's progress; or what is wrong with that. */
export function readProgress(value: unknown): ProofSetting | EntryProblem | undefined {
  if (value === undefined) return undefined;
  const raw = objectIn(value);
  if (!raw) return wrong('progress', 'noObject');
  const other = Object.keys(raw).find((key) => !KEYS.includes(key));
  if (other !== undefined) return wrong(`progress.${cleanText(other, MAX_PLACE_CHARS)}`, 'unknownKey');
  const [by, ...more] = PROOFS.filter((each) => Object.hasOwn(raw, each));
  if (by === undefined || more.length > 0) return wrong('progress', 'notOneProof');
  const [at, ...plus] = listOf(raw[by]);
  const [busy, ...busyToo] = raw['busy'] === undefined ? [] : listOf(raw['busy']);
  const { backlog } = raw;
  if (![at, ...plus].every(isPlace) || (Array.isArray(raw[by]) && by !== 'counter')) {
    return wrong(`progress.${by}`, 'noPlace');
  }
  if (raw['busy'] !== undefined && ![busy, ...busyToo].every(isPlace))
    return wrong('progress.busy', 'noPlace');
  if (by === 'counter' && busy === undefined) return wrong('progress.busy', 'neededByCounter');
  if (backlog !== undefined && !(by === 'counter' && isPlace(backlog)))
    return wrong('progress.backlog', 'noPlace');
  const times = readTimes(raw);
  if ('is' in times) return times;
  const each = readEach(raw, by);
  if (each && 'is' in each) return each;
  const from = raw['from'] === undefined ? undefined : readFrom(raw['from'], each !== undefined);
  if (from && 'is' in from) return from;
  return {
    by,
    at: at as string,
    ...(plus.length > 0 && { plus: plus as string[] }),
    ...(backlog !== undefined && { backlog: backlog }),
    ...(busy !== undefined && { busy: busy as string }),
    ...(busyToo.length > 0 && { busyToo: busyToo as string[] }),
    ...times,
    ...(each && { each }),
    ...(from && { from }),
  };
}

function wrong(path: string, problem: AskProblem): EntryProblem {
  return { is: 'ask', path, problem };
}

function objectIn(value: unknown): Raw | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Raw) : undefined;
}

/** A list that nobody has written by hand is none. */
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) && value.length > 0 && value.length <= MAX_MATCH_VALUES
    ? (value as unknown[])
    : [value];

/** A place is shown where nothing is found there, so it is one line. */
export function isPlace(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && cleanText(value, MAX_PLACE_CHARS) === value;
}

function readTimes(raw: Raw): Pick<ProofSetting, 'redAfterMs' | 'stuckAfterMs'> | EntryProblem {
  const { redAfterMs, stuckAfterMs } = raw;
  if (redAfterMs === undefined && stuckAfterMs === undefined)
    return wrong('progress.redAfterMs', 'noRedAfter');
  if (redAfterMs !== undefined && !isTime(redAfterMs)) return wrong('progress.redAfterMs', 'noRedAfter');
  if (stuckAfterMs !== undefined && !isTime(stuckAfterMs))
    return wrong('progress.stuckAfterMs', 'noRedAfter');
  return {
    ...(redAfterMs !== undefined && { redAfterMs }),
    ...(stuckAfterMs !== undefined && { stuckAfterMs }),
  };
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && value >= MIN_RED_AFTER_MS && value <= MAX_RED_AFTER_MS;

function readEach(raw: Raw, by: ProofBy): EachSetting | EntryProblem | undefined {
  const { each: at, name, where, unless, alive, sessions: shown } = raw;
  if (at === undefined) {
    const key = EACH_KEYS.find((each) => raw[each] !== undefined);
    return key && wrong(`progress.${key}`, 'needsEach');
  }
  if (!isPlace(at)) return wrong('progress.each', 'noPlace');
  if (!OF_EACH.includes(by)) return wrong('progress.each', 'eachByChange');
  if (name !== undefined && !isPlace(name)) return wrong('progress.name', 'noPlace');
  if (alive !== undefined && !isPlace(alive)) return wrong('progress.alive', 'noPlace');
  const [wanted, unwanted] = [readMatches(where), readMatches(unless)];
  if (wanted === 'wrong') return wrong('progress.where', 'noMatches');
  if (unwanted === 'wrong') return wrong('progress.unless', 'noMatches');
  const sessions = shown === undefined ? undefined : readSessions(shown);
  if (sessions && 'is' in sessions) return sessions;
  return {
    at,
    ...(name !== undefined && { name }),
    ...(wanted && { where: wanted }),
    ...(unwanted && { unless: unwanted }),
    ...(alive !== undefined && { alive }),
    ...(sessions && { sessions }),
  };
}

function readSessions(value: unknown): SessionsSetting | EntryProblem {
  const raw = objectIn(value);
  if (!raw) return wrong('progress.sessions', 'noSessions');
  const at = (key: string) => `progress.sessions.${cleanText(key, MAX_PLACE_CHARS)}`;
  const other = Object.keys(raw).find((key) => !SESSIONS_KEYS.includes(key));
  if (other !== undefined) return wrong(at(other), 'unknownKey');
  const { id, waits: told, ...places } = raw;
  if (!isPlace(id)) return wrong(at('id'), 'noPlace');
  const bad = Object.entries(places).find(([, place]) => !isPlace(place));
  if (bad) return wrong(at(bad[0]), 'noPlace');
  const waits = readMatches(told);
  if (waits === 'wrong') return wrong(at('waits'), 'noMatches');
  return { id, ...places, ...(waits && { waits }) };
}

function readMatches(value: unknown): Matches | 'wrong' | undefined {
  if (value === undefined) return undefined;
  const raw = objectIn(value);
  const isScalar = (each: unknown) => each === null || ['string', 'number', 'boolean'].includes(typeof each);
  const entries = Object.entries(raw ?? {}).map(([place, values]) => [place, listOf(values)] as const);
  const isGood = entries.every(([place, values]) => isPlace(place) && values.every(isScalar));
  return raw && isGood && entries.length <= MAX_MATCH_VALUES
    ? (Object.fromEntries(entries) as Matches)
    : 'wrong';
}

function readFrom(value: unknown, isOfEach: boolean): ProofSource | EntryProblem {
  const raw = objectIn(value);
  const [key, beside] = raw ? FROM_KEYS.filter((each) => raw[each] !== undefined) : [];
  if (!raw || key === undefined) return wrong('progress.from', 'noSource');
  if (beside !== undefined) return wrong(`progress.from.${beside}`, 'notBeside');
  const known = [key, 'everyMs', ...(key === 'files' ? FROM_FILE_KEYS : [])];
  const other = Object.keys(raw).find((each) => !known.includes(each));
  if (other !== undefined) return wrong(`progress.from.${cleanText(other, MAX_PLACE_CHARS)}`, 'unknownKey');
  const { everyMs, newerThan } = raw;
  if (everyMs !== undefined && !isTime(everyMs)) return wrong('progress.from.everyMs', 'noRedAfter');
  const every = everyMs === undefined ? {} : { everyMs };
  if (key === 'command') {
    const argv = stringsIn(raw['command'], MAX_COMMAND_WORDS);
    return argv?.[0] ? { kind: 'command', argv, ...every } : wrong('progress.from.command', 'noCommand');
  }
  if (key === 'url') {
    const paths = stringsIn(listOf(raw['url']), MAX_FILES);
    const isGood = paths?.every((path) => /^\/(?!\/)/.test(path) && isPlace(path));
    return isGood && paths && (isOfEach || paths.length === 1)
      ? { kind: 'http', paths, ...every }
      : wrong('progress.from.url', 'noRoutes');
  }
  const paths = patternsIn(raw['files']);
  if (!paths) return wrong('progress.from.files', 'noFiles');
  const further = raw['beside'] === undefined ? undefined : patternsIn(raw['beside']);
  if (raw['beside'] !== undefined && !(further && isOfEach)) return wrong('progress.from.beside', 'noFiles');
  if (newerThan !== undefined && !patternsIn([newerThan])) return wrong('progress.from.newerThan', 'noFiles');
  return {
    kind: 'file',
    paths,
    ...every,
    ...(further && { beside: further }),
    ...(newerThan !== undefined && { newerThan: newerThan as string }),
  };
}

function stringsIn(value: unknown, most: number): readonly string[] | undefined {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= most;
  const isGood = isList && value.every((each) => typeof each === 'string' && !each.includes('\0'));
  return isGood ? (value as string[]) : undefined;
}

function patternsIn(value: unknown): readonly string[] | undefined {
  const paths = stringsIn(value, MAX_FILES);
  return paths?.every((path) => isFilePath(withoutVariable(path))) ? paths : undefined;
}
