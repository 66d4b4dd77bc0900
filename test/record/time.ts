import { promisify } from 'node:util';

/** A party whose event loop can stand still: a window. The daemons have none, they are told by a script. */
export interface Loop {
  /** Until then (monotonic ms) nothing of it runs. */
  stalledUntilMs: number;
  /** It was closed: nothing of it runs any more. */
  isOver: boolean;
}

interface Entry {
  dueMs: number;
  /** When it runs: later than due while its loop stands still. */
  atMs: number;
  readonly order: number;
  readonly loop: Loop | undefined;
  readonly call: () => void;
  isDone: boolean;
}

/** Wall clock and time since boot against the monotonic clock, from a moment on. */
interface Offsets {
  readonly fromMs: number;
  readonly wallMs: number;
  readonly sleptMs: number;
}

const WALL_AT_START = Date.UTC(2026, 0, 5, 8, 0, 0);
/** The machine booted this long before a run begins. */
const MONOTONIC_AT_START_MS = 3_600_000;

/**
 * Time that goes only when nothing is left to do. It goes in steps from timer to timer; between two of them all that
 * can run does, so that a run is the same on every machine, however busy that is.
 */
export class Time {
  monotonicMs = MONOTONIC_AT_START_MS;
  /** Calls of `setImmediate` that have not run. */
  immediates = 0;
  /** Called in each round of the event loop; tells whether there was something to do. */
  readonly workers: (() => boolean)[] = [];
  /** Called each time nothing is left to do. */
  onQuiet: (() => void) | undefined;
  readonly #offsets: Offsets[];
  #heap: Entry[] = [];
  #order = 0;

  /** @param wallAt what the wall clock shows at the beginning */
  constructor(wallAt = WALL_AT_START) {
    this.#offsets = [{ fromMs: 0, wallMs: wallAt - MONOTONIC_AT_START_MS, sleptMs: 0 }];
  }

  get passedMs(): number {
    return this.monotonicMs - MONOTONIC_AT_START_MS;
  }

  /** The monotonic clock at so many ms after the beginning. */
  at(passedMs: number): number {
    return MONOTONIC_AT_START_MS + passedMs;
  }

  get wallAt(): number {
    return this.wallAtOf(this.monotonicMs);
  }

  /** What the wall clock showed when the monotonic one showed that. */
  wallAtOf(monotonicMs: number): number {
    const { wallMs } = this.#offsets.findLast(({ fromMs }) => fromMs <= monotonicMs) ?? this.#offsets[0]!;
    return Math.round(wallMs + monotonicMs);
  }

  get uptimeMs(): number {
    return this.monotonicMs + this.#offsets.at(-1)!.sleptMs;
  }

  /** The machine slept: the wall clock and the time since boot went on, the monotonic clock did not. */
  sleep(ms: number): void {
    this.#shift(ms, ms);
  }

  /** Somebody set the wall clock. */
  setClock(byMs: number): void {
    this.#shift(byMs, 0);
  }

