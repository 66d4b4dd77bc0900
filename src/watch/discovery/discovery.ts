import { CodedError } from '../../base/errors';
import type { Refusal } from '../../model/refusal';
import { isDeepStrictEqual } from 'node:util';
import type { DaemonId, Report } from '../../health/report';
import type { DaemonConfig } from '../../model/daemonConfig';
import { daemonIdOf, readDaemons, type RawDaemonList } from '../../settings/daemonList';
import { CONFLICT_RESCAN_MS, DISCOVERY_INTERVAL_MS } from '../policy';
import type { AdoptedDaemons, Adoption } from '../../store/adopted';
import {
  addressHere,
  decideAdoption,
  identityOf,
  isOthers,
  isRetired,
  nameOf,
  portsOfOthers,
  toConfig,
  toOffered,
  toWatched,
  type Watched,
} from './adoption';
import { type FoundDaemon } from '../../model/foundDaemon';
import type { Target } from '../../model/target';
import { addressOf, type Address } from '../../kinds/target';
import type { Registry } from '../registry';
import type { DaemonModel, Remembered } from '../../model/daemonModel';
import { GoneDaemons } from './goneDaemons';
import { Looks, type LooksDeps } from './looks';

export interface DiscoveryDeps extends LooksDeps {
  readonly registry: Registry;
  readonly settings: {
    daemonList(): RawDaemonList;
    /** Whether the user wrote a list of daemons: then nothing is watched that is not in it. */
    readonly hasOwnList: boolean;
    readonly discovery: boolean;
  };
  readonly kept: AdoptedDaemons;
  readonly recall: (daemonId: DaemonId) => Remembered;
}

