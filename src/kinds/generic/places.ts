import { homedir } from 'node:os';

/** The place that is no field: when the newest of the files was changed, epoch ms. */
export const CHANGED_PLACE = '$mtime';

/** A path of the settings, with the user's home in place of `~`. */
export function inHome(path: string): string {
  return path.replace(/^~(?=[\\/])/, homedir());
}
