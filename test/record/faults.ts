/** What the script of a day does to a daemon, or to the machine: the kinds that the oracle counts by. */
export const FAULTS = [
  'hung loop',
  'hung loop, only its times tell',
  'hung loop, only its flag tells',
  'hung loop with a stuck queue',
  'hung loop that clears for seconds',
  'hung loop before the window opens',
  'hung loop, nothing tells',
  'hung loop, its flag says no',
  'completes no cycle',
  'frozen process',
  'frozen for seconds',
  'full accept queue',
  'hung status',
  'too slow',
  'slow',
  'dead process',
  'connections reset',
  'flapping',
  'second outage',
  'back for seconds',
  'all die at once',
  '5xx',
  'another page',
  'login wanted',
  'port taken',
  'never up',
  'ended from here',
  'restart by hand',
  'second restart',
  'stopped loop',
  'unavailable',
  'stuck queue',
  'two of one database stuck',
  'dispatches nothing',
  'paused',
  'paused past its reset',
  'sleep',
  'clock set',
  'clock set back',
  'starved machine',
  'editor stands still',
  'none',
] as const;
export type Fault = (typeof FAULTS)[number];

/** What is true of a daemon from a moment on, as its script has it. Moments are of the monotonic clock. */
export interface Truth {
  readonly fromMs: number;
  readonly is:
    | 'well'
    | 'hung'
    | 'silent'
    | 'gone'
    | 'failing'
    /** Amber is promised. */
    | 'troubled'
    /** Neither good nor bad: plain is promised. */
    | 'resting'
    /** Bad, and nothing proves it: never to be called healthy. */
    | 'untold';
  readonly fault: Fault;
  /** From when on a status or a failed request proves it; from the beginning where nothing is said. */
  readonly provenMs?: number;
}

/** One begin of a daemon's process. */
export interface Life {
  readonly fromMs: number;
  readonly by: 'the script' | 'a window';
  /** Sessions that ran in the life before, and do not go on. */
  readonly lost: number;
  readonly forgets: boolean;
}
