import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureInstalled, unpackDebian } from '../../../scripts/install.mjs';
import { freePort } from '../freePort';
import { RealHome, type RealProcess } from './realProcess';

/**
 * Debian's Prometheus, unpacked and not installed. Rejects where there is none.
 *
 * @returns the folder of `prometheus` and `promtool`
 */
export async function ensurePrometheus(): Promise<string> {
  const packages = ['prometheus'];
  const folder = await ensureInstalled({
    name: 'prometheus',
    recipe: { packages },
    title: 'Prometheus for the tests (19 MB, once)',
    fill: (target) => unpackDebian(target, packages),
  });
  return join(folder, 'usr', 'bin');
}

/** Runs `promtool`. @returns what it printed; rejects, with that in its message, where it found a fault */
export async function promtool(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(join(await ensurePrometheus(), 'promtool'), args);
  return stdout + stderr;
}

export interface Scraped {
  readonly job: string;
  /** `host:port` of each. */
  readonly targets: readonly string[];
  /** A file of alerting rules. */
  readonly rules?: string;
}

/** An alert as Prometheus tells it. */
export interface Alert {
  readonly labels: { readonly alertname: string; readonly instance: string };
  readonly state: 'pending' | 'firing';
  readonly annotations: { readonly summary: string };
}

/** A real Prometheus on a port of loopback, which scrapes and judges each second. */
export class Prometheus {
  readonly #home: RealHome;
  #server: RealProcess | undefined;

  private constructor(
    folder: string,
    private readonly bin: string,
    readonly port: number,
  ) {
    this.#home = new RealHome(folder);
  }

  /** Rejects where there is none. @param folder of its own */
  static async in(folder: string): Promise<Prometheus> {
    return new Prometheus(folder, await ensurePrometheus(), await freePort());
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get server(): RealProcess {
    if (!this.#server) throw new Error('it was never started');
    return this.#server;
  }

  /** Resolves once it answers queries. */
  async start({ job, targets, rules }: Scraped): Promise<void> {
    const { folder } = this.#home;
    const configuration = join(folder, 'prometheus.yml');
    // JSON is YAML, too.
    const all = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      ...(rules !== undefined && { rule_files: [rules] }),
      scrape_configs: [{ job_name: job, static_configs: [{ targets }] }],
    };
    writeFileSync(configuration, JSON.stringify(all));
    this.#server = this.#home.start(join(this.bin, 'prometheus'), [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${this.port}`,
    ]);
    // While it replays its journal it is healthy, and refuses queries.
    await this.#server.answers(`${this.url}/-/ready`);
  }

  /** The values of what a query finds. */
  async values(query: string): Promise<readonly number[]> {
    const { result } = await this.#ask<{ result: { value: [number, string] }[] }>(
      `query?query=${encodeURIComponent(query)}`,
    );
    return result.map(({ value }) => Number(value[1]));
  }

  /** The alerts that fire. */
  async firing(): Promise<readonly Alert[]> {
    const { alerts } = await this.#ask<{ alerts: readonly Alert[] }>('alerts');
    return alerts.filter(({ state }) => state === 'firing');
  }

  end(): Promise<void> {
    return this.#home.end();
  }

  async #ask<T>(route: string): Promise<T> {
    return ((await (await fetch(`${this.url}/api/v1/${route}`)).json()) as { data: T }).data;
  }
}
