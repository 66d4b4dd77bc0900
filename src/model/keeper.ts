/** Who, or what, started a daemon again after we had ended it, without us. */
export interface Keeper {
  /** When, epoch ms. */
  readonly at: number;
  /** How long after the end. */
  readonly afterMs: number;
  /** Whose child the new process was, and which was there before the end; absent where there was none. */
  readonly by?: {
    readonly pid: number;
    /** Cleaned, without secrets. */
    readonly commandLine: string;
    /** Epoch ms. */
    readonly startedAtMs: number;
    /** Since the machine's start. Linux only. */
    readonly startTicks?: number;
  };
}
