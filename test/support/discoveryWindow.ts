import { scan, scanPlaces, isTaken } from '../../src/watch/discovery/scan';
import { Discovery } from '../../src/watch/discovery/discovery';
import { Registry } from '../../src/watch/registry';
import { createProbe } from '../../src/kinds/probe';
import { AdoptedDaemons } from '../../src/store/adopted';
import { FakeTime } from '../unit/health/support';
import { MemoryMemento } from './memento';

/** What a user has set, and where the window is. */
export interface DiscoverySettings {
  readonly raw: readonly unknown[];
  /** The user wrote the list. */
  readonly hasOwnList?: boolean;
  readonly workspaceFolders?: readonly string[];
  /** Whether daemons that are not in the list are looked for. */
  readonly discovery?: boolean;
  /** The ports of a whole scan. */
  readonly ports?: readonly number[];
}

/** What of one window watches and looks for daemons, with real asks and a clock that a test moves. */
export class DiscoveryWindow {
  readonly clock = new FakeTime();
  readonly log: string[] = [];
  readonly registry: Registry;
  readonly discovery: Discovery;
  isFocused = true;

  constructor({
    raw,
    hasOwnList = false,
    workspaceFolders = [],
    ports = [],
    discovery = true,
  }: DiscoverySettings) {
    const log = (line: string) => void this.log.push(line);
    const isFocused = () => this.isFocused;
    this.registry = new Registry({
      clock: this.clock,
      random: () => 0.5,
      isFocused,
      createProbe: (target, kind) => Promise.resolve(createProbe(target, { kind })),
      admit: (daemon, report) => this.discovery.admit(daemon, report),
      recall: () => ({}),
      onError: (error) => log(String(error)),
    });
    this.discovery = new Discovery({
      registry: this.registry,
      clock: this.clock,
      settings: {
        daemonList: () => ({ raw, configured: hasOwnList, allowRemote: false }),
        hasOwnList,
        discovery,
      },
      kept: new AdoptedDaemons(new MemoryMemento(), new MemoryMemento(), log),
      recall: () => ({}),
      workspaceFolders: () => workspaceFolders,
      isFocused,
      scan: (request) => scan(request, { ...scanPlaces({ DISPATCHD_STATE_DIR: '/nowhere' }), ports }),
      accepts: isTaken,
      log,
    });
  }

  /** Begins to watch; resolves when all daemons were asked once and the first scan is over. */
  async open(): Promise<this> {
    this.discovery.start();
    await this.discovery.scan();
    await this.registry.refresh();
    return this;
  }

  /** So much time passes, and each daemon is polled once. */
  async pollAfter(ms = 5_000): Promise<void> {
    this.clock.advance(ms);
    await this.registry.refresh();
    await this.discovery.settled();
  }

  close(): void {
    this.discovery.dispose();
    this.registry.dispose();
  }
}
