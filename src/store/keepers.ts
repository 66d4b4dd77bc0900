import type { DaemonId } from '../health/report';
import type { Keeper } from '../model/keeper';
import { isSame } from '../base/text';
import { parseEntries, withEntry, type Entries } from './entries';
import { Shared, type SharedDeps } from './shared';

/** What started each daemon again the last time that one of our windows had ended it. */
export class Keepers {
  readonly #shared: Shared<Entries>;

  constructor(deps: SharedDeps) {
    this.#shared = new Shared<Entries>({
      ...deps,
      name: 'keepers',
      parse: parseEntries,
      // No version before knows of any.
      withOlder: (value) => value ?? {},
      keepForOlder: () => Promise.resolve(),
    });
  }

  /** As the file has it now. Never rejects. */
  async of(daemonId: DaemonId): Promise<Keeper | undefined> {
    await this.#shared.look();
    return keeperIn(this.#shared.value[daemonId]);
  }

  /** @param keeper `undefined` where nobody started it again */
  async set(daemonId: DaemonId, keeper: Keeper | undefined): Promise<void> {
    if (isSame(this.#shared.value[daemonId], keeper)) return;
    await this.#shared.update((all) => withEntry(all, daemonId, keeper));
  }

  dispose(): void {
    this.#shared.dispose();
  }
}

/** What is kept there may be of another version. */
function keeperIn(value: unknown): Keeper | undefined {
  const { at, afterMs, by } = (value ?? {}) as Record<string, unknown>;
  if (!isFigure(at) || !isFigure(afterMs)) return undefined;
  if (by === undefined) return { at, afterMs };
  const { pid, commandLine, startedAtMs, startTicks } = (by ?? {}) as Record<string, unknown>;
  if (!isFigure(pid) || !isFigure(startedAtMs) || typeof commandLine !== 'string') return undefined;
  return { at, afterMs, by: { pid, commandLine, startedAtMs, ...(isFigure(startTicks) && { startTicks }) } };
}

function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
