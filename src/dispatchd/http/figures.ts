import type { Stamp } from '../clock';
import type { LoopSample } from '../loop/health';

/** What dispatchd tells of itself to programs that know nothing of it. */
export interface Figures {
  readonly now: Stamp;
  readonly version: string;
  /** When this life began, in epoch ms. */
  readonly startedAt: number;
  readonly loop: LoopSample;
  /** From the start of one cycle to that of the next. */
  readonly intervalMs: number;
  /** Why the last cycle failed; `undefined` where it did not. */
  readonly failure: string | undefined;
  /** Of this life. */
  readonly cycles: { readonly completed: number; readonly failed: number; readonly late: number };
  /** Tasks that wait, also those that may not start yet. */
  readonly queued: number;
  readonly running: number;
  /** Commands started in this life. */
  readonly dispatched: number;
  /** Epoch ms; `undefined` where nothing runs. */
  readonly earliestDeadlineAt: number | undefined;
}
