import { join } from 'node:path';
import { isPidAlive } from '../alive';
import { CLAIM_STALE_MS, SPEAKER_TAKEOVER_MS, TOLD_KEPT_MS, TOLD_WINDOW_MS } from '../health/policy';

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

interface Speaker {
  readonly windowId: string;
  readonly pid: number;
}

/** What a file about something told holds: who told it, and when. */
interface Told extends Speaker {
  /** Epoch ms. */
  readonly at: number;
}

/** How long a thing counts as told, in ms; or as long as the window that goes on telling it asks again and again. */
export type ToldFor = number | 'whileOpen';

/**
 * Lets one window of many tell a thing once. The window that last had the focus speaks at once; the others wait
 * and speak only if it did not, so that a crashed or hung window silences nothing.
 */
export class SpeakerLease {
  /** No two windows of a machine have it: each has a process of its own, which began at its own moment. */
  readonly #windowId: string;
  readonly #takeoverMs: number;
  readonly #toldWindowMs: number;
  #hasSwept = false;

  constructor(private readonly options: SpeakerLeaseOptions) {
    this.#windowId = `${options.pid}-${Math.random().toString(36).slice(2)}`;
    this.#takeoverMs = options.takeoverMs ?? SPEAKER_TAKEOVER_MS;
    this.#toldWindowMs = options.toldWindowMs ?? TOLD_WINDOW_MS;
  }

  /** This window has the focus: from now on it is the one that speaks. */
  async take(): Promise<void> {
    const { mkdir, rename, writeFile } = await files();
    const speaker: Speaker = { windowId: this.#windowId, pid: this.options.pid };
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
      const speaker = await this.#speaker();
      const isOurs = speaker?.windowId === this.#windowId;
      if (speaker && !isOurs && isPidAlive(speaker.pid)) {
        await new Promise((resolve) => setTimeout(resolve, this.#takeoverMs).unref());
      }
      if (performance.now() - askedMs >= this.#takeoverMs && !stillWanted()) return false;
      return await this.#claim(key, toldFor, isOurs);
    } catch {
      return true;
    }
  }

  get #speakerFile(): string {
    return join(this.options.folder, 'speaker.json');
  }

  async #speaker(): Promise<Speaker | undefined> {
    try {
      const { readFile } = await files();
      const { windowId, pid } = JSON.parse(await readFile(this.#speakerFile, 'utf8')) as Partial<Speaker>;
      return typeof windowId === 'string' && typeof pid === 'number' ? { windowId, pid } : undefined;
    } catch {
      return undefined;
    }
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
    await (await files()).writeFile(file, JSON.stringify(this.#told()));
    return true;
  }

  /** Creating a file that must not exist yet succeeds in one window only. */
  async #claim(key: string, toldFor: ToldFor, isOurs: boolean): Promise<boolean> {
    const { mkdir, rename, rm } = await files();
    const file = await this.#fileOf(key);
    await mkdir(this.options.folder, { recursive: true });
    if (await create(file, this.#told())) {
      await this.#sweep();
      return true;
    }
    const { at, windowId, pid } = await readTold(file);
    // Of a window that was closed only the one with the focus goes on at once: it may be the same one, loaded anew.
    const isClosed = pid !== undefined && !isPidAlive(pid);
    const forMs = toldFor !== 'whileOpen' ? toldFor : isClosed && isOurs ? 0 : CLAIM_STALE_MS;
    if (Date.now() - at < forMs) return false;
    // Of an older incident, or of a window that was closed. Of several that find it the one succeeds that first makes
    // the file named after it; who comes later finds that it is not there any more.
    const successor = `${file}.${windowId}.${at}`;
    if (!(await create(successor, this.#told()))) {
      if (Date.now() - (await readTold(successor)).at > CLAIM_STALE_MS) await rm(successor, { force: true });
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

  #told(): Told {
    return { at: Date.now(), windowId: this.#windowId, pid: this.options.pid };
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

/** One that is just being written tells no more than its age. */
async function readTold(file: string): Promise<Partial<Told> & { readonly at: number }> {
  const { readFile, stat } = await files();
  try {
    const { at, windowId, pid } = JSON.parse(await readFile(file, 'utf8')) as Partial<Told>;
    if (typeof at === 'number' && typeof pid === 'number') return { at, pid, windowId: String(windowId) };
  } catch {
    // Empty, or gone by now.
  }
  return { at: await stat(file).then(({ mtimeMs }) => mtimeMs, Date.now) };
}

/** Loaded when there is something to say: both take longer to load than the extension's own code. */
const files = () => import('node:fs/promises');

async function create(file: string, told: Told): Promise<boolean> {
  const { writeFile } = await files();
  try {
    await writeFile(file, JSON.stringify(told), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
