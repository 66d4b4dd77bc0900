import { join } from 'node:path';
import { parseObject } from '../../base/text';
import type { Report } from '../../health/report';
import { INSTANCE_FILE } from '../../protocol/dispatchd';
import { readOwn } from '../../system/privateFile';
import { leadsElsewhere } from '../read/paths';

/** The flags that a running dispatchd has, from its own state folder; `undefined` where they are not known. Never rejects. */
export async function startFlags({ instance }: Report, pid: number): Promise<readonly string[] | undefined> {
  if (instance?.stateDir === undefined) return undefined;
  try {
    const read = await readOwn(join(instance.stateDir, INSTANCE_FILE));
    if (!read || !('text' in read)) return undefined;
    const file = parseObject(read.text);
    // Only the file of the very process that holds the port speaks for it.
    if (file?.pid !== pid || !Array.isArray(file.argv)) return undefined;
    const flags = file.argv.filter((arg) => typeof arg === 'string');
    const values = flags.map((flag) => flag.replace(/^--?[\w-]+=/, ''));
    return values.some(leadsElsewhere) ? undefined : flags;
  } catch {
    // Without them the daemon starts with its defaults.
    return undefined;
  }
}
