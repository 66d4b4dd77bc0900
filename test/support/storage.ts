import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SharedDeps } from '../../src/store/shared';

/** The folder that all windows of a machine share, and what the log says. */
export interface Storage {
  readonly folder: string;
  readonly log: readonly string[];
  readonly deps: SharedDeps;
  remove(): void;
}

export function makeStorage(): Storage {
  const folder = mkdtempSync(join(tmpdir(), 'daemon-health-storage-'));
  const log: string[] = [];
  return {
    folder,
    log,
    deps: { folder, log: (line) => void log.push(line) },
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}
