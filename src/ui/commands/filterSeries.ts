import { cleanText } from '../../base/text';
import type { DaemonModel } from '../../model/daemonModel';
import { MAX_FILTER_CHARS } from '../policy';
import { chooseOrType } from '../shared/choose';
import { fleetOf, isMatch } from '../tree/fleetRows';
import type { HealthTree } from '../tree/tree';
import { FILTER, filteredText } from './commandsText';

/** Asks by what the rows of a fleet are filtered, and filters them in this window; an empty text shows all. */
export async function filterSeries(model: DaemonModel, tree: HealthTree): Promise<void> {
  const { id } = model.daemon;
  const series = fleetOf(model)?.series ?? [];
  const clean = (typed: string) => cleanText(typed, MAX_FILTER_CHARS);
  const filter = await chooseOrType({
    ...FILTER,
    typed: tree.filterOf(id),
    items: (typed) => {
      const value = clean(typed);
      const found = series.filter((each) => isMatch(each, value)).length;
      return [{ label: filteredText(value, found, series.length), isTyped: true, value }];
    },
    read: clean,
  });
  if (filter === undefined) return;
  tree.filter(id, filter);
  await tree.reveal(id);
}
