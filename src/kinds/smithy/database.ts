import { DATABASE_MAX_AGE_MS, HEALTH_ROUTE } from './policy';
import type { Database } from '../../health/report';
import { isLoopback, readPath } from '../read/paths';
import { resolved } from '../read/resolved';
import { parseObject } from '../../base/text';
import type { Look } from '../look';

/** Which database a smithy works on: asked for once, and again when another process may have taken its port. */
export class DatabaseOfSmithy {
  #database: Database | undefined;
  #askedMs = -Infinity;

  constructor(
    private readonly timeoutMs: number,
    private readonly nowMs = () => performance.now(),
  ) {}

  /** The database as far as it is known; never throws, and ends within the time-out and the look. */
  async get(look: Look): Promise<Database | undefined> {
    if (this.nowMs() - this.#askedMs < DATABASE_MAX_AGE_MS) return this.#database;
    this.#askedMs = this.nowMs();
    const part = look.within.atMost(this.timeoutMs);
    try {
      const { status, body } = await look.get(HEALTH_ROUTE, this.timeoutMs);
      if (status === 200) {
        this.#database = await toDatabase(parseObject(body)?.database, look.origin ?? '', part.leftMs());
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
