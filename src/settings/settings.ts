import * as vscode from 'vscode';
import { CodedError } from '../base/errors';
import type { FinishedWish } from '../health/workNews';
import type { Refusal } from '../model/refusal';
import type { ListedDaemon, RawDaemonList } from './daemonList';
import { MAX_LISTED } from './policy';

/** Whose list of daemons: the user's on this machine, or the workspace's own. */
export type ListPlace = 'user' | 'workspace';

/** What says which daemons are watched, and looked for. */
const WATCHED = ['daemons', 'presets', 'allowRemote', 'discovery'];

const configuration = () => vscode.workspace.getConfiguration('daemonHealth');

/** The `daemonHealth.*` settings, read when asked. */
export class Settings {
  /** The list of daemons as it stands there; `readDaemons` reads it. */
  daemonList(): RawDaemonList {
    const section = configuration();
    return {
      raw: section.get('daemons'),
      configured: this.hasOwnList,
      allowRemote: section.get<boolean>('allowRemote', false),
      presets: section.get('presets'),
    };
  }

  /** Whether the user wrote a list of daemons, be it an empty one. */
  get hasOwnList(): boolean {
    const inspected = configuration().inspect('daemons');
    return [inspected?.globalValue, inspected?.workspaceValue, inspected?.workspaceFolderValue].some(
      (value) => value !== undefined,
    );
  }

  /** Whether to look for daemons that nobody named. */
  get discovery(): boolean {
    return configuration().get('discovery', true);
  }

  /** Whether smithy may be sent the PATCH that changes nothing and tells its limits. */
  readSmithyLimits(): boolean {
    return configuration().get<boolean>('readSmithyLimits', false);
  }

  notifications(): NotificationSettings {
    const section = configuration();
    const level = section.get<string>('notifications');
    const muted = section.get<unknown>('mutedNotifications');
    return {
      level: level === 'errors' || level === 'none' ? level : 'all',
      muted: Array.isArray(muted) ? muted.map(String) : [],
    };
  }

  /** Which work that finished is told of. */
  finished(): FinishedWish {
    const wish = configuration().get<string>('notifyFinished');
    return wish === 'long' || wish === 'always' || wish === 'never' ? wish : 'longOrAway';
  }

  statusBar(): StatusBarSettings {
    const show = configuration().get<string>('statusBar.show');
    return { show: SHOWN.find((known) => known === show) ?? 'auto' };
  }

  /** Whether a restart always looks into a Node daemon's event loop first. */
  inspectNode(): boolean {
    return configuration().get('evidence.inspectNode') === true;
  }

  /** "Don't Show Again": the setting is where it can be undone. */
  async mute(kind: string): Promise<void> {
    const { muted } = this.notifications();
    await configuration().update(
      'mutedNotifications',
      [...new Set([...muted, kind])],
      vscode.ConfigurationTarget.Global,
    );
  }

  /** Where a daemon can be added so that it is watched here; where the workspace has a list, that one counts. */
  listPlaces(): readonly ListPlace[] {
    const { workspaceValue } = configuration().inspect('daemons') ?? {};
    // An untrusted folder changes none of the settings.
    if (!vscode.workspace.isTrusted || !vscode.workspace.workspaceFolders?.length) return ['user'];
    return workspaceValue === undefined ? ['user', 'workspace'] : ['workspace'];
  }

  /**
   * Adds a daemon to the user's own list, or to the workspace's where that one counts.
   *
   * @param shown what is watched without a list: it goes into the new one, since only what is in it is watched then
   * @param place one of `listPlaces`
   * @throws an error fit to show where the setting is no list, or a full one
   */
  async addDaemon(
    daemon: ListedDaemon,
    shown: readonly ListedDaemon[] = [],
    place = this.listPlaces()[0],
  ): Promise<void> {
    const section = configuration();
    const { Global, Workspace } = vscode.ConfigurationTarget;
    const list: unknown = this.hasOwnList ? section.get('daemons') : shown;
    if (!Array.isArray(list)) throw new CodedError<Refusal>({ is: 'noDaemonList' });
    if (list.length >= MAX_LISTED) throw new CodedError<Refusal>({ is: 'fullDaemonList', most: MAX_LISTED });
    await section.update(
      'daemons',
      [...(list as unknown[]), daemon],
      place === 'workspace' ? Workspace : Global,
    );
  }

  /** Called when a setting changed that says what is shown. */
  onDidChangeShown(listener: () => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration(
      (event) => event.affectsConfiguration('daemonHealth.statusBar') && listener(),
    );
  }

  /** Called when a setting changed that says what is watched; no other one changes that. */
  onDidChangeWatched(listener: () => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration(
      (event) => WATCHED.some((key) => event.affectsConfiguration(`daemonHealth.${key}`)) && listener(),
    );
  }
}

const SHOWN = ['auto', 'always', 'unhealthy', 'never'] as const;

/** When the item is in the status bar. */
export interface StatusBarSettings {
  readonly show: (typeof SHOWN)[number];
}

/** Which notifications the user wants. `muted` are states, each silenced by "Don't Show Again". */
export interface NotificationSettings {
  readonly level: 'all' | 'errors' | 'none';
  readonly muted: readonly string[];
}
