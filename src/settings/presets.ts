import { cleanText } from '../base/text';
import type { EntryProblem, ListProblem } from '../model/listProblem';
import { ASK_KEYS } from './askSetting';
import { RESTART_KEYS } from './ignored';
import { MAX_PRESETS, MAX_PRESET_NAME_CHARS } from './policy';
import bundled from './presets.json';

/** An entry, or a preset, as it is written. */
export type Raw = Readonly<Record<string, unknown>>;

/** Presets by their names, as they are written. */
export type Presets = ReadonlyMap<string, Raw>;

/** The keys of an entry that say where its daemon is watched. */
const SOURCES = ['url', 'files', 'command', 'prometheus'] as const;
/** What a preset says for people. */
const ABOUT = ['about', 'why'];
const KEYS: readonly string[] = [
  ...ABOUT,
  ...SOURCES,
  ...ASK_KEYS.filter((key) => key !== 'preset'),
  'pollIntervalMs',
  'restart',
];

/** Those that come with the extension. */
export const BUNDLED_PRESETS: Presets = new Map(
  Object.entries(bundled).flatMap(([name, preset]) => (typeof preset === 'string' ? [] : [[name, preset]])),
);

/**
 * The presets of the extension, and those of the user's own that nothing is wrong with.
 *
 * @param own the setting `daemonHealth.presets`
 * @param check what is wrong with a preset as an entry
 */
export function readPresets(
  own: unknown,
  check: (entry: Raw) => EntryProblem | undefined,
): { readonly presets: Presets; readonly problems: readonly ListProblem[] } {
  if (own === undefined || own === null) return { presets: BUNDLED_PRESETS, problems: [] };
  const entries = typeof own === 'object' && !Array.isArray(own) ? Object.entries(own) : undefined;
  if (!entries || entries.length > MAX_PRESETS) {
    return { presets: BUNDLED_PRESETS, problems: [{ is: 'noPresets' }] };
  }
  const presets = new Map(BUNDLED_PRESETS);
  const problems: ListProblem[] = [];
  for (const [name, value] of entries) {
    const problem = BUNDLED_PRESETS.has(name) ? ({ is: 'presetTaken' } as const) : whyNone(value, check);
    if (problem) problems.push({ is: 'preset', name: cleanText(name, MAX_PRESET_NAME_CHARS), problem });
    else presets.set(name, value as Raw);
  }
  return { presets, problems };
}

/** What is wrong with a preset. One that leaves the address to the entry is looked at with one. */
function whyNone(value: unknown, check: (entry: Raw) => EntryProblem | undefined): EntryProblem | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { is: 'noPreset' };
  const raw = value as Raw;
  const { pollIntervalMs, restart } = raw;
  const isRestart = typeof restart === 'object' && restart !== null && !Array.isArray(restart);
  const other =
    Object.keys(raw).find((key) => !KEYS.includes(key)) ??
    (isRestart ? otherThan(RESTART_KEYS, 'restart', restart) : undefined);
  if (other !== undefined) return { is: 'presetKey', key: cleanText(other, MAX_PRESET_NAME_CHARS) };
  if (pollIntervalMs !== undefined && !Number.isFinite(pollIntervalMs)) {
    return { is: 'ask', path: 'pollIntervalMs', problem: 'noInterval' };
  }
  const hasSource = SOURCES.some((key) => raw[key] !== undefined);
  return check({ ...(!hasSource && { url: 'http://127.0.0.1/' }), progress: undefined, ...raw });
}

/** The path of a key that is none of these. */
function otherThan(keys: readonly string[], path: string, value: object): string | undefined {
  const other = Object.keys(value).find((key) => !keys.includes(key));
  return other === undefined ? undefined : `${path}.${other}`;
}

/**
 * An entry with what its preset says; what the entry says itself wins. Of two sources the entry's own one counts.
 * @returns `undefined` where there is no such preset
 */
export function withPreset(raw: Raw, presets: Presets): Record<string, unknown> | undefined {
  if (raw['preset'] === undefined) return raw;
  const preset = typeof raw['preset'] === 'string' ? presets.get(raw['preset']) : undefined;
  if (!preset) return undefined;
  const hasSource = SOURCES.some((key) => raw[key] !== undefined);
  const told = Object.entries(preset).filter(
    ([key]) => !ABOUT.includes(key) && !(hasSource && (SOURCES as readonly string[]).includes(key)),
  );
  const url = urlOf(raw['url'], preset['url']);
  return { name: raw['preset'], ...Object.fromEntries(told), ...raw, ...(url !== undefined && { url }) };
}

/** An address alone is asked where the preset says. */
function urlOf(own: unknown, preset: unknown): string | undefined {
  if (typeof own !== 'string' || typeof preset !== 'string' || !URL.canParse(own)) return undefined;
  const { pathname, search } = new URL(own);
  return pathname === '/' && search === '' ? own.replace(/\/*$/, new URL(preset).pathname) : undefined;
}

/**
 * What is wrong with an entry: a preset that is there and wrong is not unknown.
 *
 * @param wrong what is wrong with the user's own presets
 */
export function ofPreset(entry: unknown, problem: EntryProblem, wrong: readonly ListProblem[]): EntryProblem {
  if (problem.is !== 'unknownPreset') return problem;
  const name = cleanText(String((entry as Raw)['preset']), MAX_PRESET_NAME_CHARS);
  const isThere = wrong.some((each) => each.is === 'preset' && each.name === name);
  return isThere ? { is: 'wrongPreset', name } : problem;
}
