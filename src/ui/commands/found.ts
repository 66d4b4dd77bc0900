import { listedOf } from '../../settings/daemonList';
import type { Settings } from '../../settings/settings';
import type { Discovery } from '../../watch/discovery/discovery';
import type { Registry } from '../../watch/registry';
import { choose } from '../shared/choose';
import { plain } from '../shared/markdown';
import { say } from '../shared/say';
import { offeredId, offeredText, offerRowId } from '../tree/findingRows';
import { NONE, QUESTIONS } from './commandsText';

export interface FoundDeps {
  readonly registry: Pick<Registry, 'found' | 'models'>;
  readonly settings: Pick<Settings, 'addDaemon'>;
  readonly discovery: () => Promise<Pick<Discovery, 'found' | 'ignore' | 'forgetIgnored'>>;
}

/** What can be done with daemons that were found. A row of the tree names one; without a row the user picks. */
export function foundCommands({ registry, settings, discovery }: FoundDeps) {
  const pick = async (target: unknown, question: keyof typeof QUESTIONS) => {
    const named = offeredId(target);
    if (named !== undefined) return named;
    const offered = registry.found.filter(({ isIgnored }) => !isIgnored);
    if (offered.length === 0) void say('info', NONE.found);
    if (offered.length === 0) return undefined;
    const items = offered.map((each) => ({
      icon: 'search' as const,
      label: plain(offeredText(each)),
      value: offeredId(offerRowId(each.target)),
    }));
    return choose(items, { question: QUESTIONS[question] });
  };
  return {
    watch: async (target: unknown) => {
      const id = await pick(target, 'watch');
      const daemon = id === undefined ? undefined : (await discovery()).found(id);
      if (daemon) await settings.addDaemon(daemon, listedOf(registry.models));
    },
    ignore: async (target: unknown) => {
      const id = await pick(target, 'ignore');
      if (id !== undefined) await (await discovery()).ignore(id);
    },
    offerIgnored: async () => {
      const isNone = !registry.found.some(({ isIgnored }) => isIgnored);
      await (await discovery()).forgetIgnored();
      if (isNone) void say('info', NONE.ignored);
    },
  };
}
