import { listProblemText } from '../../words/listProblemText';
import * as vscode from 'vscode';
import type { Clock } from '../../base/time';
import type { Registry } from '../../watch/registry';
import type { DaemonModel } from '../../model/daemonModel';
import { diagnostics, thisMachine, type SettingValue } from '../../diagnostics/diagnostics';
import { sayShortly } from '../shared/say';
import { COPIED_SHOWN_MS } from '../policy';
import { DONE } from './commandsText';

const EXTENSION_ID = 'daemon-health.daemon-health';
const SECTION = 'daemonHealth';
interface Manifest {
  readonly version: string;
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

/** Copies what is known of these daemons. This file is a chunk of its own, loaded when it is asked for. */
export async function copyDiagnostics(
  registry: Registry,
  models: readonly DaemonModel[],
  clock: Clock,
): Promise<void> {
  const manifest = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON as Manifest | undefined;
  const machine = thisMachine();
  const text = diagnostics({
    daemons: models.map((model) => ({ model, samples: registry.samples(model.daemon.id) })),
    settings: settings(Object.keys(manifest?.contributes.configuration.properties ?? {})),
    problems: registry.problems.map(listProblemText),
    versions: {
      'Daemon Health': manifest?.version ?? 'unknown',
      'VS Code': `${vscode.version} (${vscode.env.appHost}${vscode.env.remoteName ? `, remote: ${vscode.env.remoteName}` : ''})`,
      ...machine.versions,
      'workspace trust': vscode.workspace.isTrusted ? 'trusted' : 'restricted mode',
    },
    homeDir: machine.homeDir,
    now: clock.now(),
  });
  await vscode.env.clipboard.writeText(text);
  sayShortly('check', DONE.copied, COPIED_SHOWN_MS);
}

/** Every setting with each scope it is set in, the one in force first. */
function settings(keys: readonly string[]): SettingValue[] {
  const section = vscode.workspace.getConfiguration(SECTION);
  return keys.flatMap((key) => {
    const found = section.inspect(key.slice(SECTION.length + 1));
    const set: SettingValue[] = [
      { key, scope: 'workspace folder', value: found?.workspaceFolderValue },
      { key, scope: 'workspace', value: found?.workspaceValue },
      { key, scope: 'user', value: found?.globalValue },
      { key, scope: 'default', value: found?.defaultValue },
    ];
    const chosen = set.filter(({ scope, value }) => value !== undefined && scope !== 'default');
    return chosen.length > 0 ? chosen : set.slice(-1);
  });
}
