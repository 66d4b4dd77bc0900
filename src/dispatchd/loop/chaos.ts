/** Makes poll cycles hang, or the process crash, on purpose; exists only with `--chaos`. */
export class ChaosSwitch {
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

  /** An exception that nobody catches, once the answer is out. */
  crash(): void {
    setImmediate(() => {
      throw new Error('crashed on request');
    });
  }

  /** Awaited inside each cycle. */
  async pass(): Promise<void> {
    if (!this.#hang) return;
    this.#hang = false;
    await new Promise<void>((resolve) => (this.#release = resolve));
  }
}
