import type { Cause } from '../../health/cause';
import type { Signs } from '../../health/report';
import type { ProofSetting, ProofSource } from '../../model/askSetting';
import { NoAnswer } from '../../system/httpClient';
import type { Look } from '../look';
import { inTime } from './inTime';
import { COMMAND_TIMEOUT_MS, PROOF_KEPT_INTERVALS } from './policy';
import type { Moment } from './proofs';
import { askSource, type Told } from './source';

/**
 * The proof that is asked for besides the status, and less often. What was told last counts meanwhile, as of the moment
 * when it was told: what is owed since then may have come.
 */
export class ProofAside {
  /** When that was told, and last asked for. Monotonic ms. */
  #kept: { readonly signs: Signs; readonly atMs: number; readonly askedMs: number } | undefined;

  constructor(private readonly requestMs: number) {}

  /** What answers next may be another life. */
  forget(): void {
    this.#kept = undefined;
  }

  /** @param judge what is told as signs */
  async signs(
    from: ProofSource,
    progress: ProofSetting,
    look: Look,
    { monotonicMs }: Moment,
    judge: (told: Told) => Signs,
  ): Promise<Signs> {
    const { everyMs = 0 } = from;
    const kept = this.#kept;
    const ageMs = kept ? monotonicMs - kept.atMs : Infinity;
    if (kept && monotonicMs - kept.askedMs < everyMs) return aged(kept.signs, ageMs);
    const answered = await this.#ask(from, progress, look);
    if (!('is' in answered)) {
      const signs = judge(answered);
      this.#kept = { signs, atMs: monotonicMs, askedMs: monotonicMs };
      return signs;
    }
    const isKept = kept !== undefined && kept.signs.unknown?.is !== 'signUntold';
    if (isKept && ageMs < PROOF_KEPT_INTERVALS * Math.max(everyMs, this.requestMs)) {
      this.#kept = { ...kept, askedMs: monotonicMs };
      return aged(kept.signs, ageMs);
    }
    const signs: Signs = { kind: 'signs', by: progress.by, unknown: { is: 'signUntold', cause: answered } };
    this.#kept = { signs, atMs: monotonicMs, askedMs: monotonicMs };
    return signs;
  }

  async #ask(from: ProofSource, progress: ProofSetting, look: Look): Promise<Told | Cause> {
    const { requestMs } = this;
    const within = look.within.atMost(requestMs);
    const commandMs = Math.min(COMMAND_TIMEOUT_MS, within.leftMs());
    try {
      return await inTime(askSource(from, progress, { look, commandMs, requestMs }), within);
    } catch (error) {
      if (error instanceof NoAnswer) return error.code;
      throw error;
    }
  }
}

/** What was told before, as of then: only its age is known to grow. */
function aged(signs: Signs, byMs: number): Signs {
  const { owedSinceAt, suspect } = signs;
  return {
    ...signs,
    ...(owedSinceAt !== undefined && { owedSinceAt: owedSinceAt + byMs }),
    ...(suspect && { suspect: { ...suspect, sinceAt: suspect.sinceAt + byMs } }),
  };
}
