import { parseObject } from '../../base/text';
import type { Answer } from '../../system/httpClient';
import type { Look } from '../look';
import { DIAGNOSTICS_ROUTE, MERGE_QUEUE_REREAD_MS } from './policy';

/** How many tasks are stuck in the merge queue of one smithy: asked for seldom, and only where smithy tells that. */
export class MergeQueueOfSmithy {
  #told: { readonly stuck: number; readonly atMs: number } | undefined;
  #askedMs: number | undefined;
  #isTold = true;

  constructor(
    private readonly timeoutMs: number,
    private readonly nowMs = () => performance.now(),
  ) {}

  /** `undefined` where that is not known; never rejects, and ends within the time-out and the look. */
  async stuck(look: Look): Promise<number | undefined> {
    const nowMs = this.nowMs();
    // The first answer of a smithy does not wait for this.
    this.#askedMs ??= nowMs;
    if (this.#isTold && nowMs - this.#askedMs >= MERGE_QUEUE_REREAD_MS) {
      this.#askedMs = nowMs;
      const answer = await look.get(DIAGNOSTICS_ROUTE, this.timeoutMs).catch(() => undefined);
      this.#isTold = answer?.status !== 404;
      const stuck = answer && readStuck(answer);
      if (stuck !== undefined) this.#told = { stuck, atMs: nowMs };
    }
    // One answer that does not come says nothing, a second one makes what was told too old.
    const isFresh = this.#told && nowMs - this.#told.atMs < 2 * MERGE_QUEUE_REREAD_MS;
    return isFresh ? this.#told?.stuck : undefined;
  }

  /** What answers next may be another version, which tells it. */
  forget(): void {
    this.#isTold = true;
  }
}

/** The tasks that stay in testing or in merging for longer than smithy expects; `undefined` where that is not told. */
function readStuck({ status, body }: Answer): number | undefined {
  if (status !== 200) return undefined;
  const { mergeQueue } = (parseObject(body) ?? {}) as { mergeQueue?: Record<string, unknown> | null };
  const { stuckInTestingCount: testing, stuckInMergingCount: merging } = mergeQueue ?? {};
  return isCount(testing) && isCount(merging) ? testing + merging : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
