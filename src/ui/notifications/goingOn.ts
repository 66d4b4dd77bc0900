import type { Clock } from '../../base/time';
import type { SpeakerLease } from '../../store/speakerTurn';
import { COUNTDOWN_CLAIM_MS } from '../policy';
import type { Notice } from './notice';

interface Asked {
  /** Monotonic. */
  readonly atMs: number;
  /** As far as is known. */
  readonly isOurs: boolean;
  readonly isPending: boolean;
}

/** Whether what goes on is this window's to tell: asked again and again, since the window that tells it may be closed. */
export class GoingOn {
  readonly #asked = new Map<string, Asked>();

  constructor(
    private readonly clock: Clock,
    private readonly lease: Pick<SpeakerLease, 'claim'>,
  ) {}

  /** @param onAnswer called when the answer may be another one */
  isOurs(notice: Notice, onAnswer: () => void): boolean {
    const asked = this.#asked.get(notice.key);
    const atMs = this.clock.now().monotonicMs;
    const isDue = !asked || (!asked.isPending && atMs - asked.atMs >= COUNTDOWN_CLAIM_MS);
    if (isDue) void this.#ask(notice, { atMs, isOurs: asked?.isOurs === true, isPending: true }, onAnswer);
    return asked?.isOurs === true;
  }

  /** What has this key has ended. */
  withdraw(key: string): void {
    this.#asked.delete(key);
  }

  /** @returns the keys of all that was this window's */
  forget(): readonly string[] {
    const ours = [...this.#asked].filter(([, { isOurs }]) => isOurs);
    this.#asked.clear();
    return ours.map(([key]) => key);
  }

  async #ask(notice: Notice, asked: Asked, onAnswer: () => void): Promise<void> {
    const { key } = notice;
    this.#asked.set(key, asked);
    const isAskedStill = () => this.#asked.get(key) === asked;
    const ours = await this.lease.claim([notice], isAskedStill);
    if (!isAskedStill()) return;
    this.#asked.set(key, { ...asked, isOurs: ours.has(key), isPending: false });
    onAnswer();
  }
}