/** Says which daemons are watched: those of the settings, and those found that belong to the open workspace. */
export class Discovery {
  #adoption: Adoption;
  readonly #looks: Looks;
  readonly #gone = new GoneDaemons();
  #watchedPorts: ReadonlySet<number> = new Set();
  /** Those of them that are on this machine, by their origins. */
  #watchedHere: ReadonlyMap<string, Address> = new Map();
  /** What the daemons that nobody asked for were seen to work for when they were looked at. */
  readonly #admitted = new Map<DaemonId, string>();
  /** Ports of this machine at which who was found is not to be watched unasked. */
  #othersPorts: readonly number[] = [];
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
    const daemons = () => this.#watched().map(({ port, kind }) => ({ port, kind }));
    this.#looks = new Looks(
      deps,
      () => ({ ports: this.#watchedPorts, daemons }),
      (found) => this.#onFound(found),
    );
    deps.registry.on('stepped', (model) => this.#gone.note(model.daemon.id, this.#asWatched(model)));
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
    this.#othersPorts = portsOfOthers(this.#looks.found, this.deps.workspaceFolders());
    this.#looks.keepKnocking(this.#othersPorts.length > 0);
    const isFree = (target: Target) =>
      !isRetired(target, retired) && !this.#othersPorts.includes(addressHere(target)?.port ?? NaN);
    const watched = [
      ...daemons.filter(({ configured, target }) => configured || isFree(target)),
      ...adopted.map(toConfig).filter(({ target }) => isFree(target)),
    ];
    const here = watched.flatMap(({ target }) => addressHere(target) ?? []);
    this.#watchedPorts = new Set(here.map(({ port }) => port));
    this.#watchedHere = new Map(here.map((address) => [address.origin, address]));
    registry.configure({ daemons: watched, problems });
    this.#gone.clear();
    for (const model of registry.models) this.#gone.note(model.daemon.id, this.#asWatched(model));
    this.#offer();
  }

  /** Looks for daemons now, or joins the scan under way. Never rejects. */
  scan(): Promise<void> {
    return this.#looks.scan();
  }

  /** Resolves when no look is under way. */
  settled(): Promise<void> {
    return this.#looks.settled();
  }

  /** The window got the focus: looks again, unless it did a moment ago. */
  attend(): void {
    if (this.#looks.sinceScanMs() >= DISCOVERY_INTERVAL_MS) void this.scan();
  }

  /**
   * A found daemon by its id, as an entry for the user's list.
   * @throws an error fit to show where it has no address: the list takes no other daemon
   */
  found(id: string): { name: string; url: string; kind: string } | undefined {
    const daemon = this.#looks.found.find(({ target }) => daemonIdOf(target) === id);
    if (!daemon) return undefined;
    const address = addressOf(daemon.target);
    if (!address) {
      throw new CodedError<Refusal>({ is: 'hasNoAddress', daemon: nameOf(daemon) });
    }
    return { name: nameOf(daemon), url: address.origin, kind: daemon.kind };
  }

  /** Never offers this daemon again, wherever it listens. */
  async ignore(id: string): Promise<void> {
    const daemon = this.#looks.found.find(({ target }) => daemonIdOf(target) === id);
    if (!daemon) return;
    await this.deps.kept.ignore(identityOf(daemon));
    this.#offer();
  }

  /** Offers again what was ignored. */
  async forgetIgnored(): Promise<void> {
    await this.deps.kept.forgetIgnored();
    this.#offer();
  }

  /**
   * A daemon answered that nobody asked for. A default address is anybody's: who answers there is looked at before that
   * is shown, and is only offered where another user's, or another project's. Never rejects.
   */
  async admit({ id, target, configured }: DaemonConfig, { kind, database, instance }: Report): Promise<void> {
    const port = addressHere(target)?.port;
    if (configured || port === undefined) return;
    const folders = this.deps.workspaceFolders();
    const worksFor = JSON.stringify([folders, kind, database?.realPath ?? instance?.workspace]);
    if (this.#admitted.get(id) === worksFor) return;
    const found = await this.#looks.at(port, kind).catch(() => undefined);
    if (this.#disposed) return;
    if (!found || !isOthers(found, folders)) return void this.#admitted.set(id, worksFor);
    this.#looks.add(found);
    this.deps.log(
      `discovery: ${kind} on port ${port} is offered: ${found.owner ?? `works in ${found.place}`}`,
    );
    this.#configure();
  }

  dispose(): void {
    this.#disposed = true;
    this.#looks.keepKnocking(false);
  }

  get #adopts(): boolean {
    return this.deps.settings.discovery && !this.deps.settings.hasOwnList;
  }

  async #onFound(found: readonly FoundDaemon[]): Promise<void> {
    await this.#askAgain(found);
    if (this.#disposed) return;
    const othersPorts = portsOfOthers(this.#looks.found, this.deps.workspaceFolders());
    if (!isDeepStrictEqual(othersPorts, this.#othersPorts)) this.#configure();
    this.#decide(found.filter(({ target }) => !this.#isWatched(target)));
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
    return this.deps.registry.models.flatMap((model) => this.#asWatched(model) ?? []);
  }

  #asWatched(model: DaemonModel): Watched | undefined {
    const { target } = model.daemon;
    const address = target.kind === 'http' ? this.#watchedHere.get(target.origin) : undefined;
    return address && toWatched(model, address, this.#adoption.adopted);
  }

  #offer(): void {
    const found = this.#looks.found.filter(({ target }) => !this.#isWatched(target));
    this.deps.registry.offer(toOffered(found, this.#gone.all, this.deps.kept.ignored));
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
    if (this.#disposed || this.#looks.isScanning) return;
    this.#looks.knock();
    const rescanAfterMs = this.#rescanAfterMs();
    // Settings are dear to read, and this is asked after every poll.
    if (rescanAfterMs === Infinity || !this.deps.settings.discovery) return;
    if (!this.#gone.areNone) this.#decide([]);
    if (!this.deps.isFocused() || this.#looks.sinceScanMs() < rescanAfterMs) return;
    void this.scan();
  }

  #rescanAfterMs(): number {
    if (!this.#gone.areNone) return this.#gone.rescanAfterMs();
    const { registry } = this.deps;
    const isConflictUnwatched =
      registry.found.length > 0 &&
      registry.conflicts.some(({ parties }) => parties.some(({ isWatched }) => !isWatched));
    return isConflictUnwatched ? CONFLICT_RESCAN_MS : Infinity;
  }
}
