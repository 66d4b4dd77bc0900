/** A process as a sentence names it, and its birth where the system tells it. */
export interface NamedProcess {
  readonly pid: number;
  readonly commandLine: string;
  /** Epoch ms. */
  readonly startedAtMs?: number;
  /** Since the machine's start. Linux only. */
  readonly startTicks?: number;
}

/** A process that holds a daemon's port, or is the daemon. */
export interface AtPort {
  readonly process: NamedProcess;
  /** Of the daemon's address; `undefined` where it has none. */
  readonly port: number | undefined;
}

/** How a process came to its end. */
export type HowEnded = 'hadEnded' | 'byItsApi' | 'onTerm' | 'byForce';
