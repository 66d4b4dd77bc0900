import { join } from 'node:path';
import type { Report, Sample, Session } from '../../../../src/health/report';
import { isLive } from '../../../../src/health/sessions';
import type { Env, Kind } from '../../../../src/kinds/kind';
import { createProbe, type Probe, type ProbeOptions } from '../../../../src/kinds/probe';
import type { Target } from '../../../../src/model/target';
import { until } from '../../../support/until';
import { Watch } from '../../../unit/health/support';
import { PATIENT, reportOf } from '../../support';
import type { Stage } from './stage';
import { ALL_KINDS, STAGES } from './stages';

/** Seconds between two polls; a fake clock moves by it. */
export const POLL_MS = 5_000;

/** One daemon on its stage, and who looks at it. */
export class Play {
  readonly watch = new Watch();
  readonly #probes: Probe[] = [];
  #probe: Probe | undefined;

  private constructor(readonly stage: Stage) {}

  static async of(kind: Kind): Promise<Play> {
    const make = STAGES[kind.id];
    if (!make) throw new Error(`no stage plays ${kind.id}: add one to STAGES`);
    return new Play(await make());
  }

  get target(): Target {
    return this.stage.target;
  }

  /** The daemon's files are where the stage keeps them, and no other daemon's files are found. */
  get env(): Env {
    const nowhere = join('/', 'no', 'such', 'folder');
    return { DUCTOR_HOME: nowhere, DISPATCHD_STATE_DIR: nowhere, HOME: nowhere, ...this.stage.env };
  }

  probe(options: ProbeOptions = {}, target = this.target): Probe {
    const { env, stage } = this;
    const asks = stage.asks && { asks: stage.asks };
    const probe = createProbe(target, { kinds: ALL_KINDS, env, timeouts: PATIENT, ...asks, ...options });
    this.#probes.push(probe);
    return probe;
  }

  /** Asks once more, and looks at the answer. */
  async poll(): Promise<Sample> {
    const sample = await this.asker.ask();
    this.watch.observe({ ...sample, startedMs: this.watch.time.monotonicMs });
    return sample;
  }

  get asker(): Probe {
    return (this.#probe ??= this.probe());
  }

  /** Polls until the daemon is seen to be well, as far as it tells. */
  async untilWell(): Promise<Report> {
    let report: Report | undefined;
    await until(async () => {
      const sample = await this.poll();
      report = sample.ok ? sample.report : undefined;
      return report && !report.starting && this.watch.state === wellOf(report);
    }, `a ${this.stage.kind.id} to be well, which is ${this.watch.state}: ${this.watch.reasonInWords}`);
    return report!;
  }

  /** Work begins. @returns what a restart will interrupt */
  async untilWorks(): Promise<Session> {
    await this.stage.work();
    let work: Session | undefined;
    await until(async () => (work = reportOf(await this.poll()).sessions?.find(isLive)));
    return work!;
  }

  async end(): Promise<void> {
    await Promise.all(this.#probes.map((probe) => probe.close()));
    await this.stage.close();
  }
}

/** Whether its answers tell of work that a restart interrupts. */
export function tellsOfWork({ isOfAnyMake }: Kind): boolean {
  return !isOfAnyMake;
}

/** The state of a daemon whose loop advances: nobody knows that of one that does not tell. */
export function wellOf({ progress }: Report): 'healthy' | 'unverified' {
  return progress.kind === 'untold' ? 'unverified' : 'healthy';
}

/** A suite of each kind, with a daemon that has started. @param isShared its tests change nothing about the daemon */
export function eachKind(
  title: string,
  lives: (play: () => Play, kind: Kind) => void,
  { kinds = ALL_KINDS, isShared = false } = {},
): void {
  describe(title, function () {
    this.timeout(30_000);
    for (const kind of kinds) {
      describe(kind.id, () => {
        let play: Play;
        const begin = async () => {
          play = await Play.of(kind);
          await play.stage.start();
        };
        const end = () => play?.end();
        if (isShared) {
          before(begin);
          after(end);
        } else {
          beforeEach(begin);
          afterEach(end);
        }
        lives(() => play, kind);
      });
    }
  });
}
