import { join } from 'node:path';
import { CLAIM_STALE_MS, SPEAKER_TAKEOVER_MS, TOLD_AHEAD_MS, TOLD_KEPT_MS, TOLD_WINDOW_MS } from './policy';
import { stateOf, type Author, type OwnerState } from '../system/lockOwner';
import {
  create,
  files,
  readSpeaker,
  readTold,
  windowOf,
  type ReadTold,
  type Speaker,
  type Told,
} from './toldRecord';

/**
 * The files in which the windows of this machine agree who tells what. This file is a chunk of its own, loaded when a
 * window gets the focus or has something to say.
 *
 * They are no locks: they stay when their window is closed, and windows of versions up to 0.1 create and succeed them
 * in the same manner. Whether the window that wrote one lives is judged as the owner of a lock is.
 */

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
  readonly takeoverMs?: number;
  readonly toldWindowMs?: number;
}

/**
 * When a thing happened, in epoch ms: after `afterAt` and by `byAt`. Without `byAt` it goes on until `over` is called.
 * Windows see one happening at moments of their own, and their spans of it overlap. What happened after the span that
 * was told is another happening.
 */
export interface Span {
  readonly afterAt: number;
  readonly byAt?: number;
}

/**
 * What counts as told: anything of this key for so many ms; or as long as the window that goes on telling it asks again
 * and again; or only what happened in this span.
 */
export type ToldFor = number | 'whileOpen' | Span;

/** Something to tell, under the key by which one window of all tells it. */
export interface Claim {
  readonly key: string;
  /** Without it, anything of this key for `TOLD_WINDOW_MS`. */
  readonly toldFor?: ToldFor;
}

/** Does what `SpeakerLease` promises. */
export class ToldFiles {
  /** No two windows of a machine have it: each has a process of its own, which began at its own moment. */
  readonly #windowId: string;
  readonly #takeoverMs: number;
  readonly #toldWindowMs: number;
  #hasSwept = false;
  #own: Promise<Speaker> | undefined;

  constructor(private readonly options: SpeakerLeaseOptions) {
    this.#windowId = `${options.pid}-${Math.random().toString(36).slice(2)}`;
    this.#takeoverMs = options.takeoverMs ?? SPEAKER_TAKEOVER_MS;
    this.#toldWindowMs = options.toldWindowMs ?? TOLD_WINDOW_MS;
  }

