import { identityIn } from './identity';
import type { Relative, ProcessIdentity } from './processInfo';

/**
 * Whose child a process is. On Linux and macOS a child gets another parent when its own ends, so that the number is
 * always right. Windows keeps the number, and gives it to somebody else: there a child is one that was born after its
 * parent, and a process of which either birth is not told is nobody's child.
 *
 * What remains on Windows: the parent has ended, its number went to another process, and that one is the parent of
 * nobody by its birth. The children of the dead are then nobody's, and are not ended with it.
 */
function isChild(child: Relative, parent: Relative, platform: NodeJS.Platform): boolean {
  if (child.ppid !== parent.pid || child.pid === parent.pid) return false;
  if (platform !== 'win32') return true;
  return (
    child.startedAtMs !== undefined &&
    parent.startedAtMs !== undefined &&
    child.startedAtMs >= parent.startedAtMs
  );
}

/** The processes below one, deepest last; those whose birth the system does not tell are left out. */
export function descendantsIn(
  table: readonly Relative[],
  pid: number,
  platform: NodeJS.Platform,
): readonly ProcessIdentity[] {
  const root = table.find((each) => each.pid === pid);
  const found = new Set<Relative>();
  for (let level = root ? [root] : []; level.length > 0;) {
    const parents = level;
    level = table.filter(
      (each) =>
        each !== root && !found.has(each) && parents.some((parent) => isChild(each, parent, platform)),
    );
    for (const each of level) found.add(each);
  }
  return [...found].flatMap((each) => identityIn(each) ?? []);
}

/** Its parent, its parent's parent and so on. */
export function ancestorsIn(
  table: readonly Relative[],
  pid: number,
  platform: NodeJS.Platform,
): readonly number[] {
  const line: number[] = [];
  let child = table.find((each) => each.pid === pid);
  while (child && child.ppid >= 1 && !line.includes(child.ppid)) {
    const { ppid } = child;
    const parent = table.find((each) => each.pid === ppid);
    if (platform === 'win32' && !(parent && isChild(child, parent, platform))) return line;
    line.push(ppid);
    child = parent;
  }
  return line;
}
