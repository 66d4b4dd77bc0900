import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SmithyProcess } from '../support/smithyProcess';
import { built, Watching } from './watching';
import { makeProject } from '../support/project';

/** As the built-in default; phases are spread over this time. */
const POLL_INTERVAL_MS = 5_000;

export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Smithys, each a process with a project of its own, and a watcher that has found all of them in order. */
export class Fleet {
  private constructor(
    readonly smithys: readonly SmithyProcess[],
    readonly watching: Watching,
    private readonly folder: string,
  ) {}

  /** @param ports where they are to listen; anywhere by default */
  static async start(
    count: number,
    { backlog = 511, discovery = false, ports = [] as readonly number[] } = {},
  ): Promise<Fleet> {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-health-latency-'));
    const smithys = Array.from({ length: count }, (_, n) => {
      return new SmithyProcess(makeProject(join(folder, `project-${n}`)), [built('smithyMain')], backlog);
    });
    await Promise.all(smithys.map((smithy, n) => smithy.startAt(ports[n] ?? 0)));
    const watching = Watching.start(
      smithys.map(({ url }) => url),
      // Nobody but the smithys is to be found.
      {
        discovery,
        env: {
          HOME: folder,
          USERPROFILE: folder,
          DISPATCHD_STATE_DIR: folder,
          DAEMON_HEALTH_DISCOVERY_PORTS: '',
        },
      },
    );
    const fleet = new Fleet(smithys, watching, folder);
    try {
      await Promise.all(
        smithys.map(({ url }) =>
          watching.step(url, 0, 'was never healthy', ({ state }) => state === 'healthy'),
        ),
      );
    } catch (error) {
      await fleet.end();
      throw error;
    }
    return fleet;
  }

  /** The project of one of them. */
  project(n: number): string {
    return makeProject(join(this.folder, `project-${n}`));
  }

  /** Does the same with each of them, spread over one poll interval: each at another phase of its polls. */
  atEachPhase<T>(act: (smithy: SmithyProcess, n: number) => Promise<T>): Promise<T[]> {
    return Promise.all(
      this.smithys.map(async (smithy, n) => {
        await wait((n * POLL_INTERVAL_MS) / this.smithys.length);
        return act(smithy, n);
      }),
    );
  }

  async end(): Promise<void> {
    this.watching.end();
    await Promise.all(this.smithys.map((smithy) => smithy.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs with a fleet, and ends that whatever comes. */
export async function withFleet<T>(
  count: number,
  options: Parameters<typeof Fleet.start>[1],
  act: (fleet: Fleet) => Promise<T>,
): Promise<T> {
  const fleet = await Fleet.start(count, options);
  try {
    return await act(fleet);
  } finally {
    await fleet.end();
  }
}
