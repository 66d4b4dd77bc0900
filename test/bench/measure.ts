/** What a process used between two moments. */
export interface Usage {
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** Starts measuring this process: all of its threads, user and system time. */
export function startUsage(): () => Usage {
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { cpuMs: (user + system) / 1_000, wallMs: performance.now() - startedMs };
  };
}

/** Every figure is the median of this many: other work on the machine disturbs single ones. */
export const ROUNDS = 5;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new Error('There is nothing to take the median of.');
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
}