  #shift(wallMs: number, sleptMs: number): void {
    const last = this.#offsets.at(-1)!;
    this.#offsets.push({
      fromMs: this.monotonicMs,
      wallMs: last.wallMs + wallMs,
      sleptMs: last.sleptMs + sleptMs,
    });
  }

  /** Calls it so much later. @returns cancels it */
  after(ms: number, call: () => void, loop?: Loop): () => void {
    const wanted = Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 2 ** 31 - 1) : 1;
    const dueMs = this.monotonicMs + wanted;
    const entry: Entry = { dueMs, atMs: dueMs, order: this.#order++, loop, call, isDone: false };
    this.#push(entry);
    return () => void (entry.isDone = true);
  }

  /** Runs until then, monotonic ms. */
  async runUntil(untilMs: number): Promise<void> {
    await this.settle();
    for (let next = this.#heap[0]; next && next.atMs <= untilMs; next = this.#heap[0]) {
      this.#pop();
      if (next.isDone || next.loop?.isOver) continue;
      const stalledUntilMs = next.loop?.stalledUntilMs ?? 0;
      if (stalledUntilMs > next.atMs) {
        next.atMs = stalledUntilMs;
        this.#push(next);
        continue;
      }
      this.monotonicMs = Math.max(this.monotonicMs, next.atMs);
      next.isDone = true;
      next.call();
      await this.settle();
    }
    this.monotonicMs = Math.max(this.monotonicMs, untilMs);
  }

  /** Lets everything run that waits for no time. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 2; quiet++) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      for (const work of this.workers) if (work()) quiet = -1;
      if (this.immediates > 0) quiet = -1;
    }
    this.onQuiet?.();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    for (
      let parent = (index - 1) >> 1;
      index > 0 && isBefore(entry, heap[parent]!);
      parent = (index - 1) >> 1
    ) {
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return (a.atMs - b.atMs || a.dueMs - b.dueMs || a.order - b.order) < 0;
}

type Call = (...args: unknown[]) => void;

class Timer {
  #cancel: () => void = () => undefined;

  constructor(
    private readonly time: Time,
    private readonly loop: Loop,
    private readonly call: () => void,
    private readonly ms: number,
    private readonly repeats: boolean,
  ) {
    this.refresh();
  }

  refresh(): this {
    this.#cancel();
    this.#cancel = this.time.after(
      this.ms,
      () => {
        if (this.repeats) this.refresh();
        this.call();
      },
      this.loop,
    );
    return this;
  }

  close(): this {
    this.#cancel();
    return this;
  }

  ref = () => this;
  unref = () => this;
  hasRef = () => true;
  [Symbol.toPrimitive] = () => 1;
}

/** The clocks and timers that code of one window sees. */
export function clocksOf(time: Time, loop: Loop) {
  const set =
    (repeats: boolean) =>
    (call: Call, ms?: number, ...args: unknown[]) =>
      new Timer(time, loop, () => call(...args), Math.max(1, Number(ms) || 1), repeats);
  const clear = (timer: unknown) => void (timer instanceof Timer && timer.close());
  const delay = (ms?: number, value?: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise<unknown>((resolve, reject) => {
      const abort = () => {
        timer.close();
        reject(
          Object.assign(new Error('The operation was aborted'), { name: 'AbortError', code: 'ABORT_ERR' }),
        );
      };
      const timer = set(false)(() => {
        signal?.removeEventListener('abort', abort);
        resolve(value);
      }, ms);
      if (signal?.aborted) abort();
      else signal?.addEventListener('abort', abort, { once: true });
    });
  const immediate = (call: Call, ...args: unknown[]) => {
    time.immediates++;
    const handle = { isDone: false };
    const run = () => {
      if (handle.isDone) return;
      handle.isDone = true;
      time.immediates--;
      if (!loop.isOver) call(...args);
    };
    setImmediate(run);
    return { handle };
  };
  const clearImmediate = (given: unknown) => {
    const { handle } = (given ?? {}) as { handle?: { isDone: boolean } };
    if (!handle || handle.isDone) return;
    handle.isDone = true;
    time.immediates--;
  };
  class VirtualDate extends Date {
    constructor(...args: [] | [number]) {
      if (args.length === 0) super(time.wallAt);
      else super(...args);
    }
    static override now = () => time.wallAt;
  }
  const setTimeout = Object.assign(set(false), { [promisify.custom]: delay });
  return {
    setTimeout,
    clearTimeout: clear,
    setInterval: set(true),
    clearInterval: clear,
    setImmediate: Object.assign(immediate, {
      [promisify.custom]: (value: unknown) => new Promise((resolve) => immediate(() => resolve(value))),
    }),
    clearImmediate,
    Date: VirtualDate,
    performance: { now: () => time.monotonicMs, timeOrigin: WALL_AT_START, mark: () => undefined },
    delay,
    AbortSignal: new Proxy(AbortSignal, {
      get: (target, key) =>
        key === 'timeout'
          ? (ms: number) => {
              const controller = new AbortController();
              set(false)(
                () => controller.abort(new DOMException('The operation timed out.', 'TimeoutError')),
                ms,
              );
              return controller.signal;
            }
          : (Reflect.get(target, key) as unknown),
    }),
  };
}
