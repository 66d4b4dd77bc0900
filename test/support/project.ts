import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a folder the project of a smithy. @returns the folder */
export function makeProject(folder: string): string {
  mkdirSync(join(folder, '.stoneforge'), { recursive: true });
  writeFileSync(join(folder, '.stoneforge', 'stoneforge.db'), '');
  return folder;
}
