import { constants } from 'node:fs';
import { mkdir, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { MAX_OUTPUT_BYTES, MAX_PENDING_OUTPUT_BYTES, MAX_TAIL_BYTES } from '../policy';
import { openToAppend, PRIVATE_DIR_MODE } from '../../system/privateFile';

/** What can be made to wait while the disk catches up. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/** Sessions' output, bounded: a full file becomes the older of two, and the older one is dropped. */
export class OutputFiles {
  constructor(
    private readonly dir: string,
    private readonly maxBytes = MAX_OUTPUT_BYTES,
  ) {}

  /** Appends to what earlier runs of the session wrote. */
  async openWriter(sessionId: string): Promise<OutputWriter> {
    await mkdir(this.dir, { recursive: true, mode: PRIVATE_DIR_MODE });
    const file = this.#file(sessionId);
    const handle = await openToAppend(file);
    return new OutputWriter(file, handle, (await handle.stat()).size, this.maxBytes / 2);
  }

  /** The last lines, as far as they fit one answer; `''` if there is none. Broken UTF-8 becomes U+FFFD. */
  async tail(sessionId: string, lines: number): Promise<string> {
    const read = (file: string) => readFile(file, { flag: TO_READ }).catch(() => Buffer.alloc(0));
    const file = this.#file(sessionId);
    const bytes = Buffer.concat([await read(older(file)), await read(file)]);
    const text = bytes.subarray(-MAX_TAIL_BYTES).toString('utf8');
    const body = text.endsWith('\n') ? text.slice(0, -1) : text;
    return text === ''
      ? ''
      : `${body.split('\n').slice(-lines).join('\n')}${text.endsWith('\n') ? '\n' : ''}`;
  }

  async remove(sessionId: string): Promise<void> {
    await rm(this.#file(sessionId), { force: true });
    await rm(older(this.#file(sessionId)), { force: true });
  }

  #file(sessionId: string): string {
    return join(this.dir, `${sessionId}.log`);
  }
}

/** Writes one chunk after the other; a disk that fails loses output, never the session. */
export class OutputWriter {
  #last: Promise<void> = Promise.resolve();
  #pendingBytes = 0;
  readonly #paused = new Set<Pausable>();

  constructor(
    private readonly file: string,
    private handle: FileHandle,
    private bytes: number,
    private readonly rotateBytes: number,
  ) {}

  /** Takes a chunk; its source waits when too much has piled up. */
  write(chunk: Buffer, source?: Pausable): void {
    this.#pendingBytes += chunk.byteLength;
    if (source && this.#pendingBytes > MAX_PENDING_OUTPUT_BYTES) {
      this.#paused.add(source);
      source.pause();
    }
    this.#last = this.#last
      .then(() => this.#append(chunk))
      .catch(() => {})
      .then(() => this.#written(chunk.byteLength));
  }

  /** Resolves when all of it is in the file. */
  async close(): Promise<void> {
    await this.#last;
    await this.handle.close().catch(() => {});
  }

  async #append(chunk: Buffer): Promise<void> {
    // A chunk is at most a pipe buffer, 64 KiB: the files exceed their bound by no more than that.
    if (this.bytes >= this.rotateBytes) {
      await this.handle.close();
      await rename(this.file, older(this.file));
      this.handle = await openToAppend(this.file);
      this.bytes = 0;
    }
    await this.handle.appendFile(chunk);
    this.bytes += chunk.byteLength;
  }

  #written(bytes: number): void {
    this.#pendingBytes -= bytes;
    if (this.#pendingBytes > MAX_PENDING_OUTPUT_BYTES / 2) return;
    for (const source of this.#paused) source.resume();
    this.#paused.clear();
  }
}

// Not Windows'.
const { O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY } = constants;
const TO_READ = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;

function older(file: string): string {
  return `${file}.1`;
}
