import { AWAY_MS } from './policy';

/** When somebody was not there. Epoch ms. */
export interface Away {
  /** When a window of the workspace was last looked at. */
  readonly leftAt: number;
  readonly backAt: number;
  /** What happened meanwhile was looked at. */
  readonly isSeen: boolean;
}

/** When a window of a workspace was last looked at, and the last time that nobody did for long. */
export interface Looks {
  readonly lookedAt: number;
  readonly away?: Away;
}

/** Somebody looks now. */
export function looked(looks: Looks | undefined, nowAt: number): Looks {
  const { lookedAt = nowAt } = looks ?? {};
  if (nowAt - lookedAt <= AWAY_MS) return { ...looks, lookedAt: nowAt };
  return { lookedAt: nowAt, away: { leftAt: lookedAt, backAt: nowAt, isSeen: false } };
}

/** What happened while nobody looked has been shown. */
export function shown(looks: Looks): Looks {
  return looks.away ? { ...looks, away: { ...looks.away, isSeen: true } } : looks;
}
