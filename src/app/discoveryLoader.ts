import * as vscode from 'vscode';
import type { Discovery, DiscoveryDeps } from '../watch/discovery/discovery';
import { AdoptedDaemons } from '../store/adopted';
import type { WriteLine } from '../store/stored';
import { Lazy } from './lazy';

export interface DiscoveryLoaderDeps extends Pick<
  DiscoveryDeps,
  'registry' | 'clock' | 'settings' | 'recall' | 'isFocused'
> {
  readonly context: Pick<vscode.ExtensionContext, 'workspaceState' | 'globalState'>;
  readonly log: WriteLine;
}

/** What looks for daemons is a chunk of its own, loaded right after activation. */
export function discoveryLoader(
  { context, log, ...deps }: DiscoveryLoaderDeps,
  onError: (error: unknown) => void,
): Lazy<Discovery> {
  return new Lazy(
    async () =>
      new (await import('../watch/discovery/discovery')).Discovery({
        ...deps,
        log,
        kept: new AdoptedDaemons(context.workspaceState, context.globalState, log),
        workspaceFolders: () =>
          (vscode.workspace.workspaceFolders ?? [])
            .filter(({ uri }) => uri.scheme === 'file')
            .map(({ uri }) => uri.fsPath),
        scan: async (request) => (await import('../watch/discovery/scan')).scan(request),
        accepts: async (port) => (await import('../watch/discovery/scan')).isTaken(port),
      }),
    onError,
  );
}
