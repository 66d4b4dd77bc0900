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
    private readonly redis: RealHome,
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

  get app(): RealProcess {
    if (!this.#app) throw new Error('it was never started');
    return this.#app;
  }

  async start(): Promise<void> {
    const args = [join(__dirname, 'bullmqApp.mjs'), this.packages, String(this.redisPort), String(this.port)];
    this.#app = this.home.start(process.execPath, args);
    await this.#app.answers(`${this.url}/metrics`);
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
