import type { HealthEvent } from '../health/advance';
import type { DaemonId } from '../health/report';
import type { WorkMade } from '../health/workMade';
import type { DaemonModel } from '../model/daemonModel';
import type { Monitor } from '../watch/monitor';
import type { Registry } from '../watch/registry';
import { until } from '../base/wait';
import { WAIT_STEP_MS } from '../system/policy';
import { PROOF_POLL_INTERVAL_MS, RESUMES_TIMEOUT_MS, WORK_MADE_TIMEOUT_MS } from './policy';

/** Listens, while a restart lasts, for what the core tells of the work. */
export class WorkWatch {
  /** What the core has told so far. */
  told: WorkMade | undefined;
  readonly #daemonId: DaemonId;

  constructor(
    private readonly registry: Pick<Registry, 'on' | 'off'>,
    private readonly monitor: Monitor,
  ) {
    this.#daemonId = monitor.daemon.id;
    registry.on('stepped', this.#onStepped);
  }

  readonly #onStepped = ({ daemon }: DaemonModel, events: readonly HealthEvent[]): void => {
    if (daemon.id !== this.#daemonId) return;
    for (const event of events) if (event.kind === 'restarted') this.told = event.restarted;
  };

  /**
   * To be called once a new instance is proven. Where the core has asked the daemon which sessions had ended before,
   * the answer is waited for; and where the daemon still resumes what it resumes, that it has.
   * @returns `undefined` where the core tells nothing, or not yet
   */
  async made(signal: AbortSignal): Promise<WorkMade | undefined> {
    if (!this.told) this.monitor.input({ kind: 'instanceProven' });
    const { monitor } = this;
    const isAnswered = () => this.told !== undefined || monitor.watched.questions.length === 0;
    const wait = { timeoutMs: WORK_MADE_TIMEOUT_MS, stepMs: WAIT_STEP_MS, signal };
    await until(() => Promise.resolve(isAnswered()), wait);
    if (!this.told && isResuming(monitor)) {
      const isTold = async () => {
        await monitor.poll();
        return this.told !== undefined || !isResuming(monitor);
      };
      await until(isTold, { timeoutMs: RESUMES_TIMEOUT_MS, stepMs: PROOF_POLL_INTERVAL_MS, signal });
    }
    return this.told;
  }

  [Symbol.dispose](): void {
    this.registry.off('stepped', this.#onStepped);
  }
}

function isResuming({ track }: Monitor): boolean {
  return track.sample?.ok === true && track.sample.report.isResuming === true;
}
