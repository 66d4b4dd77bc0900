import type { HealthEvent } from '../health/advance';
import type { DaemonId } from '../health/report';
import type { KeptReport } from '../model/outcome';
import type { DaemonModel, LoggedPast } from '../model/daemonModel';
import { Lazy } from './lazy';
import type { PastDeps, PastLog } from './past';

/** What happened is a chunk of its own, loaded after what draws. */
export class PastLoader {
  readonly #past: Lazy<PastLog>;

  constructor(private readonly deps: PastDeps) {
    this.#past = new Lazy(async () => new (await import('./past')).PastLog(deps), deps.onError);
  }

  /** How many things happened while nobody looked. */
  get news(): number {
    return this.#past.now?.news ?? 0;
  }

  of(daemonId: DaemonId): LoggedPast | undefined {
    return this.#past.now?.of(daemonId);
  }

  /** What was seen until it is there is noted once it is. */
  load(): void {
    this.#past.pass((past) => this.deps.registry.lasting.forEach((model) => past.stepped(model, [])));
  }

  stepped(model: DaemonModel, events: readonly HealthEvent[]): void {
    // A new life is told once.
    const isTold = events.some(({ kind }) => kind === 'restarted');
    if (isTold) this.#past.pass((past) => past.stepped(model, events));
    else this.#past.now?.stepped(model, events);
  }

  update(): void {
    this.#past.now?.update();
  }

  evidenceKept(daemonId: DaemonId, report: KeptReport): void {
    this.#past.pass((past) => void past.evidenceKept(daemonId, report));
  }

  async openPage(): Promise<void> {
    await (await this.#past.get()).openPage();
  }

  dispose(): void {
    this.#past.dispose();
  }
}
