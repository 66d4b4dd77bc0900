import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small file system that a test can fill, or why this machine gives none to this user. */
export type SmallDisk = {
  readonly dir: string;
  fill(spareBytes?: number): void;
  free(): void;
  remove(): void;
};

/** Mounts a small tmpfs; only root on Linux may. */
export function smallDisk(megabytes = 1): SmallDisk | string {
  if (process.platform !== 'linux') return 'no tmpfs on this system';
  if (process.getuid?.() !== 0) return 'only root may mount a tmpfs';
  const dir = mkdtempSync(join(tmpdir(), 'small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', dir], {
      stdio: 'pipe',
    });
  } catch (error) {
    rmSync(dir, { recursive: true });
    return `no tmpfs may be mounted (${(error as Error).message.split('\n')[0]})`;
  }
  const ballast = join(dir, 'ballast');
  const remove = () => {
    process.off('exit', remove);
    execFileSync('umount', ['--lazy', dir], { stdio: 'pipe' });
    rmSync(dir, { recursive: true });
  };
  process.on('exit', remove);
  return {
    dir,
    fill: (spareBytes = 0) => {
      const file = openSync(ballast, 'a');
      try {
        // By large pieces first: that is quick.
        for (const bytes of [262_144, 4_096]) fillBy(file, bytes);
      } finally {
        closeSync(file);
      }
      if (spareBytes > 0) truncateSync(ballast, statSync(ballast).size - spareBytes);
    },
    free: () => rmSync(ballast, { force: true }),
    remove,
  };
}

function fillBy(file: number, bytes: number): void {
  try {
    for (;;) writeSync(file, Buffer.alloc(bytes));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
