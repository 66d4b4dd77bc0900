import type { ProofSetting } from '../../model/askSetting';
import { type Found, readBusy, readCount } from './values';
import type { Said } from './spoken';

/** What one answer says where a proof stands: counts are added up, and who is busy is so at each of its places. */
export function totalOf(
  { by, at, plus = [], busy, busyToo = [], backlog }: ProofSetting,
  said: Pick<Said, 'at'>,
): Found {
  const first = said.at(at, by === 'counter' || by === 'beat');
  const counts = plus.map((place) => readCount(place, said.at(place, true)));
  const more = counts.reduce((sum, count) => sum + ('value' in count ? count.value : 0), 0);
  const own = readCount(at, first);
  const isBusyToo = busyToo.every((place) => {
    const read = readBusy(place, said.at(place, true));
    return 'value' in read && read.value;
  });
  return {
    value: plus.length > 0 && 'value' in own ? own.value + more : first,
    busy: busy === undefined ? undefined : isBusyToo ? said.at(busy, true) : false,
    ...(backlog !== undefined && { backlog: said.at(backlog, true) }),
  };
}
