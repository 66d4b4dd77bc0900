import * as vscode from 'vscode';
import { toSnapshot, type DaemonSnapshot } from '../api';
import { withoutSecrets } from '../base/secrets';
import type { Clock } from '../base/time';
import type { HealthEvent } from '../health/advance';
import { usableOnDaemons } from '../ui/shared/usable';
import { tickStepsDoneBefore } from '../ui/shared/walkthrough';
import { placeOf } from '../kinds/target';
import type { DaemonModel } from '../model/daemonModel';
import type { Log } from '../ui/shared/log';
import type { Settings } from '../settings/settings';
import { StatusItem } from '../ui/statusBar/statusItem';
import { isItemShown } from '../ui/statusBar/statusShown';
import { renderStatus } from '../ui/statusBar/statusText';
import { HealthTree } from '../ui/tree/tree';
import { FolderMarks } from './folderMarks';
import type { Registry } from '../watch/registry';
import { reasonText } from '../words/reasons';
import { transitionLine } from '../words/transitions';

/** What a window shows of its daemons, with the words for all of it. */
export class Surfaces implements vscode.Disposable {
  readonly tree: HealthTree;
  readonly #statusItem = StatusItem.create();
  readonly #marks: FolderMarks;
  readonly #subscriptions: vscode.Disposable;

  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly settings: Pick<Settings, 'statusBar' | 'onDidChangeShown'>,
  ) {
    // Here, so that what a window starts with stays small: nothing is told before this is loaded.
    log.cleanWith(withoutSecrets);
    this.tree = new HealthTree(registry, clock);
    const { onDidChangeWorkspaceFolders } = vscode.workspace;
    this.#marks = new FolderMarks(
      () => (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
      () => registry.changed(),
    );
    const look = () => void this.#marks.look();
    this.#subscriptions = vscode.Disposable.from(
      this.settings.onDidChangeShown(() => registry.changed()),
      onDidChangeWorkspaceFolders(look),
      tickStepsDoneBefore(),
      vscode.window.onDidChangeWindowState(({ focused }) => focused && look()),
    );
    look();
  }

  /** @param news how many things happened while nobody looked */
  drawStatusItem(news: number): void {
    const { models, conflicts, found, problems } = this.registry;
    const view = renderStatus(models, conflicts, this.clock.now(), news, found);
    const known = { models, conflicts, found, problems, news, hasFolderOfDaemon: this.#marks.has };
    this.#statusItem.render(view, isItemShown(this.settings.statusBar(), known));
  }

  /** The commands about daemons that the palette offers. */
  get usable(): readonly string[] {
    return usableOnDaemons(this.registry.models, this.registry.found);
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
    this.#subscriptions.dispose();
  }
}
