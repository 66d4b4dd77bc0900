import { homedir } from 'node:os';
import { posix, sep, win32 } from 'node:path';
import { cleanText } from '../../base/text';
import { MAX_PATH_CHARS } from '../policy';

/**
 * An absolute path as a daemon gave it; `undefined` for all else. A path is kept whole or not at all: a shortened
 * or cleaned one would name another file.
 */
export function readPath(value: unknown): string | undefined {
  if (typeof value !== 'string' || !(posix.isAbsolute(value) || win32.isAbsolute(value))) return undefined;
  return cleanText(value, MAX_PATH_CHARS) === value ? value : undefined;
}

/** `<folder>/.stoneforge/stoneforge.db` names the folder that a smithy works in; another place names none. */
export function projectFolder(database: string): string | undefined {
  const paths = pathsOf(database);
  const data = paths.dirname(database);
  return paths.basename(data) === '.stoneforge' ? paths.dirname(data) : undefined;
}

/** The folder's own name, for "smithy (project)". */
export function folderName(folder: string): string {
  return pathsOf(folder).basename(folder);
}

/** The path as people write it: `~/project`. */
export function shortPath(path: string, home = homedir()): string {
  if (home.length < 2) return path;
  if (path === home) return '~';
  return path.startsWith(`${home}${sep}`) ? `~${path.slice(home.length)}` : path;
}

/** Whether a daemon that works in `folder` belongs to a workspace folder: inside it, equal to it, or around it. */
export function belongsTo(folder: string, workspaceFolders: readonly string[]): boolean {
  return workspaceFolders.some((other) => isWithin(folder, other) || isWithin(other, folder));
}

function isWithin(inner: string, outer: string): boolean {
  const paths = pathsOf(outer);
  const path = paths.relative(outer, inner);
  return path === '' || (!/^\.\.($|[\\/])/.test(path) && !paths.isAbsolute(path));
}

/** By the path and not by the system: what is compared may be of either. */
function pathsOf(path: string): typeof posix {
  return posix.isAbsolute(path) ? posix : win32;
}

/** Whether a URL's host is this machine: `localhost`, 127.0.0.0/8, ::1. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, '');
  return (
    host === 'localhost' ||
    host === '::1' ||
    /^(::ffff:)?127(\.\d{1,3}){3}$/.test(host) ||
    host === '::ffff:7f00:1'
  );
}
