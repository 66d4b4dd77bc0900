import { cpus } from 'node:os';
import { join } from 'node:path';
import { readOr } from './linux';
import { readStat } from './procStat';

/** A process at one moment. Times are of its main thread, which runs the event loop of a Node or Python daemon. */
export interface ProcessLook {
  /** The letter of /proc/PID/stat: R runs or waits for the CPU, T is stopped. */
  readonly state: string;
  /** Start time in ticks since boot: another one is another process. */
  readonly birth: number;
  /** How long it ran so far, and how long it waited for a CPU. */
  readonly cpuMs: number;
  readonly waitMs: number;
}

/** What the system tells of its load. A seam for tests; a system that does not tell answers `undefined`. */
export interface HostSources {
  readonly cores: number;
  /** Processes that run or want to, without us. */
  runnable(): Promise<number | undefined>;
  look(pid: number): Promise<ProcessLook | undefined>;
  /** How often the process' CPU limit held it back so far. */
  throttled(pid: number): Promise<number | undefined>;
}

/** Linux tells it in /proc and /sys; other systems are not asked. */
export const systemHost: HostSources = {
  get cores() {
    return cpus().length;
  },
  async runnable() {
    // "0.20 0.18 0.12 3/410 12345": the fourth field starts with the runnable ones, the reader among them.
    const [, count] = /^\S+ \S+ \S+ (\d+)\//.exec(await readOr('/proc/loadavg')) ?? [];
    return count === undefined ? undefined : Math.max(0, Number(count) - 1);
  },
  async look(pid) {
    const [stat, schedstat] = await Promise.all([
      readStat(pid),
      // Nanoseconds of running and of waiting of the main thread, and its time slices.
      readOr(`/proc/${pid}/task/${pid}/schedstat`),
    ]);
    if (!stat) return undefined;
    const [ranNs, waitedNs] = schedstat.split(' ').map(Number);
    const { state, startTicks: birth } = stat;
    return { state, birth, cpuMs: ranNs ? ranNs / 1e6 : stat.cpuMs, waitMs: (waitedNs || 0) / 1e6 };
  },
  async throttled(pid) {
    const groups = await readOr(`/proc/${pid}/cgroup`);
    const counts = await Promise.all(cpuStatsOf(groups).map((file) => readOr(file)));
    const told = counts.flatMap((text) => Number(/^nr_throttled (\d+)/m.exec(text)?.[1] ?? NaN));
    const known = told.filter(Number.isFinite);
    return known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0);
  },
};

/**
 * The `cpu.stat` files of a process' control groups and of those above them: a limit counts where it is set.
 *
 * @param groups `/proc/PID/cgroup`: lines "0::/path" (version 2) or "4:cpu,cpuacct:/path" (version 1)
 */
export function cpuStatsOf(groups: string): readonly string[] {
  return groups.split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined || path.includes('/..')) return [];
    const roots =
      controllers === ''
        ? ['/sys/fs/cgroup', '/sys/fs/cgroup/unified']
        : controllers?.split(',').includes('cpu')
          ? [`/sys/fs/cgroup/${controllers}`]
          : [];
    const parts = path.split('/').filter((part) => part !== '');
    return roots.flatMap((root) =>
      Array.from({ length: parts.length + 1 }, (_, depth) =>
        join(root, ...parts.slice(0, depth), 'cpu.stat'),
      ),
    );
  });
}
