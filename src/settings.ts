import * as vscode from 'vscode';
import { readDaemons, type DaemonsConfig } from './daemons/config';

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
