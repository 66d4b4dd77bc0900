import { newsText } from '../../words/newsText';

/** What Enter on a row does. */
export const SHOW = 'Show';

/** The number on the view's icon, in words. */
export function badgeText(problems: number, news: number): string {
  const told = problems === 1 ? '1 problem' : `${problems} problems`;
  if (news === 0) return told;
  return problems === 0 ? newsText(news) : `${told}, ${newsText(news)}`;
}
