import * as vscode from 'vscode';
import { AdoptedDaemons } from '../store/adopted';
import type { WriteLine } from '../store/stored';
import { Discovery, type DiscoveryDeps } from '../watch/discovery/discovery';

export interface AppDiscoveryDeps extends Pick<
  DiscoveryDeps,
  'registry' | 'clock' | 'settings' | 'recall' | 'isFocused'
> {
  readonly context: Pick<vscode.ExtensionContext, 'workspaceState' | 'globalState'>;
  readonly log: WriteLine;
}

/** What looks for daemons. This file is a chunk of its own, loaded right after activation. */
export function createDiscovery({ context, log, ...deps }: AppDiscoveryDeps): Discovery {
  return new Discovery({
    ...deps,
    log,
    kept: new AdoptedDaemons(context.workspaceState, context.globalState, log),
    workspaceFolders: () =>
      (vscode.workspace.workspaceFolders ?? [])
        .filter(({ uri }) => uri.scheme === 'file')
        .map(({ uri }) => uri.fsPath),
    scan: async (request) => (await import('../watch/discovery/scan')).scan(request),
    accepts: async (port) => (await import('../watch/discovery/scan')).isTaken(port),
  });
}
