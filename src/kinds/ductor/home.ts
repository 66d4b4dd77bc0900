import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '../kind';

/** Where a ductor of this machine keeps its files. */
export function ductorHome(env: Env = process.env, home = homedir()): string {
  return env['DUCTOR_HOME'] || join(home, '.ductor');
}
