import { CodedError } from '../../base/errors';
import type { Refusal } from '../../model/refusal';
import type { DaemonId } from '../../health/report';
import { daemonIdOf, readDaemons, type RawDaemonList } from '../../settings/daemonList';
import type { Clock } from '../../base/time';
import {
  CONFLICT_RESCAN_MS,
  DISCOVERY_INTERVAL_MS,
  DISCOVERY_RESCAN_DIVISOR,
  DISCOVERY_RESCAN_MS,
} from '../policy';
import type { AdoptedDaemons, Adoption } from '../../store/adopted';
import {
  addressHere,
  decideAdoption,
  identityOf,
  isRetired,
  nameOf,
  toConfig,
  toWatched,
  type Watched,
} from './adoption';
import { type FoundDaemon } from '../../model/foundDaemon';
import type { Target } from '../../model/target';
import { addressOf, type Address } from '../../kinds/target';
import type { Registry } from '../registry';
import type { Remembered } from '../../model/daemonModel';
import type { ScanRequest } from './scan';

export interface DiscoveryDeps {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly settings: {
    daemonList(): RawDaemonList;
    /** Whether the user wrote a list of daemons: then nothing is watched that is not in it. */
    readonly hasOwnList: boolean;
    readonly discovery: boolean;
  };
  readonly kept: AdoptedDaemons;
  readonly recall: (daemonId: DaemonId) => Remembered;
  readonly workspaceFolders: () => readonly string[];
  readonly isFocused: () => boolean;
  /** Looks for daemons; loaded when first needed. */
  readonly scan: (request: ScanRequest) => Promise<readonly FoundDaemon[]>;
  readonly log: (line: string) => void;
}

/** Says which daemons are watched: those of the settings, and those found that belong to the open workspace. */
export class Discovery {
  #adoption: Adoption;
  #found: readonly FoundDaemon[] = [];
  #scanning: Promise<void> | undefined;
  #lastScanMs = -Infinity;
  #watchedPorts: ReadonlySet<number> = new Set();
  /** Those of them that are on this machine, by their origins. */
  #watchedHere: ReadonlyMap<string, Address> = new Map();
  #disposed = false;

  /** @param read reads the user's list; tests give one with daemons that no list takes yet */
  constructor(
    private readonly deps: DiscoveryDeps,
    private readonly read: typeof readDaemons = readDaemons,
  ) {
    const { adopted, retired } = deps.kept.adoption;
    this.#adoption = {
      // One that has not been up for a day is not an outage but history.
      adopted: adopted.filter((daemon) => deps.recall(toConfig(daemon).id).seenUpAt !== undefined),
      retired,
    };
    deps.registry.on('change', () => this.#onChange());
  }

  /** Watches what the settings say now, and looks for more. */
  start(): void {
    this.#configure();
    void this.scan();
  }

