import {
  BUSY_SHARE,
  LOOK_EVERY_MS,
  LOOK_AFTER_MS,
  STARVED_LAG_MS,
  STARVED_RUNNABLE_PER_CORE,
} from './policy';
import type { Shortage } from '../health/cause';
import type { HostLoad } from '../health/report';
import { findListeners } from '../system/processTable';
import type { HostSources, ProcessLook } from '../system/hostLoad';
import { hostOf } from '../system/address';
import { addressOf } from './target';
import type { Target } from '../model/target';

/** The processes behind a daemon's address; none where that is another machine. */
export type Holders = () => Promise<readonly number[]>;

/** Who listens at an address of this machine. Only Linux tells without a tool, so only there it is asked. */
export function holdersOf(target: Target): Holders {
  return async () => {
    const address = addressOf(target);
    if (process.platform !== 'linux' || !address?.isLoopback) return [];
    return (await findListeners(address.port, hostOf(address.origin))).map(({ pid }) => pid);
  };
}

/** What one look at the machine showed. */
interface HostSample {
  readonly atMs: number;
  readonly process: ProcessLook | undefined;
  readonly runnable: number | undefined;
  readonly throttled: number | undefined;
}

/**
 * Watches the machine while an ask keeps us waiting, from when this is made until `stop`: a daemon that does not get the
 * CPU is slow, one that has it and is silent hangs. Costs nothing while answers come in time.
 */
export class HostWatch {
  readonly #looks: HostSample[] = [];
  #timer: NodeJS.Timeout;
  #pid: Promise<number | undefined> | undefined;
  #isStopped = false;

  constructor(
    private readonly sources: HostSources,
    private readonly holders: Holders,
    private readonly times = { afterMs: LOOK_AFTER_MS, everyMs: LOOK_EVERY_MS },
  ) {
    this.#timer = setTimeout(() => void this.#look(), times.afterMs);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** What was seen. @param ourLagMs how late our own event loop was meanwhile */
  result(ourLagMs: number): HostLoad {
    this.stop();
    return judge(this.#looks, this.sources.cores, ourLagMs);
  }

  async #look(): Promise<void> {
    try {
      this.#pid ??= this.holders().then(([pid]) => pid);
      const pid = await this.#pid;
      const [runnable, process, throttled] = await Promise.all([
        this.sources.runnable(),
        pid === undefined ? undefined : this.sources.look(pid),
        pid === undefined ? undefined : this.sources.throttled(pid),
      ]);
      this.#looks.push({ atMs: performance.now(), runnable, process, throttled });
    } catch {
      // What cannot be seen is not known.
    }
    if (!this.#isStopped) this.#timer = setTimeout(() => void this.#look(), this.times.everyMs);
  }
}

/** What these looks, in order of time, show. */
export function judge(looks: readonly HostSample[], cores: number, ourLagMs: number): HostLoad {
  const starved = shortage(looks, cores, ourLagMs);
  const process = activity(looks);
  return { ...(starved !== undefined && { starved }), ...(process && { process }) };
}

function shortage(looks: readonly HostSample[], cores: number, ourLagMs: number): Shortage | undefined {
  const counts = looks.flatMap(({ runnable }) => runnable ?? []);
  const runnable = Math.round(counts.reduce((sum, count) => sum + count, 0) / Math.max(1, counts.length));
  if (runnable >= STARVED_RUNNABLE_PER_CORE * cores) {
    return { is: 'manyProcesses', runnable, cores };
  }
  const throttled = looks.flatMap((look) => look.throttled ?? []);
  if (throttled.length > 1 && throttled.at(-1)! > throttled[0]!) return { is: 'cpuLimit' };
  if (ourLagMs >= STARVED_LAG_MS) return { is: 'editorLate', lateMs: Math.round(ourLagMs) };
  return undefined;
}

function activity(looks: readonly HostSample[]): HostLoad['process'] {
  const seen = looks.filter((look) => look.process?.birth === looks.at(-1)?.process?.birth);
  const [first, last] = [seen[0], seen.at(-1)];
  if (!first?.process || !last?.process) return undefined;
  const share = (count: number) => count / seen.length;
  const isIn = (letters: string) => seen.filter((look) => letters.includes(look.process!.state)).length;
  const worked = last.process.cpuMs - first.process.cpuMs + last.process.waitMs - first.process.waitMs;
  const isBusy =
    share(isIn('R')) >= BUSY_SHARE ||
    (last.atMs > first.atMs && worked / (last.atMs - first.atMs) >= BUSY_SHARE);
  if (isBusy) return 'busy';
  return share(isIn('Tt')) >= BUSY_SHARE ? 'stopped' : 'idle';
}
