import * as vscode from 'vscode';
import type { Clock } from '../../base/time';
import type { DaemonId } from '../../health/report';
import type { Registry } from '../../watch/registry';
import type { DaemonModel } from '../../model/daemonModel';
import type { EvidenceRequest } from '../../diagnostics/evidence';
import type { Log } from '../shared/log';

export interface EvidenceDeps {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Log;
  readonly folder: string;
  readonly onEvidence: (daemonId: DaemonId, file: string) => void;
}

/** Keeps the evidence of a daemon in trouble in a file, and opens it beside. */
export class Evidence {
  constructor(private readonly deps: EvidenceDeps) {}

  /**
   * Never throws: a restart must not fail because its evidence could not be kept.
   * @returns what it left behind in the daemon, in words
   */
  async keep(
    model: DaemonModel,
    owner: EvidenceRequest['owner'],
    inspect: boolean,
  ): Promise<string | undefined> {
    const { registry, clock, log, folder } = this.deps;
    const { name, id: daemonId } = model.daemon;
    let left: string | undefined;
    try {
      const { keepEvidence } = await import('../../diagnostics/evidence');
      const file = await keepEvidence({
        model,
        samples: registry.samples(daemonId),
        status: () => registry.monitor(daemonId)?.statusText() ?? Promise.reject(new Error('not watched')),
        owner,
        inspect,
        onLeftOpen: (text) => {
          left ??= text;
          log.info(`[${name}] evidence: ${text}`);
        },
        folder,
        now: clock.now(),
      });
      log.info(`[${name}] evidence kept: ${file}`);
      this.deps.onEvidence(daemonId, file);
      await vscode.window.showTextDocument(vscode.Uri.file(file), {
        viewColumn: isAnythingOpen() ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
        preserveFocus: true,
        preview: true,
      });
    } catch (error) {
      log.error(`[${name}] the evidence could not be kept: ${String(error)}`);
    }
    return left;
  }
}

/** Beside nothing would leave half of the window empty. */
function isAnythingOpen(): boolean {
  return vscode.window.tabGroups.activeTabGroup.tabs.length > 0;
}
