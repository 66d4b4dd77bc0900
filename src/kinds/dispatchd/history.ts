import * as v from 'valibot';
import type { ToldPast } from '../../health/toldPast';
import { finite, id, isoTime } from '../read/schemas';

const Life = v.object({
  instanceId: id,
  startedAt: isoTime,
  lastAliveAt: isoTime,
  upMs: v.pipe(finite, v.minValue(0)),
  end: v.picklist(['clean', 'crashed', 'killed', 'running']),
});
const Late = v.object({ instanceId: id, startedAt: isoTime, endedAt: v.exactOptional(isoTime) });
const History = v.object({ now: isoTime, lives: v.array(v.unknown()), lateCycles: v.array(v.unknown()) });

/** More than a week of a crash loop is not told by the page. */
const MAX_TOLD = 500;

/** What a dispatchd knows of its past; `undefined` where the answer is none. What of it cannot be read is left out. */
export function readHistory(body: string): ToldPast | undefined {
  const { success, output } = v.safeParse(History, parsed(body));
  if (!success) return undefined;
  const readable = <S extends v.GenericSchema>(schema: S, all: readonly unknown[]) =>
    all.slice(-MAX_TOLD).flatMap((each) => {
      const read = v.safeParse(schema, each);
      return read.success ? [read.output] : [];
    });
  return {
    daemonNow: output.now,
    lives: readable(Life, output.lives).sort((one, other) => one.startedAt - other.startedAt),
    lateCycles: readable(Late, output.lateCycles),
  };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
