import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SPEAKER_TAKEOVER_MS, TOLD_KEPT_MS, TOLD_WINDOW_MS } from './policy';
import { bootedAt } from '../system/bootId';
import { stateOf, type Author, type OwnerState } from '../system/lockOwner';
import { Shared } from './shared';
import { readSpeaker, windowOf, type Window } from './speaker';
import {
  authorOf,
  byClockOf,
  claimIn,
  giveBackIn,
  markIn,
  overIn,
  parseTold,
  renewIn,
  seenOverIn,
  type AllTold,
  type Claim,
  type Claimant,
  type Claimed,
  type Told,
} from './toldEntries';

export interface SpeakerLeaseOptions {
  /** A folder that all windows of this machine share. */
  readonly folder: string;
  /** The window's extension host: alive as long as the window is. */
  readonly pid: number;
  /**
   * Resolves when the window has answered. The extension host of a window whose connection was lost lives on for hours;
   * what it says meanwhile nobody sees.
   */
  readonly reach?: () => PromiseLike<unknown>;
  readonly log?: (line: string) => void;
  readonly takeoverMs?: number;
  readonly toldWindowMs?: number;
}

/**
 * What the windows of this machine have told, and which of them has the focus. Does what `SpeakerLease` promises. This
 * file is a chunk of its own, loaded when a window gets the focus or has something to say.
 */
export class ToldByWindows {
  /** No two windows of a machine have it: each has a process of its own, which began at its own moment. */
  readonly #windowId: string;
  readonly #takeoverMs: number;
  #own: Promise<Window> | undefined;
  #shared: Shared<AllTold> | undefined;

  constructor(private readonly options: SpeakerLeaseOptions) {
    this.#windowId = `${options.pid}-${Math.random().toString(36).slice(2)}`;
    this.#takeoverMs = options.takeoverMs ?? SPEAKER_TAKEOVER_MS;
  }

  /** This window has the focus: from now on it is the one that speaks. */
  async take(): Promise<void> {
    const speaker = await this.#window();
    await mkdir(this.options.folder, { recursive: true });
    const own = join(this.options.folder, `speaker.${this.#windowId}`);
    await writeFile(own, JSON.stringify(speaker));
    await rename(own, this.#speakerFile);
  }

  /** @param stillWanted asked after waiting: what was to be told may be over */
  async claim(claims: readonly Claim[], stillWanted: (key: string) => boolean): Promise<ReadonlySet<string>> {
    const askedMs = performance.now();
    await this.options.reach?.();
    const renewed = await this.#renew(claims);
    const asked = claims.filter(({ key }) => !renewed.includes(key));
    if (asked.length === 0) return new Set(renewed);
    const speaker = await readSpeaker(this.#speakerFile);
    const isSpeaker = speaker?.windowId === this.#windowId;
    const lookedMs = performance.now();
    const hasToWait = speaker && !isSpeaker && (await this.#stateOf(speaker.author)) !== 'dead';
    if (hasToWait) {
      // A tool that tells the birth takes a part of the time.
      const leftMs = this.#takeoverMs - (performance.now() - lookedMs);
      await new Promise((resolve) => setTimeout(resolve, Math.max(leftMs, 0)).unref());
    }
    const wasAway = performance.now() - askedMs >= this.#takeoverMs;
    const wanted = hasToWait || wasAway ? asked.filter(({ key }) => stillWanted(key)) : asked;
    return new Set([...renewed, ...(await this.#claim(wanted, isSpeaker))]);
  }

  /** This window tells these already, whoever has the turn. */
  async mark(claims: readonly Claim[]): Promise<void> {
    const by = await this.#claimant(true);
    await this.#update((all) => markIn(all, claims, by));
  }

  /** What this window was to tell, and has not told. */
  async giveBack(keys: readonly string[]): Promise<void> {
    await this.#update((all) => giveBackIn(all, keys, this.#windowId));
  }

  /** What this window told, and went on since, is over: what begins from now on is another happening. */
  async over(key: string): Promise<void> {
    const byAt = Date.now();
    await this.#update((all) => overIn(all, key, this.#windowId, byAt));
  }

  /** What any window told is over: this window has seen no more of it since then (epoch ms), and its end whole. */
  async seenOver(key: string, wellSinceAt: number): Promise<void> {
    await this.#update((all) => seenOverIn(all, key, wellSinceAt, this.#takeoverMs));
  }

  dispose(): void {
    this.#shared?.dispose();
  }

  get #speakerFile(): string {
    return join(this.options.folder, 'speaker.json');
  }

  get #told(): Shared<AllTold> {
    if (!this.#shared) {
      const { folder, log = () => undefined } = this.options;
      this.#shared = new Shared({
        folder,
        name: 'notices',
        parse: parseTold,
        // Older versions have a file for each thing that they told: what they tell they tell by themselves.
        withOlder: (value) => value ?? {},
        keepForOlder: () => Promise.resolve(),
        log,
      });
      void this.#sweepOlder().catch(() => undefined);
    }
    return this.#shared;
  }

  /** This window, as others will know it. */
  #window(): Promise<Window> {
    return (this.#own ??= windowOf(this.#windowId, this.options.pid));
  }

  async #claimant(
    isSpeaker: boolean,
    states: ReadonlyMap<string, OwnerState> = new Map(),
  ): Promise<Claimant> {
    return {
      window: await this.#window(),
      isSpeaker,
      nowAt: Date.now(),
      bootedAt: bootedAt(),
      toldWindowMs: this.options.toldWindowMs ?? TOLD_WINDOW_MS,
      stateOf: (told) => states.get(nameOf(told)),
    };
  }

  async #renew(claims: readonly Claim[]): Promise<readonly string[]> {
    if (claims.every(({ toldFor }) => toldFor !== 'whileOpen')) return [];
    const by = await this.#claimant(false);
    const { ours } = await this.#change((all) => renewIn(all, claims, by));
    return ours;
  }

