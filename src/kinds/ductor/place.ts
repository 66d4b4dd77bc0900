import { isAbsolute, join } from 'node:path';
import type { ProcessInfo } from '../../system/processInfo';
import { environmentOf } from '../../system/processEnv';
import { findListeners } from '../../system/processTable';
import { forwarderIn } from '../../system/programs';
import { otherUserAt } from '../../system/otherUser';
import type { Env } from '../kind';
import { CAP_VARIABLE, readCap } from './config';
import { userHome } from '../../system/userHome';

/** Where a ductor may keep its files, and what its process tells besides. */
export interface Place {
  /** The likeliest first; none where it runs in a container, for another user, or on another machine. */
  readonly homes: readonly string[];
  /** The cap of all extensions of a turn, in ms. */
  readonly capMs?: number;
}

const ELSEWHERE: Place = { homes: [] };

/**
 * Asks the system for the process that listens, and for its environment, which decides where its files are (ductor's
 * workspace/paths.py). Where the system does not tell, as on Windows, it is what our own environment says. Never rejects.
 */
export async function findPlace(
  host: string,
  port: number,
  env: Env,
  platform: NodeJS.Platform = process.platform,
): Promise<Place> {
  const own = homeIn(env, userHome());
  // No tool of Windows tells the environment of a process.
  if (platform === 'win32') return { homes: own };
  try {
    const holders = await findListeners(port, host);
    if (holders.length === 0 && (await otherUserAt(port)) !== undefined) return ELSEWHERE;
    const ours = holders.filter(isHere);
    if (holders.length > 0 && ours.length === 0) return ELSEWHERE;
    const told = (await Promise.all(ours.map(({ pid }) => environmentOf(pid)))).filter(
      (each) => each !== undefined,
    );
    const homes = told.flatMap((each) => homeIn(each, each['HOME'] ?? userHome()));
    const [capMs] = told.map((each) => readCap(each[CAP_VARIABLE]));
    // Whether a home is this daemon's its pid file proves.
    return { homes: [...new Set([...homes, ...own])], ...(capMs !== undefined && { capMs }) };
  } catch {
    return { homes: own };
  }
}

/** What only passes connections on has the daemon behind it, on another machine or in a container. */
function isHere(holder: ProcessInfo): boolean {
  return holder.isOurs && !holder.inContainer && forwarderIn(holder) === undefined;
}

/** What is below it is relative. */
const NO_FOLDER = '.';

/** Where a ductor with this environment keeps its files. A relative path is of a folder that nobody tells. */
export function homeIn(env: Env, folder = NO_FOLDER): readonly string[] {
  const home = (env['DUCTOR_HOME'] || join(folder, '.ductor')).replace(/^~(?=$|[\\/])/, folder);
  return isAbsolute(home) ? [home] : [];
}
