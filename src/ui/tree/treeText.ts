import { joined } from '../../base/text';
import { newsText } from '../../words/newsText';
import { waitingText } from '../../words/work';

/** What Enter on a row does. */
export const SHOW = 'Show';

/** The number on the view's icon, in words. */
export function badgeText(problems: number, news: number, waiting: number): string {
  const told = problems === 1 ? '1 problem' : `${problems} problems`;
  return joined(
    [problems > 0 && told, waiting > 0 && waitingText(waiting, true), news > 0 && newsText(news)],
    ', ',
  );
}
