import type { SpeakerLeaseOptions, ToldByWindows } from './told';
import type { Claim } from './toldEntries';

export type { SpeakerLeaseOptions } from './told';
export type { Claim, Span } from './toldEntries';

/**
 * Lets one window of many tell a thing once. The window that last had the focus speaks at once; the others wait
 * and speak only if it did not, so that a crashed or hung window silences nothing.
 */
export class SpeakerLease {
  #loading: Promise<ToldByWindows> | undefined;

  constructor(private readonly options: SpeakerLeaseOptions) {}

  /** This window has the focus: from now on it is the one that speaks. */
  readonly take = async () => (await this.#told()).take();

  /**
   * Which of these this window is to tell, now or after the speaking window failed to. Where files cannot be written at
   * all, every window speaks: twice is better than never.
   *
   * @param stillWanted asked after waiting, for each: what was to be told may be over
   */
  async claim(claims: readonly Claim[], stillWanted: (key: string) => boolean): Promise<ReadonlySet<string>> {
    try {
      return await (await this.#told()).claim(claims, stillWanted);
    } catch {
      return new Set(claims.map(({ key }) => key));
    }
  }

  /** This window tells these already, whoever has the turn: what it did itself. */
  readonly mark = async (claims: readonly Claim[]) => (await this.#told()).mark(claims);

  /** What this window was to tell, and has not told: whoever has it to tell may. */
  readonly giveBack = async (keys: readonly string[]) => (await this.#told()).giveBack(keys);

  /** What this window told without an end is over: what begins from now on is told again. */
  readonly over = async (key: string) => (await this.#told()).over(key);

  /** What any window told without an end is over: this window saw its end whole, and nothing of it since (epoch ms). */
  readonly seenOver = async (key: string, wellSinceAt: number) =>
    (await this.#told()).seenOver(key, wellSinceAt);

  dispose(): void {
    void this.#loading?.then((told) => told.dispose());
  }

  #told(): Promise<ToldByWindows> {
    return (this.#loading ??= import('./told').then(({ ToldByWindows }) => new ToldByWindows(this.options)));
  }
}
