import type { Claim, SpeakerLeaseOptions, ToldFiles, ToldFor } from './told';

export type { Claim, Span, SpeakerLeaseOptions, ToldFor } from './told';

/**
 * Lets one window of many tell a thing once. The window that last had the focus speaks at once; the others wait
 * and speak only if it did not, so that a crashed or hung window silences nothing.
 */
export class SpeakerLease {
  #loading: Promise<ToldFiles> | undefined;

  constructor(private readonly options: SpeakerLeaseOptions) {}

  /** This window has the focus: from now on it is the one that speaks. */
  async take(): Promise<void> {
    await (await this.#files()).take();
  }

  /**
   * Whether this window is the one to tell `key`, now or after the speaking window failed to.
   * Where files cannot be written at all, every window speaks: twice is better than never.
   *
   * @param stillWanted asked after waiting: what was to be told may be over
   */
  async maySpeak(key: string, stillWanted: () => boolean, toldFor?: ToldFor): Promise<boolean> {
    return (await this.#files()).maySpeak(key, stillWanted, toldFor);
  }

  /**
   * Which of these this window is to tell, now or after the speaking window failed to.
   * @param stillWanted asked after waiting, for each: what was to be told may be over
   */
  async claim(claims: readonly Claim[], stillWanted: (key: string) => boolean): Promise<ReadonlySet<string>> {
    return (await this.#files()).claim(claims, stillWanted);
  }

  /** This window tells these already, whoever has the turn: what it did itself. */
  async mark(claims: readonly Claim[]): Promise<void> {
    await (await this.#files()).mark(claims);
  }

  /** What this window was to tell, and has not told: whoever has it to tell may. */
  async giveBack(keys: readonly string[]): Promise<void> {
    await (await this.#files()).giveBack(keys);
  }

  /** What this window told without an end is over: what begins from now on is told again. */
  async over(key: string): Promise<void> {
    await (await this.#files()).over(key);
  }

  #files(): Promise<ToldFiles> {
    return (this.#loading ??= import('./told').then(({ ToldFiles }) => new ToldFiles(this.options)));
  }
}