  /** This window has the focus: from now on it is the one that speaks. */
  async take(): Promise<void> {
    const { mkdir, rename, writeFile } = await files();
    const speaker = await this.#window();
    await mkdir(this.options.folder, { recursive: true });
    const own = join(this.options.folder, `speaker.${this.#windowId}`);
    await writeFile(own, JSON.stringify(speaker));
    await rename(own, this.#speakerFile);
  }

  /**
   * Whether this window is the one to tell `key`, now or after the speaking window failed to.
   * Where files cannot be written at all, every window speaks: twice is better than never.
   *
   * @param stillWanted asked after waiting: what was to be told may be over
   */
  async maySpeak(
    key: string,
    stillWanted: () => boolean,
    toldFor: ToldFor = this.#toldWindowMs,
  ): Promise<boolean> {
    const askedMs = performance.now();
    await this.options.reach?.();
    try {
      if (toldFor === 'whileOpen' && (await this.#renew(key))) return true;
      const speaker = await readSpeaker(this.#speakerFile);
      const isOurs = speaker?.windowId === this.#windowId;
      const lookedMs = performance.now();
      const hasToWait = speaker && !isOurs && (await this.#stateOf(speaker.author)) !== 'dead';
      if (hasToWait) {
        // A tool that tells the birth takes a part of the time.
        const leftMs = this.#takeoverMs - (performance.now() - lookedMs);
        await new Promise((resolve) => setTimeout(resolve, Math.max(leftMs, 0)).unref());
      }
      const wasAway = performance.now() - askedMs >= this.#takeoverMs;
      if ((hasToWait || wasAway) && !stillWanted()) return false;
      return await this.#claim(key, toldFor, isOurs);
    } catch {
      return true;
    }
  }

  /** Which of these this window is to tell, as `maySpeak` does. */
  async claim(claims: readonly Claim[], stillWanted: (key: string) => boolean): Promise<ReadonlySet<string>> {
    const ours = claims.map(async ({ key, toldFor }) =>
      (await this.maySpeak(key, () => stillWanted(key), toldFor)) ? [key] : [],
    );
    return new Set((await Promise.all(ours)).flat());
  }

  /** This window tells these already, whoever has the turn. */
  async mark(claims: readonly Claim[]): Promise<void> {
    const { writeFile } = await files();
    for (const { key, toldFor = this.#toldWindowMs } of claims)
      await writeFile(await this.#fileOf(key), JSON.stringify(await this.#told(toldFor)));
  }

  /** What this window was to tell, and has not told. */
  async giveBack(keys: readonly string[]): Promise<void> {
    const { rm } = await files();
    for (const key of keys) {
      const file = await this.#fileOf(key);
      if ((await readTold(file)).windowId === this.#windowId) await rm(file, { force: true });
    }
  }

  /** What this window told, and went on since, is over: what begins from now on is another happening. */
  async over(key: string): Promise<void> {
    const { rename, writeFile } = await files();
    const file = await this.#fileOf(key);
    const { at, windowId, byAt } = await readTold(file);
    // As long as this window lives no other one writes over what goes on.
    if (windowId !== this.#windowId || byAt !== null) return;
    const own = `${file}.${this.#windowId}.over`;
    const told: Told = { at, ...(await this.#window()), byAt: Date.now() };
    await writeFile(own, JSON.stringify(told));
    await rename(own, file);
  }

  get #speakerFile(): string {
    return join(this.options.folder, 'speaker.json');
  }

  /** This window, as others will know it. */
  #window(): Promise<Speaker> {
    return (this.#own ??= windowOf(this.#windowId, this.options.pid));
  }

  async #stateOf(author: Author): Promise<OwnerState> {
    return stateOf(author, this.options.folder, await this.#window());
  }

  async #fileOf(key: string): Promise<string> {
    const { createHash } = await import('node:crypto');
    const name = createHash('sha256').update(key).digest('hex').slice(0, 32);
    return join(this.options.folder, `told.${name}`);
  }

  /** What this window tells already goes on being told by it. */
  async #renew(key: string): Promise<boolean> {
    const file = await this.#fileOf(key);
    if ((await readTold(file)).windowId !== this.#windowId) return false;
    await (await files()).writeFile(file, JSON.stringify(await this.#told('whileOpen')));
    return true;
  }

  /** Creating a file that must not exist yet succeeds in one window only. */
  async #claim(key: string, toldFor: ToldFor, isOurs: boolean): Promise<boolean> {
    const { mkdir, rename, rm } = await files();
    const file = await this.#fileOf(key);
    await mkdir(this.options.folder, { recursive: true });
    const mine = await this.#told(toldFor);
    if (await create(file, mine)) {
      await this.#sweep();
      return true;
    }
    const told = await readTold(file);
    if (await this.#counts(told, toldFor, isOurs)) return false;
    const { at, windowId } = told;
    // Of an older incident, or of a window that was closed. Of several that find it the one succeeds that first makes
    // the file named after it; who comes later finds that it is not there any more.
    const successor = `${file}.${windowId}.${at}`;
    if (!(await create(successor, mine))) {
      const ageMs = Date.now() - (await readTold(successor)).at;
      if (ageMs > CLAIM_STALE_MS || ageMs < -TOLD_AHEAD_MS) await rm(successor, { force: true });
      return false;
    }
    const now = await readTold(file);
    if (now.at === at && now.windowId === windowId) {
      await rename(successor, file);
      return true;
    }
    await rm(successor, { force: true });
    return false;
  }

  /** Whether what was told is what this window has to tell. */
  async #counts(told: ReadTold, toldFor: ToldFor, isOurs: boolean): Promise<boolean> {
    const ageMs = Date.now() - told.at;
    // The clock was set back meanwhile: how long ago that was nobody knows.
    if (ageMs < -TOLD_AHEAD_MS) return false;
    if (typeof toldFor === 'number') return ageMs < toldFor;
    const isIn = async (...states: readonly OwnerState[]) =>
      told.author !== undefined && states.includes(await this.#stateOf(told.author));
    if (toldFor === 'whileOpen') {
      // Of a window that was closed only the one with the focus goes on at once: it may be the same one, loaded anew.
      return ageMs < CLAIM_STALE_MS && !(isOurs && (await isIn('dead')));
    }
    if (typeof told.byAt === 'number') return toldFor.afterAt < told.byAt;
    // Of a window that may be closed: told twice is better than never.
    if (told.byAt === null && (await isIn('lives'))) return true;
    // Nobody says when it was over.
    return toldFor.afterAt < told.at + this.#toldWindowMs;
  }

  async #told(toldFor: ToldFor): Promise<Told> {
    return {
      at: Date.now(),
      ...(await this.#window()),
      ...(typeof toldFor === 'object' && { byAt: toldFor.byAt ?? null }),
    };
  }

  /** Once a window: what has been told long ago does not pile up. */
  async #sweep(): Promise<void> {
    if (this.#hasSwept) return;
    this.#hasSwept = true;
    const { readdir, rm, stat } = await files();
    for (const name of await readdir(this.options.folder)) {
      const file = join(this.options.folder, name);
      if (!name.startsWith('told.')) continue;
      const toldAt = await stat(file).then(({ mtimeMs }) => mtimeMs, Date.now);
      if (Date.now() - toldAt > TOLD_KEPT_MS) await rm(file, { force: true });
    }
  }
}
