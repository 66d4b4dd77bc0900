import { BUNDLED_PRESETS } from '../../../src/settings/presets';
import { withoutVariable } from '../../../src/kinds/read/namedFolder';
import type { RealHome } from './realProcess';

interface Restart {
  readonly args?: readonly string[];
}

type Raw = Readonly<Record<string, unknown>>;

export interface EntryOptions {
  /** Whose `~` it is, and with whose variables its commands run. */
  readonly home: RealHome;
  /** The address, where the preset has one or leaves it to the entry. */
  readonly url?: string;
  /** What runs in place of the first word of its commands. */
  readonly program?: readonly string[];
  /** Shorter times than those of the preset: a test waits for them. */
  readonly progress?: Raw;
  /** How often what tells of the progress is asked. */
  readonly everyMs?: number;
}

/** An entry of the settings that names a preset, for a daemon of the home: only places, programs and times are others. */
export function presetEntry(
  name: string,
  { home, url, program = [], progress, everyMs }: EntryOptions,
): object {
  const preset = BUNDLED_PRESETS.get(name);
  if (!preset) throw new Error(`there is no preset ${name}`);
  // What a preset says of itself is no part of an entry.
  const { about: _, why: __, ...asked } = preset;
  const here = inHome(asked, home, program) as { progress?: { from?: object }; restart?: Restart };
  const { progress: proof, restart } = here;
  return {
    preset: name,
    ...here,
    pollIntervalMs: 1_000,
    ...(url !== undefined && { url }),
    ...(restart && program.length > 0 && { restart: restartIn(restart, home, program) }),
    ...(proof && {
      progress: {
        ...proof,
        ...progress,
        ...(proof.from && { from: { ...proof.from, ...(everyMs !== undefined && { everyMs }) } }),
      },
    }),
  };
}

function inHome(value: unknown, home: RealHome, program: readonly string[]): unknown {
  if (typeof value === 'string') return withoutVariable(value).replace(/^~/, home.folder);
  if (Array.isArray(value)) return value.map((each) => inHome(each, home, program));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, each]): [string, unknown] => {
    const isArgv = key === 'command' && Array.isArray(each);
    return [key, isArgv ? argvIn(each as string[], home, program) : inHome(each, home, program)];
  });
  return Object.fromEntries(entries);
}

function restartIn(restart: Restart, { env }: RealHome, [command, ...words]: readonly string[]): object {
  return { ...restart, command, args: [...words, ...(restart.args ?? [])], env };
}

function argvIn(
  [first = '', ...rest]: readonly string[],
  home: RealHome,
  program: readonly string[],
): string[] {
  const variables = Object.entries(home.env).map(([name, value]) => `${name}=${value}`);
  return ['/usr/bin/env', '-i', ...variables, ...(program.length > 0 ? program : [first]), ...rest];
}
