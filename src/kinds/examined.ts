import type { Answer } from '../system/httpClient';

/** A health answer that is looked at for its author. */
export interface Examined {
  readonly text: string;
  /** How it was served; absent where it is the text of a file. */
  readonly answer?: Answer;
  readonly bytes: number;
  readonly tookMs: number;
  /** Epoch ms, on the daemon's clock where that is told. */
  readonly nowAt: number;
  /** What was there at a look a moment before. */
  readonly earlier?: { readonly text: string; readonly nowAt: number };
}
