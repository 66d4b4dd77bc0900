import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensurePm2 } from '../../../scripts/installPm2.mjs';

/** A real pm2 with a home, and so a daemon, of its own. */
export class Pm2 {
  private constructor(
    /** Where `pm2` is. */
    readonly bin: string,
    readonly home: string,
  ) {}

  /** Rejects where npm has none. */
  static async in(home: string): Promise<Pm2> {
    return new Pm2(await ensurePm2(), home);
  }

  /** Runs `pm2`; the first run starts its daemon. */
  async run(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, PM2_HOME: this.home };
    return (await promisify(execFile)(process.execPath, [join(this.bin, 'pm2'), ...args], { env })).stdout;
  }

  /** The process of its daemon; `undefined` where there never was one. */
  get pid(): number | undefined {
    try {
      return Number(readFileSync(join(this.home, 'pm2.pid'), 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** Its daemon ends what it keeps before itself. */
  async stop(): Promise<void> {
    if (this.pid !== undefined) await this.run('kill');
  }
}
