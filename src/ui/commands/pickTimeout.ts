import { duration } from '../../base/time';
import { LONGEST_MS } from '../policy';
import { RUN } from './commandsText';
import { chooseOrType, type Said } from '../shared/choose';
import { plain, type PlainText } from '../shared/markdown';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000, m: 60_000, h: 3_600_000 };
/** "90 s", "45 min", "2h", "1 h 30 min"; a bare number is minutes. `undefined` where it is no time to run. */
function parseDuration(text: string): number | undefined {
  const trimmed = text.trim().toLowerCase();
  if (/^\d{1,6}$/.test(trimmed)) return bounded(Number(trimmed) * 60_000);
  if (!/^(\d{1,6}\s*(s|min|m|h)\s*)+$/.test(trimmed)) return undefined;
  let sumMs = 0;
  for (const [, value, unit] of trimmed.matchAll(/(\d+)\s*(min|s|m|h)/g)) {
    sumMs += Number(value) * UNIT_MS[unit!]!;
  }
  return bounded(sumMs);
}

function bounded(ms: number): number | undefined {
  return ms > 0 && ms <= LONGEST_MS ? ms : undefined;
}

const NO_TIME: Said = {
  icon: 'warning',
  label: RUN.noTime(LONGEST_MS),
  isTyped: true,
  value: undefined,
};

/**
 * Asks for a length of time; any may be typed.
 *
 * @param offeredMs the first is what Enter takes
 * @param describe what is to be known of one that is offered
 */
export function pickTimeout(
  question: PlainText,
  offeredMs: readonly number[],
  describe: (ms: number) => PlainText | undefined = () => undefined,
): Promise<number | undefined> {
  const offered = [...new Set(offeredMs)];
  const item = (ms: number) => {
    const description = describe(ms);
    return { label: plain(duration(ms)), value: ms, ...(description !== undefined && { description }) };
  };
  return chooseOrType({
    question,
    items: (typed) => {
      const typedMs = parseDuration(typed);
      const others = offered.filter((ms) => ms !== typedMs).map(item);
      if (typedMs !== undefined) return [{ ...item(typedMs), isTyped: true }, ...others];
      return typed.trim() === '' ? others : [NO_TIME, ...others];
    },
    read: parseDuration,
  });
}
