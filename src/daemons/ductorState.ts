import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isPidAlive } from '../alive';
import { DUCTOR_API_PORT, DUCTOR_PORT, DUCTOR_STARTUP_MS, MAX_STATE_FILE_BYTES } from '../health/policy';
import type { DaemonInstance, Session } from '../health/report';
import {
  isOtherBoot,
  limitsOf,
  readConfig,
  readNamed,
  readStartup,
  readTurns,
  type DuctorLimits,
  type DuctorStartup,
} from './ductorWork';

/** What the files of a ductor tell. */
export interface DuctorFiles {
  readonly limits: DuctorLimits;
  readonly instance: DaemonInstance;
  /** Its process is there, and has not noted its start yet. */
  readonly isStarting: boolean;
  /** `undefined` where that is not known. */
  readonly turns: readonly Session[] | undefined;
}

/** Reads the files of a ductor on this machine: all that tells of its chats' turns, and of its lives. */
export class DuctorState {
  readonly #config: StateFile;
  readonly #pid: StateFile;
  readonly #startup: StateFile;
  readonly #turns: StateFile;
  readonly #named: StateFile;
  #life: { readonly startup: DuctorStartup; readonly kind: DaemonInstance['startKind'] } | undefined;

  constructor(
    home: string,
    private readonly port: number,
    private readonly timeoutMs: number,
  ) {
    this.#config = new StateFile(join(home, 'config', 'config.json'));
    this.#pid = new StateFile(join(home, 'bot.pid'));
    this.#startup = new StateFile(join(home, 'startup_state.json'));
    this.#turns = new StateFile(join(home, 'inflight_turns.json'));
    this.#named = new StateFile(join(home, 'named_sessions.json'));
  }

  /** `undefined` where they are not this daemon's, or not to be had in time. Never throws. */
  async read(): Promise<DuctorFiles | undefined> {
    return Promise.race([
      this.#read().catch(() => undefined),
      delay(this.timeoutMs, undefined, { ref: false }),
    ]);
  }

  async #read(): Promise<DuctorFiles | undefined> {
    const [config, pid, startup, turns, named] = await Promise.all(
      [this.#config, this.#pid, this.#startup, this.#turns, this.#named].map((file) => file.read()),
    );
    const settings = readConfig(config === 'absent' ? {} : config?.value);
    const ports = [settings.interagent_port ?? DUCTOR_PORT, settings.api?.port ?? DUCTOR_API_PORT];
    // There may be another ductor on this machine, or a tunnel to that of another.
    if (!ports.includes(this.port) || pid === 'absent' || !isAlive(pid?.value)) return undefined;
    const limits = limitsOf(settings);
    const { value, changedAt } = pid!;
    const times = { sinceAt: changedAt - CLOCK_TOLERANCE_MS, nowAt: Date.now() };
    const noted = startup === 'absent' ? undefined : known(() => readStartup(startup?.value));
    const isNoted = noted !== undefined && noted.started_at >= times.sinceAt;
    return {
      limits,
      instance: { pid: value as number, ...(isNoted && this.#lifeOf(noted)) },
      isStarting: noted !== undefined && !isNoted && times.nowAt - changedAt < DUCTOR_STARTUP_MS,
      turns: known(() => [
        ...(turns === 'absent' ? [] : readTurns(turns?.value, limits, times)),
        // What it said before this life began is not true any more.
        ...(named === 'absent' || (named && named.changedAt < times.sinceAt) ? [] : readNamed(named?.value)),
      ]),
    };
  }

  #lifeOf(next: DuctorStartup): Partial<DaemonInstance> {
    const before = this.#life?.startup;
    if (before?.started_at !== next.started_at) {
      const kind = before && (isOtherBoot(before.boot_id, next.boot_id) ? 'reboot' : 'restart');
      this.#life = { startup: next, kind };
    }
    const startKind = this.#life?.kind;
    const startedAt = next.started_at;
    return { id: new Date(startedAt).toISOString(), startedAt, ...(startKind && { startKind }) };
  }
}

/** A file's time and a time written into a file, by two clocks of one machine. */
const CLOCK_TOLERANCE_MS = 1_000;

interface Content {
  /** As JSON has it; `undefined` where that is no JSON, or too long. */
  readonly value: unknown;
  /** Epoch ms. */
  readonly changedAt: number;
}

/** A small JSON file that another process replaces as a whole: read again only when it is another. */
class StateFile {
  #last: { readonly key: string; readonly content: Content } | undefined;

  constructor(private readonly path: string) {}

  /** `undefined` where it is there and cannot be read. */
  async read(): Promise<Content | 'absent' | undefined> {
    try {
      const { mtimeMs, size, ino, isFile } = await facts(this.path);
      // A pipe would be waited for without end.
      if (!isFile || size > MAX_STATE_FILE_BYTES) return undefined;
      const key = `${mtimeMs} ${size} ${ino}`;
      if (this.#last?.key !== key) {
        const value = parse(await readFile(this.path, 'utf8'));
        this.#last = { key, content: { value, changedAt: mtimeMs } };
      }
      return this.#last.content;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'absent' : undefined;
    }
  }
}

async function facts(path: string) {
  const stats = await stat(path);
  return { mtimeMs: stats.mtimeMs, size: stats.size, ino: stats.ino, isFile: stats.isFile() };
}

function parse(text: string): unknown {
  return known(() => JSON.parse(text) as unknown);
}

/** What a reader gives, where it can read it. */
function known<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function isAlive(pid: unknown): boolean {
  return typeof pid === 'number' && Number.isInteger(pid) && pid > 0 && isPidAlive(pid);
}
