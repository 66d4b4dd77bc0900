import type { Clock } from '../../base/time';
import type { DaemonId } from '../../health/report';
import type { Registry } from '../../watch/registry';
import type { DaemonModel } from '../../model/daemonModel';
import type { KeptReport } from '../../model/outcome';
import type { KeptEvidence } from '../../restart/controller';
import type { EvidenceRequest } from '../../diagnostics/evidence';
import type { Log } from '../shared/log';

export interface EvidenceDeps {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  readonly folder: string;
  readonly onEvidence: (daemonId: DaemonId, report: KeptReport) => void;
}

/** Keeps the evidence of a daemon in trouble in a file. */
export class Evidence {
  constructor(private readonly deps: EvidenceDeps) {}

  /**
   * Never throws: a restart must not fail because its evidence could not be kept. Opens nothing: whoever wants to read
   * the file asks for it.
   */
  async keep(model: DaemonModel, owner: EvidenceRequest['owner'], inspect: boolean): Promise<KeptEvidence> {
    const { registry, clock, log, folder } = this.deps;
    const { name, id: daemonId } = model.daemon;
    let leftOpen: string | undefined;
    let report: KeptReport | undefined;
    try {
      const { keepEvidence } = await import('../../diagnostics/evidence');
      report = await keepEvidence({
        model,
        samples: registry.samples(daemonId),
        status: () => registry.monitor(daemonId)?.statusText() ?? Promise.reject(new Error('not watched')),
        owner,
        inspect,
        onLeftOpen: (text) => {
          leftOpen ??= text;
          log.info(`[${name}] evidence: ${text}`);
        },
        folder,
        now: clock.now(),
      });
      log.info(`[${name}] evidence kept: ${report.file}`);
      this.deps.onEvidence(daemonId, report);
    } catch (error) {
      log.error(`[${name}] the evidence could not be kept: ${String(error)}`);
    }
    return { ...(report && { report }), ...(leftOpen !== undefined && { leftOpen }) };
  }
}
