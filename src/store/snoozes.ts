import type { DaemonId, Report } from '../health/report';
import type { Memento } from 'vscode';
import { isSame } from '../base/text';
import { isSnoozed, type Snooze } from '../health/snooze';
import { entriesThat, parseEntries, withEntry, type Entries } from './entries';
import { Shared, type SharedDeps } from './shared';
import { Stored } from './stored';

const KEY = 'snoozes';

/** The snoozes of all daemons, by their ids. Every window of the user shares them. */
export class Snoozes {
  readonly #shared: Shared<Entries>;
  /** Versions up to 0.1 read and write it, and no file. */
  readonly #older: Stored<Entries>;
  /** What this version last wrote into `#older`: how the two differ is what an older version changed. */
  readonly #mirrored: Stored<Entries>;

  /** @param onChange called after this window or another one changed them */
  constructor(
    state: Memento,
    deps: SharedDeps,
    private readonly onChange: () => void,
    private readonly wallAt: () => number = Date.now,
  ) {
    const parse = entriesThat((entry) => snoozeIn(entry) !== undefined);
    this.#older = new Stored(state, KEY, parse, deps.log);
    this.#mirrored = new Stored(state, 'snoozesMirrored', parse, deps.log);
    this.#shared = new Shared({
      ...deps,
      name: KEY,
      wallAt,
      parse: parseEntries,
      withOlder: (value) => this.#withOlder(value),
      keepForOlder: (value, isShared) => this.#keepForOlder(value, isShared),
    });
    this.#shared.onDidChange(onChange);
  }

  /** The snooze that holds now, if any. */
  of(daemonId: DaemonId, report: Report | undefined): Snooze | undefined {
    const snooze = snoozeIn(this.#shared.value[daemonId]);
    return isSnoozed(snooze, report, this.wallAt()) ? snooze : undefined;
  }

  async set(daemonId: DaemonId, snooze: Snooze | undefined): Promise<void> {
    await this.#shared.update((all) => withEntry(all, daemonId, snooze));
    this.onChange();
  }

  /** The daemon was restarted through us: whatever was to last until then is over. */
  async endAtRestart(daemonId: DaemonId): Promise<void> {
    if (snoozeIn(this.#shared.value[daemonId])?.kind === 'untilRestart') await this.set(daemonId, undefined);
  }

  /** After a poll, or with the focus: another window may have changed them. */
  look(): void {
    void this.#shared.look();
  }

  dispose(): void {
    this.#shared.dispose();
  }

  #withOlder(value: Entries | undefined): Entries {
    const kept = this.#older.value ?? {};
    if (value === undefined) return kept;
    const mirrored = this.#mirrored.value;
    const ids = Object.keys({ ...mirrored, ...kept }) as DaemonId[];
    const changed = ids.filter((id) =>
      // Without a mirror nobody knows what was removed since; a file that knows of a daemon knows better.
      mirrored ? !isSame(kept[id], mirrored[id]) : !(id in value),
    );
    return changed.reduce((all, id) => withEntry(all, id, kept[id]), value);
  }

  async #keepForOlder(value: Entries, isShared: boolean): Promise<void> {
    // Without the mirror, what this window could not share is found as what an older version changed.
    const places = isShared ? [this.#older, this.#mirrored] : [this.#older];
    const changed = places.filter((place) => !isSame(place.value, value));
    await Promise.all(changed.map((place) => place.update(value)));
  }
}

/** What is kept may be of another version, or anything. */
function snoozeIn(value: unknown): Snooze | undefined {
  const { kind, untilAt, instanceId } = (value ?? {}) as Record<string, unknown>;
  if (kind === 'until' && typeof untilAt === 'number') return { kind, untilAt };
  if (kind === 'untilRestart') return { kind, ...(typeof instanceId === 'string' && { instanceId }) };
  return undefined;
}
