import { AWAY_MS } from './policy';

/** When somebody was not there. Epoch ms. */
export interface Away {
  /** When a window of the workspace was last looked at. */
  readonly leftAt: number;
  readonly backAt: number;
  /** What happened meanwhile was looked at. */
  readonly isSeen: boolean;
  /** Times before that, of which what happened was not looked at either; oldest first. */
  readonly earlier?: readonly Gap[];
}

interface Gap {
  readonly leftAt: number;
  readonly backAt: number;
}

/** A week of nights and lunches. */
const MAX_EARLIER = 20;

/** When a window of a workspace was last looked at, and the last time that nobody did for long. */
export interface Looks {
  readonly lookedAt: number;
  readonly away?: Away;
}

/** Somebody looks now. */
export function looked(looks: Looks | undefined, nowAt: number): Looks {
  const { lookedAt = nowAt } = looks ?? {};
  if (nowAt - lookedAt <= AWAY_MS) return { ...looks, lookedAt: nowAt };
  const earlier = unseenIn(looks?.away).slice(-MAX_EARLIER);
  const away = { leftAt: lookedAt, backAt: nowAt, isSeen: false };
  return { lookedAt: nowAt, away: { ...away, ...(earlier.length > 0 && { earlier }) } };
}

/** The times of which what happened was not looked at. */
export function unseenIn(away: Away | undefined): readonly Gap[] {
  if (!away || away.isSeen) return [];
  return [...(away.earlier ?? []), { leftAt: away.leftAt, backAt: away.backAt }];
}

/** What happened while nobody looked has been shown. */
export function shown(looks: Looks): Looks {
  if (!looks.away) return looks;
  const { leftAt, backAt } = looks.away;
  return { ...looks, away: { leftAt, backAt, isSeen: true } };
}
