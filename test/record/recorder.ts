import { createHash } from 'node:crypto';

/** What is recorded, each with a digest of its own. */
export const PARTS = [
  'status',
  'rows',
  'messages',
  'log',
  'mementos',
  'files',
  'context',
  'requests',
] as const;
export type Part = (typeof PARTS)[number];

/** `sha256`, cut: of the whole and of each part. */
export type Digests = Readonly<Record<Part | 'all', string>>;

const DIGEST_CHARS = 12;
/** A longer value is told by its beginning, its length and its digest. */
const LONG_CHARS = 400;
const LONG_FROM = '\u0001';
const LONG_TO = '\u0002';

/** All that comes out of a run, in order and with the time of the run. */
export class Recorder {
  readonly lines: string[] = [];
  readonly #digests = Object.fromEntries(
    [...PARTS, 'all' as const].map((part) => [part, createHash('sha256')]),
  ) as Record<Part | 'all', ReturnType<typeof createHash>>;
  /** By minute of the run: requests that are not written down yet. */
  readonly #requests = new Map<string, number>();
  #minute = 0;

  constructor(
    private readonly passedMs: () => number,
    private readonly normalise: (text: string) => string,
  ) {}

  /** @param where the window, or a daemon */
  add(part: Part, where: string, text: string): void {
    this.#closeMinute();
    this.#write(part, this.passedMs(), where, text);
  }

  /** What the script does: in the text, and in no digest. */
  note(text: string): void {
    this.#closeMinute();
    this.lines.push(`${moment(this.passedMs())} -- ${this.normalise(text)}`);
  }

  request(window: string, daemon: string, method: string, path: string): void {
    this.#closeMinute();
    const key = `${window} asked ${daemon}: ${method} ${path}`;
    this.#requests.set(key, (this.#requests.get(key) ?? 0) + 1);
  }

  end(): Digests {
    this.#closeMinute(Infinity);
    return Object.fromEntries(
      Object.entries(this.#digests).map(([part, hash]) => [part, hash.digest('hex').slice(0, DIGEST_CHARS)]),
    ) as Digests;
  }

  #closeMinute(minute = Math.floor(this.passedMs() / 60_000)): void {
    if (minute <= this.#minute) return;
    const atMs = this.#minute * 60_000;
    for (const [key, count] of [...this.#requests].sort(([a], [b]) => (a < b ? -1 : 1))) {
      this.#write('requests', atMs, 'net', `${key} (${count} in this minute)`);
    }
    this.#requests.clear();
    this.#minute = minute;
  }

  #write(part: Part, atMs: number, where: string, text: string): void {
    const line = `${moment(atMs)} ${part} ${where}: ${cut(this.normalise(text))}`;
    this.lines.push(line);
    this.#digests[part].update(`${line}\n`);
    this.#digests.all.update(`${line}\n`);
  }
}

/** "13:02:03.450" of the run. */
function moment(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const whole = Math.round(ms);
  return `${two(whole / 3_600_000)}:${two((whole / 60_000) % 60)}:${two((whole / 1_000) % 60)}.${String(whole % 1_000).padStart(3, '0')}`;
}

/** A value on one line. What is long is marked, and cut once it is written down. */
export function inLine(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  const line = text.replaceAll('\n', '⏎');
  return line.length > LONG_CHARS ? `${LONG_FROM}${line}${LONG_TO}` : line;
}

/** Cuts what is long: by then nothing in it differs from run to run. */
function cut(text: string): string {
  if (!text.includes(LONG_FROM)) return text;
  return text
    .split(LONG_FROM)
    .map((part, index) => {
      if (index === 0) return part;
      const to = part.indexOf(LONG_TO);
      const long = part.slice(0, to);
      const short = long.slice(0, LONG_CHARS / 2);
      return `${short}… (${long.length} characters, ${sha(long)})${part.slice(to + 1)}`;
    })
    .join('');
}

export function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, DIGEST_CHARS);
}

/** A number in [0, 1) that depends on these words only. */
export function chance(...words: readonly (string | number)[]): number {
  return createHash('sha256').update(words.join('|')).digest().readUInt32BE(0) / 2 ** 32;
}
