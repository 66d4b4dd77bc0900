import { join } from 'node:path';
import { freePort } from '../freePort';
import { ensureNpm } from './npm';
import { RealHome, type RealProcess } from './realProcess';
import { startRedis } from './redis';

/** BullMQ leaves the choice of a client of redis to its users. */
const PACKAGES = ['bullmq@6.7.0', 'ioredis@5.8.2'];

/** What a job of `bullmqApp.mjs` does. */
export type JobName = 'quick' | 'slow' | 'hang';

/** A program that works off a real queue of BullMQ in a real redis, and tells its metrics. */
export class BullMQ {
  readonly home: RealHome;
  #app: RealProcess | undefined;

  private constructor(
    folder: string,
    readonly port: number,
    private readonly packages: string,
    readonly redis: RealHome,
    private readonly redisPort: number,
  ) {
    this.home = new RealHome(folder);
  }

  /** Rejects where npm has no BullMQ, or Debian no redis. */
  static async in(folder: string, port: number): Promise<BullMQ> {
    const packages = await ensureNpm('bullmq', PACKAGES, '16 MB');
    const redisPort = await freePort();
    const redis = await startRedis(join(folder, 'redis'), redisPort);
    return new BullMQ(join(folder, 'app'), port, packages, redis, redisPort);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What answers; it works off the queue, too, unless it was started without that. */
  get app(): RealProcess {
    if (!this.#app) throw new Error('it was never started');
    return this.#app;
  }

  /** Resolves once its metrics answer. @param parts what the program does; a worker may as well be started apart */
  async start(parts: readonly ('queue' | 'worker')[] = ['queue', 'worker']): Promise<void> {
    this.#app = this.#run(parts);
    await this.#app.answers(`${this.url}/metrics`);
  }

  /** A worker in a process of its own. */
  startWorker(): RealProcess {
    return this.#run(['worker']);
  }

  #run(parts: readonly string[]): RealProcess {
    const ports = [String(this.redisPort), String(this.port)];
    return this.home.start(process.execPath, [
      join(__dirname, 'bullmqApp.mjs'),
      this.packages,
      ...ports,
      ...parts,
    ]);
  }

  async add(name: JobName, count = 1): Promise<void> {
    for (let added = 0; added < count; added++) {
      const answer = await fetch(`${this.url}/add?name=${name}`, { method: 'POST' });
      if (!answer.ok) throw new Error(`no job was added: ${answer.status}`);
    }
  }

  async end(): Promise<void> {
    await Promise.all([this.home.end(), this.redis.end()]);
  }
}
