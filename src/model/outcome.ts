import type { ProcessInfo } from '../system/processInfo';

/** What a restart that was cancelled leaves behind. */
export type Left = 'unchanged' | 'ending' | 'stopped' | 'started';

/** How a restart ended, as was seen. `text` says it in one sentence. */
export type Outcome =
  | {
      readonly kind: 'cured' | 'unproven';
      readonly tookMs: number;
      readonly text: string;
      /** How much work waits for somebody to run it again. */
      readonly interrupted: number;
      /** The process that this restart is proven to have started. */
      readonly process?: ProcessInfo;
    }
  | { readonly kind: 'cancelled'; readonly text: string; readonly left: Left }
  /** `late`: started, and not proven in time; one may wait on. */
  | {
      readonly kind: 'failed' | 'late';
      readonly text: string;
      /** Why nothing runs now: the old process has ended, and the new one could not be started. */
      readonly startFailed?: string;
    };
