import { posix, sep, win32 } from 'node:path';
import { cleanText } from '../../base/text';
import { MAX_PATH_CHARS } from '../policy';
import { userHome } from '../../system/userHome';

/** `C:\…`. All other absolute paths of Windows name a share, a device, or the drive that happens to be current. */
const ON_DRIVE = /^[a-z]:[\\/]/i;

/**
 * First folders through which the system asks another machine or a device: autofs mounts `/net/HOST` when anybody
 * looks there (Linux' auto.master, macOS' auto_master), macOS has servers below `/Network`, and links of the kernel
 * below `/proc` and `/dev` lead back to the root, as does macOS' `/.vol`, which names files by their numbers. `\??\`
 * begins a verbatim path of Windows.
 */
const ELSEWHERE = /^(net|network|proc|dev|\.vol|\?\?)$/i;
/** macOS' second name for what lies in the root. */
const DATA_VOLUME = /^\/system\/+volumes\/+data(?=\/)/i;

/** Names that mean a device in every folder of Windows, also with an ending (Microsoft: "Naming Files, Paths"). */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³])\s*(\.|$)/i;

/**
 * An absolute path as a daemon gave it; `undefined` for all else. A path is kept whole or not at all: a shortened
 * or cleaned one would name another file. A path that leads to another machine or to a device is none: whoever looks
 * at `\\host\share` on Windows sends the user's password hash to that host. By the text alone, on every system.
 */
export function readPath(value: unknown): string | undefined {
  return typeof value === 'string' && whyNoPath(value) === undefined ? value : undefined;
}

/** Why a text of a daemon's is not taken for a path; `undefined` where it is. */
export function whyNoPath(value: string): 'noAbsolutePath' | 'noPathHere' | undefined {
  const isAbsolute = ON_DRIVE.test(value) || /^[\\/]/.test(value);
  if (!isAbsolute || cleanText(value, MAX_PATH_CHARS) !== value) return 'noAbsolutePath';
  return leadsElsewhere(value) ? 'noPathHere' : undefined;
}

/** Whether an absolute path leads to another machine or to a device, as far as its text tells. */
export function leadsElsewhere(path: string): boolean {
  const isOnDrive = ON_DRIVE.test(path);
  if (!isOnDrive && !/^[\\/]/.test(path)) return false;
  const names = (isOnDrive ? path.slice(2) : path.replace(DATA_VOLUME, '')).split(/[\\/]+/).slice(1);
  // A link on the way may make the way up end in the root.
  if (names.some((name) => name === '.' || name === '..')) return true;
  if (isOnDrive) return names.some((name) => name.includes(':') || DEVICE.test(name));
  return /^(\\|\/[\\/])/.test(path) || ELSEWHERE.test(names[0] ?? '');
}

/** In the folder that a smithy works in. */
export const DATA_FOLDER = '.stoneforge';

/** `<folder>/.stoneforge/stoneforge.db` names the folder that a smithy works in; another place names none. */
export function projectFolder(database: string): string | undefined {
  const paths = pathsOf(database);
  const data = paths.dirname(database);
  return paths.basename(data) === DATA_FOLDER ? paths.dirname(data) : undefined;
}

/** The folder's own name, for "smithy (project)". */
export function folderName(folder: string): string {
  return pathsOf(folder).basename(folder);
}

/** The path as people write it: `~/project`. */
export function shortPath(path: string, home = userHome() ?? ''): string {
  if (home.length < 2) return path;
  if (path === home) return '~';
  return path.startsWith(`${home}${sep}`) ? `~${path.slice(home.length)}` : path;
}

/** The path that people write as `~/project`. */
export function inHome(path: string, home = userHome() ?? '~'): string {
  return path.replace(/^~(?=[\\/])/, () => home);
}

/** A path as somebody types it: absolute, `~/…`, or below a folder; `undefined` where there is no such folder. */
export function typedPath(typed: string, folder: string | undefined): string | undefined {
  if (/^~[\\/]/.test(typed)) return typed;
  if (ON_DRIVE.test(typed) || /^[\\/]/.test(typed)) {
    return /^(\\|[\\/]{2})/.test(typed) ? typed : pathsOf(typed).normalize(typed);
  }
  return folder === undefined ? undefined : pathsOf(folder).join(folder, typed);
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

/** Whether a URL's host is this machine: `localhost` and all names below (RFC 6761, 6.3), 127.0.0.0/8, ::1. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, '');
  return /^(([^.]+\.)*localhost|::1|::ffff:7f00:1|(::ffff:)?127(\.\d{1,3}){3})$/.test(host);
}
