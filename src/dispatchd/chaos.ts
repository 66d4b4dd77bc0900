/** Makes poll cycles hang on purpose; exists only with `--chaos`. */
export class HangSwitch {
  #hang = false;
  #release: (() => void) | undefined;

  /** The next poll cycle will not settle. */
  hang(): void {
    this.#hang = true;
  }

  /** Settles the cycle that hangs, and lets later ones pass. */
  release(): void {
    this.#hang = false;
    this.#release?.();
    this.#release = undefined;
  }

  /** Awaited inside each cycle. */
  async pass(): Promise<void> {
    if (!this.#hang) return;
    this.#hang = false;
    await new Promise<void>((resolve) => (this.#release = resolve));
  }
}
