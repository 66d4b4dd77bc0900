import { realpath } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { DATABASE_MAX_AGE_MS } from './policy';
import type { Database } from '../../health/report';
import { isLoopback, readPath } from '../read/paths';
import type { Ask, DaemonClient } from '../../system/httpClient';

/** Which database a smithy works on: asked for once, and again when another process may have taken its port. */
export class DatabaseOfSmithy {
  #database: Database | undefined;
  #askedMs = -Infinity;

  constructor(
    private readonly client: DaemonClient,
    private readonly timeoutMs: number,
    private readonly nowMs = () => performance.now(),
  ) {}

  /** The database as far as it is known; never throws, and ends within the time-out and the ask. */
  async get(ask: Ask): Promise<Database | undefined> {
    if (this.nowMs() - this.#askedMs < DATABASE_MAX_AGE_MS) return this.#database;
    this.#askedMs = this.nowMs();
    const part = ask.atMost(this.timeoutMs);
    try {
      const { status, body } = await this.client.get('/api/health', part);
      if (status === 200) {
        const { database } = JSON.parse(body) as { database?: unknown };
        this.#database = await toDatabase(database, this.client.origin, part.leftMs());
      }
    } catch {
      // What it said before still holds: its status has just been answered.
    }
    return this.#database;
  }

  /** It failed: what answers next may be another. */
  forget(): void {
    this.#database = undefined;
    this.#askedMs = -Infinity;
  }
}

/** A database as `/api/health` names it, with its identity; `undefined` where that is no absolute path. */
export async function toDatabase(
  value: unknown,
  origin: string,
  timeoutMs: number,
): Promise<Database | undefined> {
  const path = readPath(value);
  if (path === undefined) return undefined;
  // A path of another machine says nothing about the files of this one.
  const isHere = isLoopback(new URL(origin).hostname);
  return { path, realPath: isHere ? await resolved(path, timeoutMs) : path };
}

/** The path with symbolic links resolved; as it is where there is none, or the file system does not answer in time. */
export async function resolved(path: string, timeoutMs: number): Promise<string> {
  return Promise.race([realpath(path).catch(() => path), delay(timeoutMs, path, { ref: false })]);
}
