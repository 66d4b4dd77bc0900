import * as vscode from 'vscode';
import { readDaemons, type DaemonsConfig } from './daemons/config';
import type { NotificationSettings } from './ui/messages';

/** The `daemonHealth.*` settings, read when asked. */
export class Settings {
  daemons(): DaemonsConfig {
    const section = vscode.workspace.getConfiguration('daemonHealth');
    const inspected = section.inspect('daemons');
    const configured = [
      inspected?.globalValue,
      inspected?.workspaceValue,
      inspected?.workspaceFolderValue,
    ].some((value) => value !== undefined);
    return readDaemons(section.get('daemons'), {
      configured,
      allowRemote: section.get<boolean>('allowRemote', false),
    });
  }

  notifications(): NotificationSettings {
    const section = vscode.workspace.getConfiguration('daemonHealth');
    const level = section.get<string>('notifications');
    const muted = section.get<unknown>('mutedNotifications');
    return {
      level: level === 'errors' || level === 'none' ? level : 'all',
      muted: Array.isArray(muted) ? muted.map(String) : [],
    };
  }

  /** "Don't Show Again": the setting is where it can be undone. */
  async mute(state: string): Promise<void> {
    const { muted } = this.notifications();
    await vscode.workspace
      .getConfiguration('daemonHealth')
      .update('mutedNotifications', [...new Set([...muted, state])], vscode.ConfigurationTarget.Global);
  }

  /** Adds a daemon to the user's own list. */
  async addDaemon(daemon: { name: string; url: string; kind: string }): Promise<void> {
    const section = vscode.workspace.getConfiguration('daemonHealth');
    const list = section.get<unknown[]>('daemons', []);
    await section.update('daemons', [...list, daemon], vscode.ConfigurationTarget.Global);
  }

  onDidChange(listener: () => void): vscode.Disposable {
    return vscode.workspace.onDidChangeConfiguration(
      (event) => event.affectsConfiguration('daemonHealth') && listener(),
    );
  }
}
