import type * as vscode from 'vscode';
import { toSnapshot, type DaemonSnapshot } from '../api';
import type { Clock } from '../base/time';
import type { HealthEvent } from '../health/advance';
import { placeOf } from '../kinds/target';
import type { DaemonModel } from '../model/daemonModel';
import type { Log } from '../ui/shared/log';
import { StatusItem } from '../ui/statusBar/statusItem';
import { renderStatus } from '../ui/statusBar/statusText';
import { HealthTree } from '../ui/tree/tree';
import type { Registry } from '../watch/registry';
import { reasonText } from '../words/reasons';
import { transitionLine } from '../words/transitions';

/** What a window shows of its daemons, with the words for all of it. */
export class Surfaces implements vscode.Disposable {
  readonly tree: HealthTree;
  readonly #statusItem = StatusItem.create();

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.tree = new HealthTree(registry, clock);
  }

  /** @param news how many things happened while nobody looked */
  drawStatusItem(news: number): void {
    const { models, conflicts, found } = this.registry;
    this.#statusItem.render(renderStatus(models, conflicts, this.clock.now(), news, found));
  }

  /** What happened to one daemon, for the log. */
  stepped({ daemon }: DaemonModel, events: readonly HealthEvent[]): void {
    for (const event of events) {
      if (event.kind !== 'transition' || event.from.state === event.to.state) continue;
      this.log.transition(event.to, transitionLine(daemon, event));
    }
  }

  snapshots(): readonly DaemonSnapshot[] {
    const { models } = this.registry;
    return models.map((model) => toSnapshot(model, placeOf(model.daemon.target), reasonText));
  }

  dispose(): void {
    this.tree.dispose();
    this.#statusItem.dispose();
  }
}
