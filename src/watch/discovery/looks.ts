import type { Clock } from '../../base/time';
import type { KindId } from '../../health/report';
import { addressOf } from '../../kinds/target';
import type { FoundDaemon } from '../../model/foundDaemon';
import { KNOCK_INTERVAL_MS } from '../policy';
import { MOVING, NextPorts } from './nextPorts';
import type { ScanRequest } from './scan';

export interface LooksDeps {
  readonly clock: Clock;
  /** Whether the user wants daemons looked for. Dear to read. */
  readonly settings: { readonly discovery: boolean };
  readonly workspaceFolders: () => readonly string[];
  readonly isFocused: () => boolean;
  /** Looks for daemons; loaded when first needed. */
  readonly scan: (request: ScanRequest) => Promise<readonly FoundDaemon[]>;
  /** Whether somebody accepts connections at a port of this machine. */
  readonly accepts: (port: number) => Promise<boolean>;
  readonly log: (line: string) => void;
}

/** The watched daemons of this machine, as far as a look has to do with them. */
interface WatchedHere {
  readonly ports: ReadonlySet<number>;
  readonly daemons: () => readonly { readonly port: number; readonly kind: KindId | undefined }[];
}

/** Looks for daemons on this machine, one look after the other, and remembers who was found. */
export class Looks {
  #found: readonly FoundDaemon[] = [];
  #looking = Promise.resolve();
  #scanning: Promise<void> | undefined;
  #scannedMs = -Infinity;
  /** Who was found by another look since the scan under way began. */
  #late: readonly FoundDaemon[] = [];
  #knockDueMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  readonly #nextPorts: NextPorts;

  /** @param onFound called after each look with those that this look found */
  constructor(
    private readonly deps: LooksDeps,
    private readonly watched: () => WatchedHere,
    private readonly onFound: (found: readonly FoundDaemon[]) => Promise<void>,
  ) {
    this.#nextPorts = new NextPorts(deps.accepts);
  }

  get found(): readonly FoundDaemon[] {
    return this.#found;
  }

  get isScanning(): boolean {
    return this.#scanning !== undefined;
  }

  /** How long ago the last scan began. */
  sinceScanMs(): number {
    return this.deps.clock.now().monotonicMs - this.#scannedMs;
  }

  /** Looks everywhere now, or joins the scan under way. Never rejects. */
  scan(): Promise<void> {
    this.#scanning ??= this.#inTurn(() => this.#scan()).finally(() => (this.#scanning = undefined));
    return this.#scanning;
  }

  /** While somebody looks: who comes to the ports beside watched daemons is not left to the next scan. */
  knock(): void {
    if (this.deps.clock.now().monotonicMs < this.#knockDueMs) return;
    this.#knockDueMs = Infinity;
    void this.#inTurn(() => this.#knock()).finally(() => {
      this.#knockDueMs = this.deps.clock.now().monotonicMs + KNOCK_INTERVAL_MS;
    });
  }

  /** Whether to knock by itself: where nothing is polled, nothing else tells that somebody has gone. */
  keepKnocking(isWanted: boolean): void {
    clearInterval(this.#timer);
    this.#timer = isWanted ? setInterval(() => this.knock(), KNOCK_INTERVAL_MS) : undefined;
  }

  /** Who is at the port of a watched daemon, if that is one of this kind. */
  async at(port: number, kind: KindId): Promise<FoundDaemon | undefined> {
    const [found] = await this.deps.scan({
      skipPorts: new Set(),
      workspaceFolders: this.deps.workspaceFolders(),
      only: { ports: [port], kinds: [kind] },
    });
    return found;
  }

  /** One that another look found. */
  add(daemon: FoundDaemon): void {
    this.#late = [...this.#late, daemon];
    this.#found = [...this.#found.filter((other) => portOf(other) !== portOf(daemon)), daemon];
  }

  /** Resolves when no look is under way. */
  settled(): Promise<void> {
    return this.#looking;
  }

  #inTurn(look: () => Promise<void>): Promise<void> {
    this.#looking = this.#looking
      .then(look)
      .catch((error: unknown) => this.deps.log(`Looking for daemons failed: ${String(error)}`));
    return this.#looking;
  }

  async #knock(): Promise<void> {
    if (!this.deps.isFocused() || !this.deps.settings.discovery) return;
    const { ports, daemons } = this.watched();
    const changed = await this.#nextPorts.changed(daemons(), ports, this.#ports());
    if (changed.length > 0) await this.#scan({ ports: changed, kinds: MOVING });
  }

  /** @param only where to look, instead of everywhere */
  async #scan(only?: ScanRequest['only']): Promise<void> {
    if (!only) this.#scannedMs = this.deps.clock.now().monotonicMs;
    this.#late = [];
    const found = this.deps.settings.discovery
      ? await this.deps.scan({
          skipPorts: this.watched().ports,
          workspaceFolders: this.deps.workspaceFolders(),
          // Who was found beside a port of the user's own choice stays.
          morePorts: this.#ports(),
          ...(only && { only }),
        })
      : [];
    const others = only ? this.#found.filter((daemon) => !only.ports.includes(portOf(daemon))) : [];
    this.#found = [...others, ...found, ...this.#late];
    await this.onFound(found);
  }

  #ports(): ReadonlySet<number> {
    return new Set(this.#found.map(portOf));
  }
}

function portOf({ target }: FoundDaemon): number {
  return addressOf(target)?.port ?? NaN;
}
