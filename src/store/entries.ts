import type { DaemonId } from '../health/report';
import { SHARED_MAX_DAEMONS } from './policy';
import type { Parse } from './stored';

/** One entry for each daemon. What an entry holds may be of another version: who uses it looks. */
export type Entries = Readonly<Record<DaemonId, unknown>>;

/** @returns `undefined` for what is no object */
export function parseEntries(raw: unknown): Entries | undefined {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? { ...raw } : undefined;
}

/** All entries, also those that this version cannot read. */
export function entriesThat(canBeRead: (entry: unknown, daemonId: string) => boolean): Parse<Entries> {
  return (raw, leave) => {
    const all = parseEntries(raw);
    for (const [daemonId, entry] of Object.entries(all ?? {})) {
      if (!canBeRead(entry, daemonId)) leave({ [daemonId]: entry });
    }
    return all;
  };
}

/** With this entry as the newest; without the oldest ones where there are too many. */
export function withEntry(entries: Entries, daemonId: DaemonId, entry: unknown): Entries {
  const { [daemonId]: _, ...others } = entries;
  const all = entry === undefined ? others : { ...others, [daemonId]: entry };
  const list = Object.entries(all);
  return list.length > SHARED_MAX_DAEMONS ? Object.fromEntries(list.slice(-SHARED_MAX_DAEMONS)) : all;
}
