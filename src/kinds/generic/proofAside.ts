import type { Cause } from '../../health/cause';
import type { Session, Signs } from '../../health/report';
import type { ProofSetting, ProofSource } from '../../model/askSetting';
import { NoAnswer } from '../../system/httpClient';
import type { Look } from '../look';
import { inTime } from './inTime';
import { COMMAND_TIMEOUT_MS, PROOF_KEPT_INTERVALS } from './policy';
import type { Moment } from './values';
import { askSource, type Told } from './source';

/** What is told besides the status. */
export interface ToldAside {
  readonly signs: Signs;
  /** Its work, where that is told, too. */
  readonly sessions?: readonly Session[];
}

interface Kept extends ToldAside {
  /** The moment of it. */
  readonly at: Moment;
  /** When it was last asked for. Monotonic ms. */
  readonly askedMs: number;
}

/**
 * The proof that is asked for besides the status, and less often. What was told last counts meanwhile, as of the moment
 * when it was told: what is owed since then may have come.
 */
export class ProofAside {
  #kept: Kept | undefined;

  constructor(private readonly requestMs: number) {}

  /** What answers next may be another life. */
  forget(): void {
    this.#kept = undefined;
  }

  /** @param judge what is told as signs, and as work */
  async ask(
    from: ProofSource,
    progress: ProofSetting,
    look: Look,
    now: Moment,
    judge: (told: Told) => ToldAside,
  ): Promise<ToldAside> {
    const { everyMs = 0 } = from;
    const { monotonicMs } = now;
    const kept = this.#kept;
    if (kept && monotonicMs - kept.askedMs < everyMs) return asOfThen(kept, now);
    const answered = await this.#ask(from, progress, look);
    if (!('is' in answered)) {
      const told = judge(answered);
      this.#kept = { ...told, at: now, askedMs: monotonicMs };
      return told;
    }
    const isKept = kept !== undefined && kept.signs.unknown?.is !== 'signUntold';
    if (
      isKept &&
      monotonicMs - kept.at.monotonicMs < PROOF_KEPT_INTERVALS * Math.max(everyMs, this.requestMs)
    ) {
      this.#kept = { ...kept, askedMs: monotonicMs };
      return asOfThen(kept, now);
    }
    const signs: Signs = { kind: 'signs', by: progress.by, unknown: { is: 'signUntold', cause: answered } };
    this.#kept = { signs, at: now, askedMs: monotonicMs };
    return { signs };
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

/**
 * What was told before, as of then: only its age is known to grow. By the daemon's own clock, since the `Date` header has
 * whole seconds: nothing comes too late before it is asked for again.
 */
function asOfThen({ signs, sessions, at }: Kept, { nowAt }: Moment): ToldAside {
  const byMs = nowAt - at.nowAt;
  const { owedSinceAt, suspect } = signs;
  return {
    signs: {
      ...signs,
      isToldBefore: true,
      ...(owedSinceAt !== undefined && { owedSinceAt: owedSinceAt + byMs }),
      ...(suspect && { suspect: { ...suspect, sinceAt: suspect.sinceAt + byMs } }),
    },
    ...(sessions && { sessions }),
  };
}
