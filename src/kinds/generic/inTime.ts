import { setTimeout as delay } from 'node:timers/promises';
import { noAnswerWithin, type Ask } from '../../system/httpClient';

/** A file system that hangs ends no read: nobody waits for it. @throws {NoAnswer} */
export async function inTime<T>(work: Promise<T>, within: Ask): Promise<T> {
  const late = new AbortController();
  const deadline = delay(within.leftMs(), undefined, { signal: late.signal }).then(() => {
    throw noAnswerWithin(within);
  });
  for (const each of [work, deadline]) each.catch(() => undefined);
  try {
    return await Promise.race([work, deadline]);
  } finally {
    late.abort();
  }
}
