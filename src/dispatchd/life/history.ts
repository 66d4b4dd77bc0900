import * as v from 'valibot';
import { readOwn, openToAppend } from '../../system/privateFile';
import { writeText } from '../../system/stateFile';
import { HISTORY_MS, MAX_HISTORY_BYTES, MAX_PENDING_HISTORY, MAX_READ_HISTORY_BYTES } from '../policy';

/** In the state folder. */
export const HISTORY_FILE = 'history.jsonl';

const moment = v.pipe(v.number(), v.finite());

/** A life that is over. */
const Life = v.object({
  type: v.literal('life'),
  instanceId: v.string(),
  startedAt: moment,
  lastAliveAt: moment,
  upMs: moment,
  end: v.picklist(['clean', 'crashed', 'killed']),
  reason: v.exactOptional(v.string()),
});
/** A cycle that did not complete within the threshold; without an end its life ended first. */
const Late = v.object({
  type: v.literal('late'),
  instanceId: v.string(),
  startedAt: moment,
  endedAt: v.exactOptional(moment),
});
/** What became of a piece of work. */
const Outcome = v.object({
  type: v.literal('outcome'),
  id: v.string(),
  name: v.string(),
  status: v.string(),
  startedAt: v.exactOptional(moment),
  endedAt: moment,
  outcome: v.exactOptional(v.string()),
});
const Entry = v.variant('type', [Life, Late, Outcome]);
export type Entry = v.InferOutput<typeof Entry>;
export type LifeEntry = v.InferOutput<typeof Life>;
export type OutcomeEntry = v.InferOutput<typeof Outcome>;

/**
 * What happened while nobody looked: a line of JSON for each thing, in `HISTORY_FILE`. A line is written once its
 * thing has happened, and again when more is known of it; the last one counts. What a newer version wrote stays.
 */
export class History {
  /** Lines by what they are about, the oldest first. */
  readonly #lines = new Map<string, { readonly text: string; readonly entry: Entry | undefined }>();
  #pending: string[] = [];
  #bytes = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly file: string) {}

  /** Reads what earlier lives wrote. What cannot be read is no reason not to start. */
  async load(nowMs: number): Promise<void> {
    const read = await readOwn(this.file, MAX_READ_HISTORY_BYTES);
    const text = read && 'text' in read ? read.text : '';
    for (const [index, line] of text.split('\n').entries()) {
      const raw = parsed(line);
      if (raw === undefined) continue;
      const { output, success } = v.safeParse(Entry, raw);
      const entry = success ? output : undefined;
      // Twice what is shown: a clock that is days ahead costs nothing.
      if (entry && at(entry) < nowMs - 2 * HISTORY_MS) continue;
      this.#lines.set(entry ? keyOf(entry) : `unknown ${index}`, { text: line, entry });
    }
    this.#bytes = read ? Infinity : 0;
  }

  /** Notes what has happened; what the disk refuses is written with the next one. Never throws. */
  record(entry: Entry): void {
    const text = JSON.stringify(entry);
    if (this.#lines.get(keyOf(entry))?.text === text) return;
    this.#lines.set(keyOf(entry), { text, entry });
    this.#pending = [...this.#pending, text].slice(-MAX_PENDING_HISTORY);
    this.flush();
  }

  /** The same for what may be known already, and then better. */
  recordOnce(entry: Entry): void {
    if (!this.#lines.has(keyOf(entry))) this.record(entry);
  }

  /** Writes what is not on disk yet. Never throws. */
  flush(): void {
    this.#last = this.#last.then(() => this.#write()).catch(() => {});
  }

  /** Resolves when all that could be written is. */
  async written(): Promise<void> {
    await this.#last;
  }

  /** The things of the last seven days, the oldest first. */
  since(nowMs: number): readonly Entry[] {
    return [...this.#lines.values()].flatMap(({ entry }) =>
      entry && at(entry) >= nowMs - HISTORY_MS ? entry : [],
    );
  }

  async #write(): Promise<void> {
    const lines = this.#pending;
    if (lines.length === 0) return;
    const text = lines.map((line) => `${line}\n`).join('');
    if (this.#bytes + text.length > MAX_HISTORY_BYTES) await this.#rewrite();
    else {
      await using handle = await openToAppend(this.file);
      await handle.appendFile(text);
      this.#bytes += text.length;
    }
    this.#pending = this.#pending.filter((line) => !lines.includes(line));
  }

  /** The newest, as many as take half of the room. */
  async #rewrite(): Promise<void> {
    let bytes = 0;
    const kept: string[] = [];
    for (const [key, { text }] of [...this.#lines].reverse()) {
      bytes += text.length + 1;
      if (bytes <= MAX_HISTORY_BYTES / 2) kept.push(text);
      else this.#lines.delete(key);
    }
    const whole = kept.reverse().map((line) => `${line}\n`);
    // Without fsync: it is no state that work depends on.
    await writeText(this.file, whole.join(''), false);
    this.#bytes = whole.join('').length;
  }
}

function keyOf(entry: Entry): string {
  switch (entry.type) {
    case 'life':
      return `life ${entry.instanceId}`;
    case 'late':
      return `late ${entry.instanceId} ${entry.startedAt}`;
    case 'outcome':
      return `outcome ${entry.id}`;
  }
}

function at(entry: Entry): number {
  if (entry.type === 'life') return entry.lastAliveAt;
  return entry.type === 'late' ? (entry.endedAt ?? entry.startedAt) : entry.endedAt;
}

/** A line may be torn by a kill. */
function parsed(line: string): object | undefined {
  try {
    const raw: unknown = JSON.parse(line);
    return typeof raw === 'object' && raw !== null ? raw : undefined;
  } catch {
    return undefined;
  }
}