  async #claim(claims: readonly Claim[], isSpeaker: boolean): Promise<readonly string[]> {
    const states = new Map<string, OwnerState>();
    const ours: string[] = [];
    for (let open = claims; open.length > 0;) {
      const by = await this.#claimant(isSpeaker, states);
      const claiming = open;
      const claimed = await this.#change((all) => claimIn(all, claiming, by));
      ours.push(...claimed.ours);
      // Whether a window lives takes a while to find out: that is not done while the file is locked.
      for (const { by: told } of claimed.undecided) {
        const author = authorOf(told);
        states.set(nameOf(told), author ? await this.#stateOf(author) : 'dead');
      }
      open = claimed.undecided.map(({ claim }) => claim);
    }
    return ours;
  }

  /** The last run of a change counts: that on what the file held, or on what this window knows where there is no file. */
  async #change(change: (all: AllTold) => Claimed): Promise<Claimed> {
    let last: Claimed | undefined;
    await this.#update((all) => (last = change(all)).all);
    return last!;
  }

  async #update(change: (all: AllTold) => AllTold): Promise<void> {
    const clock = { window: await this.#window(), bootedAt: bootedAt() };
    await this.#told.update((all) => change(byClockOf(all, clock)));
  }

  async #stateOf(author: Author): Promise<OwnerState> {
    return stateOf(author, this.options.folder, await this.#window());
  }

  /** Versions up to 0.1 leave a file for each thing that was told. Those that may still count stay for their windows. */
  async #sweepOlder(): Promise<void> {
    for (const name of await readdir(this.options.folder)) {
      if (!name.startsWith('told.')) continue;
      const file = join(this.options.folder, name);
      const toldAt = await stat(file).then(({ mtimeMs }) => mtimeMs, Date.now);
      if (Date.now() - toldAt > TOLD_KEPT_MS) await rm(file, { force: true });
    }
  }
}

/** Who told something, as a key. */
function nameOf({ at: _at, byAt: _byAt, bootedAt: _bootedAt, ...window }: Told): string {
  return JSON.stringify(window);
}