  #configure(): void {
    const { settings, registry } = this.deps;
    const { raw, ...how } = settings.daemonList();
    const { daemons, problems } = this.read(raw, how);
    const { adopted, retired } = this.#adopts ? this.#adoption : { adopted: [], retired: [] };
    const watched = [
      ...daemons.filter(({ configured, target }) => configured || !isRetired(target, retired)),
      ...adopted.map(toConfig),
    ];
    const here = watched.flatMap(({ target }) => addressHere(target) ?? []);
    this.#watchedPorts = new Set(here.map(({ port }) => port));
    this.#watchedHere = new Map(here.map((address) => [address.origin, address]));
    registry.configure({ daemons: watched, problems });
    this.#offer();
  }

  /** Looks for daemons now, or joins the scan under way. Never rejects. */
  scan(): Promise<void> {
    this.#scanning ??= this.#scan()
      .catch((error: unknown) => this.deps.log(`Looking for daemons failed: ${String(error)}`))
      .finally(() => (this.#scanning = undefined));
    return this.#scanning;
  }

  /** The window got the focus: looks again, unless it did a moment ago. */
  attend(): void {
    if (this.#sinceScanMs() >= DISCOVERY_INTERVAL_MS) void this.scan();
  }

  /**
   * A found daemon by its id, as an entry for the user's list.
   * @throws an error fit to show where it has no address: the list takes no other daemon
   */
  found(id: string): { name: string; url: string; kind: string } | undefined {
    const daemon = this.#found.find(({ target }) => daemonIdOf(target) === id);
    if (!daemon) return undefined;
    const address = addressOf(daemon.target);
    if (!address) {
      throw new CodedError<Refusal>({ is: 'hasNoAddress', daemon: nameOf(daemon) });
    }
    return { name: nameOf(daemon), url: address.origin, kind: daemon.kind };
  }

  /** Never offers this daemon again, wherever it listens. */
  async ignore(id: string): Promise<void> {
    const daemon = this.#found.find(({ target }) => daemonIdOf(target) === id);
    if (!daemon) return;
    await this.deps.kept.ignore(identityOf(daemon));
    this.#offer();
  }

  /** Offers again what was ignored. */
  async forgetIgnored(): Promise<void> {
    await this.deps.kept.forgetIgnored();
    this.#offer();
  }

  dispose(): void {
    this.#disposed = true;
  }

  get #adopts(): boolean {
    return this.deps.settings.discovery && !this.deps.settings.hasOwnList;
  }

  #sinceScanMs(): number {
    return this.deps.clock.now().monotonicMs - this.#lastScanMs;
  }

  async #scan(): Promise<void> {
    this.#lastScanMs = this.deps.clock.now().monotonicMs;
    const found = this.deps.settings.discovery
      ? await this.deps.scan({
          skipPorts: this.#watchedPorts,
          workspaceFolders: this.deps.workspaceFolders(),
        })
      : [];
    await this.#askAgain(found);
    if (this.#disposed) return;
    this.#found = found;
    this.#decide(found);
    this.#offer();
  }

  /** A found daemon may be a watched one that moved a moment ago: whether that one still answers decides. */
  async #askAgain(found: readonly FoundDaemon[]): Promise<void> {
    const { registry } = this.deps;
    const databases = new Set(found.flatMap(({ database }) => database ?? []));
    const suspects = registry.models.filter(({ track }) =>
      databases.has(track.last?.report.database?.realPath ?? ''),
    );
    await Promise.all(suspects.map(async ({ daemon }) => registry.monitor(daemon.id)?.poll()));
  }

  #decide(found: readonly FoundDaemon[]): void {
    if (!this.#adopts) return;
    const { notes, ...adoption } = decideAdoption(this.#adoption, this.#watched(), found);
    if (notes.length === 0) return;
    this.#adoption = adoption;
    void this.deps.kept.keep(adoption);
    for (const note of notes) this.deps.log(`discovery: ${note}`);
    this.#configure();
  }

  #watched(): readonly Watched[] {
    return this.deps.registry.models.flatMap((model) => {
      const { target } = model.daemon;
      const address = target.kind === 'http' ? this.#watchedHere.get(target.origin) : undefined;
      return address ? [toWatched(model, address, this.#adoption.adopted)] : [];
    });
  }

  /** What may have moved to another port. */
  #gone(): readonly Watched[] {
    return this.#watched().filter(({ isGone, database }) => isGone && database !== undefined);
  }

  #offer(): void {
    const { ignored } = this.deps.kept;
    const gone = this.#gone();
    this.deps.registry.offer(
      this.#found
        .filter(({ target }) => !this.#isWatched(target))
        .map((daemon) => {
          const before = gone.find(({ database }) => database === daemon.database);
          return {
            ...daemon,
            isIgnored: ignored.includes(identityOf(daemon)),
            ...(before && { inPlaceOf: { name: before.name, port: before.port } }),
          };
        }),
    );
  }

  /** Two addresses of this machine with one port are one daemon. */
  #isWatched(target: Target): boolean {
    const address = addressOf(target);
    return address
      ? this.#watchedPorts.has(address.port)
      : this.deps.registry.monitor(daemonIdOf(target)) !== undefined;
  }

  /** Something was polled: a daemon that is gone may have moved, and a conflict may be over. */
  #onChange(): void {
    if (this.#disposed || this.#scanning) return;
    const gone = this.#gone();
    const rescanAfterMs = this.#rescanAfterMs(gone);
    // Settings are dear to read, and this is asked after every poll.
    if (rescanAfterMs === Infinity || !this.deps.settings.discovery) return;
    if (gone.length > 0) this.#decide([]);
    if (!this.deps.isFocused() || this.#sinceScanMs() < rescanAfterMs) return;
    void this.scan();
  }

  /** Ever less often while a daemon stays away: it may have been stopped for the day. */
  #rescanAfterMs(gone: readonly Watched[]): number {
    if (gone.length > 0) {
      const goneForMs = Math.min(...gone.map((daemon) => daemon.goneForMs));
      return Math.min(
        Math.max(DISCOVERY_RESCAN_MS, goneForMs / DISCOVERY_RESCAN_DIVISOR),
        DISCOVERY_INTERVAL_MS,
      );
    }
    const { registry } = this.deps;
    const isConflictUnwatched =
      registry.found.length > 0 &&
      registry.conflicts.some(({ parties }) => parties.some(({ isWatched }) => !isWatched));
    return isConflictUnwatched ? CONFLICT_RESCAN_MS : Infinity;
  }
}
