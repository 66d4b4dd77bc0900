import type { DaemonId, Report } from '../health/report';
import type { Memento } from 'vscode';
import { isSnoozed, type Snooze } from '../health/snooze';
import { parseEntries, withEntry, type Entries } from './entries';
import { isSame, Shared, type SharedDeps } from './shared';

/** Versions up to 0.1 read and write it, and no file. */
const KEY = 'snoozes';
/** What this version last wrote under `KEY`: how the two differ is what an older version changed. */
const MIRRORED_KEY = 'snoozesMirrored';

/** The snoozes of all daemons, by their ids. Every window of the user shares them. */
export class Snoozes {
  readonly #shared: Shared<Entries>;

  /** @param onChange called after this window or another one changed them */
  constructor(
    private readonly state: Memento,
    deps: SharedDeps,
    private readonly onChange: () => void,
    private readonly wallAt: () => number = Date.now,
  ) {
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
    const kept = parseEntries(this.state.get<unknown>(KEY)) ?? {};
    if (value === undefined) return kept;
    const mirrored = parseEntries(this.state.get<unknown>(MIRRORED_KEY));
    const ids = Object.keys({ ...mirrored, ...kept }) as DaemonId[];
    const changed = ids.filter((id) =>
      // Without a mirror nobody knows what was removed since; a file that knows of a daemon knows better.
      mirrored ? !isSame(kept[id], mirrored[id]) : !(id in value),
    );
    return changed.reduce((all, id) => withEntry(all, id, kept[id]), value);
  }

  async #keepForOlder(value: Entries, isShared: boolean): Promise<void> {
    // Without the mirror, what this window could not share is found as what an older version changed.
    const written = [
      ...(isSame(this.state.get(KEY), value) ? [] : [this.state.update(KEY, value)]),
      ...(!isShared || isSame(this.state.get(MIRRORED_KEY), value)
        ? []
        : [this.state.update(MIRRORED_KEY, value)]),
    ];
    await Promise.all(written);
  }
}

/** What is kept may be of another version, or anything. */
function snoozeIn(value: unknown): Snooze | undefined {
  const { kind, untilAt, instanceId } = (value ?? {}) as Record<string, unknown>;
  if (kind === 'until' && typeof untilAt === 'number') return { kind, untilAt };
  if (kind === 'untilRestart') return { kind, ...(typeof instanceId === 'string' && { instanceId }) };
  return undefined;
}
