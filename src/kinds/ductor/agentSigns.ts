import { join } from 'node:path';
import type { Session } from '../../health/report';
import { lifeAfter, type LogLife } from './agentLife';
import { AgentLog } from './agentLog';
import { readLogLine } from './agentLogLines';
import type { DuctorLimits } from './config';
import { TurnLimits } from './turnLimits';

/** One life of a ductor's process, as its pid file tells it. */
interface Life {
  readonly pid: number;
  /** Epoch ms. */
  readonly sinceAt: number;
}

/** What the log of a ductor on this machine tells of its life, and of the turns that its files name. */
export class AgentSigns {
  readonly #log: AgentLog;
  readonly #limits = new TurnLimits();
  #pid: number | undefined;
  #told: LogLife | undefined;
  #timedOut: readonly Session[] = [];

  constructor(home: string) {
    this.#log = new AgentLog(join(home, 'logs', 'agent.log'));
  }

  /** Never throws: a log that cannot be read tells nothing. */
  async read({ pid, sinceAt }: Life, nowAt: number): Promise<LogLife> {
    if (this.#pid !== undefined && this.#pid !== pid) {
      this.#limits.clear();
      this.#timedOut = [];
      // The lines of the new life may have been read with the last ones of the old.
      if (this.#told?.pid !== pid) this.#told = undefined;
    }
    this.#pid = pid;
    const lines = (await this.#log.read()).flatMap((line) => readLogLine(line, nowAt) ?? []);
    this.#told = lifeAfter(this.#told, lines, pid, sinceAt);
    return this.#told;
  }

  /**
   * Turns with the deadlines that the log tells, and those that were timed out.
   *
   * @param running all work of which the files tell; `undefined` where some of it is not known
   */
  turns(running: readonly Session[] | undefined, told: LogLife, limits: DuctorLimits, nowAt: number) {
    if (!running) return { work: [], timedOut: this.#timedOut };
    const work = this.#limits.extended(running, told.limits, limits, nowAt);
    const ids = new Set(running.map(({ id }) => id));
    this.#timedOut = this.#limits.timedOut(ids, told.limits, limits, nowAt);
    return { work, timedOut: this.#timedOut };
  }
}
