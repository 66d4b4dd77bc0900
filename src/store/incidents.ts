import { cleanText, isSame } from '../base/text';
import { fitting, lastOf, noted, recent, withEvidence, type Entry } from '../health/incidentLog';
import type { DaemonId } from '../health/report';
import { isState } from '../health/states';
import type { KeptReport } from '../model/outcome';
import { INCIDENT_LOG_MAX_BYTES, INCIDENT_MAX_BYTES } from './policy';
import { Shared, type SharedDeps } from './shared';
import { fieldsOf, hasFields } from './stored';

/** What the file holds: also what only a newer version can read. */
type Kept = readonly unknown[];

/** What happened on this machine in the last days, once, whichever windows saw it. Every window shares it. */
export class Incidents {
  readonly #shared: Shared<Kept>;
  #read: { readonly of: Kept; readonly entries: readonly Entry[] } | undefined;

  /** @param onChange called after this window or another one changed it */
  constructor(
    deps: SharedDeps,
    private readonly onChange: () => void,
    private readonly wallAt: () => number = Date.now,
  ) {
    this.#shared = new Shared<Kept>({
      ...deps,
      name: 'incidents',
      wallAt,
      parse: (raw) => (Array.isArray(raw) ? (raw as Kept) : undefined),
      // No version without the file kept any.
      withOlder: (value) => value ?? [],
      keepForOlder: () => Promise.resolve(),
    });
    this.#shared.onDidChange(onChange);
  }

  /** What this version can read of it. The same list as long as nothing changed. */
  get entries(): readonly Entry[] {
    const { value } = this.#shared;
    if (this.#read?.of !== value) this.#read = { of: value, entries: value.filter(isEntry) };
    return this.#read.entries;
  }

  async note(...entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const small = entries.map(bounded);
    await this.#change((log) => small.reduce(noted, log));
  }

  /** @param report what was written down about a daemon at this moment */
  async noteEvidence(daemonId: DaemonId, report: KeptReport, at: number): Promise<void> {
    await this.#change((log) => withEvidence(log, daemonId, report, at));
  }

  /** After a poll, or with the focus: another window may have noted something. */
  look(): void {
    void this.#shared.look();
  }

  dispose(): void {
    this.#shared.dispose();
  }

  async #change(change: (log: readonly Entry[]) => readonly Entry[]): Promise<void> {
    const before = this.#shared.value;
    const written = this.#shared.update((kept) => {
      const log = kept.filter(isEntry);
      const next = recent(change(log), this.wallAt());
      if (isSame(log, next)) return kept;
      // What only a newer version can read goes as late as all else.
      const others = kept.filter((each) => !isEntry(each));
      return fitting([...others, ...next], atOf, bytesOf, INCIDENT_LOG_MAX_BYTES);
    });
    if (this.#shared.value !== before) this.onChange();
    await written;
  }
}

function bytesOf(entry: unknown): number {
  // Written with a comma between two of them.
  return Buffer.byteLength(JSON.stringify(entry) ?? 'null') + 1;
}

/** What has no time that can be read goes first. */
function atOf(entry: unknown): number {
  return isEntry(entry) ? lastOf(entry) : -Infinity;
}

/** A reason holds a daemon's own words, each of them bounded; too many of them are left out. */
function bounded(entry: Entry): Entry {
  if (entry.is === 'watch') return entry;
  const named = { ...entry, name: cleanText(entry.name) };
  if (named.is !== 'phase' || bytesOf(named) <= INCIDENT_MAX_BYTES) return named;
  return { ...named, reason: { is: 'nothingTells' } };
}

const OF_ALL = { daemonId: 'string' } as const;
const PHASE = { ...OF_ALL, name: 'string', state: 'string', fromAt: 'number', seenAt: 'number' } as const;
const LIFE = { ...OF_ALL, name: 'string', at: 'number', isReboot: 'boolean', isInferred: 'boolean' } as const;
const WATCH = { ...OF_ALL, fromAt: 'number', toAt: 'number' } as const;

/** What another version kept may name states and kinds of entries that this one does not know. */
function isEntry(value: unknown): value is Entry {
  const { is, state, reason, by, work, seenBy } = fieldsOf(value);
  switch (is) {
    case 'phase':
      return (
        hasFields(value, PHASE, {
          endedAt: 'number',
          evidence: 'string',
          found: 'string',
          toldByIt: 'boolean',
        }) &&
        isState(state) &&
        hasFields(reason, { is: 'string' }) &&
        Object.values(fieldsOf(seenBy)).every(Number.isFinite)
      );
    case 'life':
      return (
        hasFields(value, LIFE, { instanceId: 'string', wasUpMs: 'number', toldByIt: 'boolean' }) &&
        ['us', 'others'].includes(by as string) &&
        hasFields(work, { resumed: 'number', interrupted: 'number' })
      );
    case 'watch':
      return hasFields(value, WATCH);
    default:
      return false;
  }
}
