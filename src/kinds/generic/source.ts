import type { StrangeAnswer } from '../../health/cause';
import type { EachSetting, ProofSetting, ProofSource } from '../../model/askSetting';
import type { Look } from '../look';
import { inNamedFolder, type NoFolder } from '../read/namedFolder';
import { readAnswer } from './answer';
import { readCommand } from './command';
import { isAliveItem, isJudged, isWaitingItem, itemsIn, type Item } from './items';
import { fileItems, matchesOf, newestOf } from './patterns';
import { CHANGED_PLACE } from './places';
import type { Said } from './spoken';

/** What tells of the progress: things that are judged each by itself, or the values of one. */
export type Told = ToldOfEach | { readonly said: Pick<Said, 'at'> };

/** Several things, by what each of them owes. */
export interface ToldOfEach {
  readonly items: readonly Item[];
  /** They owe nothing. */
  readonly idle: readonly Item[];
  /** They wait for a person, and owe nothing meanwhile. */
  readonly waiting: readonly Item[];
}

/** How long things that are asked besides the status may take. */
export interface Limits {
  readonly look: Look;
  readonly commandMs: number;
  readonly requestMs: number;
}

/**
 * What tells of a daemon's progress besides its status.
 * @throws {NoAnswer} where it does not answer whole
 */
export async function askSource(
  source: ProofSource,
  setting: ProofSetting,
  { look, commandMs, requestMs }: Limits,
): Promise<Told | StrangeAnswer> {
  switch (source.kind) {
    case 'file': {
      const { paths, newerThan, beside = [] } = source;
      const named = [paths, newerThan === undefined ? [] : [newerThan], beside].map(inFolders);
      const none = named.flat().find((path) => typeof path !== 'string');
      if (none) return { is: 'fileNotReadable', file: `the folder that ${none.variable} names` };
      const [patterns = [], begun = [], others = []] = named as string[][];
      const [since] = await matchesOf(begun);
      const files = (await matchesOf(patterns)).filter(
        ({ changedAt }) => changedAt >= (since?.changedAt ?? 0),
      );
      const { each } = setting;
      if (each) return judged(await fileItems(files, each, others), each);
      const [first] = await fileItems(files);
      return {
        said: { at: (place: string) => (place === CHANGED_PLACE ? newestOf(files) : first?.at(place)) },
      };
    }
    case 'command': {
      const spoken = await readCommand(source.argv, [setting.each?.at ?? setting.at], commandMs, {
        isStatus: false,
      });
      return 'is' in spoken ? spoken : toldIn(setting, [spoken.said]);
    }
    case 'http': {
      const said: Said[] = [];
      for (const path of source.paths) {
        const spoken = readAnswer(await look.get(path, requestMs), undefined);
        if ('is' in spoken) return spoken;
        said.push(spoken.said);
      }
      return toldIn(setting, said);
    }
  }
}

function inFolders(paths: readonly string[]): readonly (string | NoFolder)[] {
  return paths.map((path) => inNamedFolder(path));
}

/** What answers tell of the progress. */
export function toldIn({ each }: ProofSetting, answers: readonly Said[]): Told {
  if (!each) return { said: answers[0]! };
  const items = itemsIn(
    answers.map(({ json }) => json),
    each.at,
  );
  // Where the list is missing, so is each of its values.
  return items ? judged(items, each) : { said: { at: () => undefined } };
}

function judged(all: readonly Item[], each: EachSetting): ToldOfEach {
  const alive = all.filter((item) => isAliveItem(item, each));
  const waiting = alive.filter((item) => isWaitingItem(item, each));
  const others = without(alive, waiting);
  const items = others.filter((item) => isJudged(item, each));
  return { items, idle: without(others, items), waiting };
}

function without(all: readonly Item[], some: readonly Item[]): readonly Item[] {
  const left = new Set(all);
  some.forEach((item) => left.delete(item));
  return [...left];
}
