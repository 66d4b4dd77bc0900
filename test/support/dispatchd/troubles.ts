import { execFileSync } from 'node:child_process';
import { smallDisk } from '../fullDisk';
import { newStateDir, type Limits } from './daemonProcess';

/** Room for what some hundred rounds leave, and soon full. */
const DISK_MB = 24;

export type Trouble = 'fullDisk' | 'unwritable' | 'noHandles';

/** A state directory on a disk that can be taken away, and what a round can be troubled by. */
export interface TroubledPlace {
  readonly stateDir: string;
  /** What this machine can be made to do. */
  readonly troubles: readonly Trouble[];
  /** The limits under which the daemon of such a round starts. @param files how many it may open */
  limits(trouble: Trouble | undefined, files: number): Limits;
  begin(trouble: Trouble): void;
  end(): void;
  remove(): void;
}

/** Only root on Linux may mount a disk; elsewhere the only want is that of handles. */
export function troubledPlace(): TroubledPlace {
  const disk = smallDisk(DISK_MB);
  const limits = (trouble: Trouble | undefined, files: number) => (trouble === 'noHandles' ? { files } : {});
  if (typeof disk === 'string') {
    const nothing = () => {};
    return {
      stateDir: newStateDir(),
      troubles: ['noHandles'],
      limits,
      begin: nothing,
      end: nothing,
      remove: nothing,
    };
  }
  const remount = (how: 'ro' | 'rw') => {
    try {
      execFileSync('mount', ['-o', `remount,${how}`, disk.dir], { stdio: 'pipe' });
    } catch {
      // A file is open to be written: this round has no such trouble.
    }
  };
  return {
    stateDir: disk.dir,
    troubles: ['fullDisk', 'unwritable', 'noHandles'],
    limits,
    begin: (trouble) => {
      if (trouble === 'fullDisk') disk.fill();
      if (trouble === 'unwritable') remount('ro');
    },
    end: () => {
      remount('rw');
      disk.free();
    },
    remove: () => {
      remount('rw');
      disk.remove();
    },
  };
}
