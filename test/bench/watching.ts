import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child';
import { benchDir, built, extensionDir } from './places';
import { PATHS, type ServerSpec } from './specs';
import type { WatcherRequest, WatcherStart } from './watcher';

/** A watcher that runs, and the daemons that it watches, each in a process of its own. */
export interface Watching {
  readonly ask: <T>(request: WatcherRequest) => Promise<T>;
  /** How many requests the daemons have answered. */
  readonly served: () => Promise<number>;
  readonly end: () => void;
}

/** Starts daemons, and what watches them. Resolves once all were asked. */
export async function watch(
  node: string,
  spec: ServerSpec,
  start: Pick<WatcherStart, 'kind' | 'treeVisible'> & Partial<WatcherStart>,
): Promise<Watching> {
  const server = new Child(built('server'), node);
  const watcher = new Child(built('watcher'), node);
  const end = () => {
    watcher.end();
    server.end();
  };
  try {
    const urls = await server.ask<string[]>(spec);
    const request: WatcherRequest = {
      do: 'start',
      start: {
        urls,
        daemonKind: spec.kind,
        paths: PATHS[spec.kind],
        extensionFile: join(extensionDir, 'dist', 'extension.js'),
        folder: mkdtempSync(join(benchDir, 'watcher-')),
        ...start,
      },
    };
    await watcher.ask(request);
    return { ask: (asked) => watcher.ask(asked), served: () => server.ask<number>('served'), end };
  } catch (error) {
    end();
    throw error;
  }
}
