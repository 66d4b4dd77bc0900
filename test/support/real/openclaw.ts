import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNpm } from './npm';
import { RealHome, type RealProcess } from './realProcess';

const PACKAGE = 'openclaw@2026.9.6';
/** OpenClaw wants 24.16 or newer; the package `node` of npm would download this one by a script. */
const NODE = `node-${process.platform}-${process.arch}@24.21.0`;

/** As `openclaw cron list --json` tells it. */
export interface CronJob {
  readonly name: string;
  readonly state: {
    readonly nextRunAtMs?: number;
    readonly runningAtMs?: number;
    readonly lastRunAtMs?: number;
  };
}

/** A real OpenClaw gateway, from npm, with the Node.js that it wants. */
export class OpenClaw {
  #gateway: RealProcess | undefined;

  private constructor(
    readonly home: RealHome,
    readonly port: number,
    /** The program and what comes before its arguments: what an entry of the settings names. */
    readonly argv: readonly [string, string],
  ) {}

  /** Rejects where npm has none. */
  static async in(folder: string, port: number): Promise<OpenClaw> {
    const packages = await ensureNpm('openclaw', [PACKAGE], '640 MB');
    const node = join(await ensureNpm('node24', [NODE], '190 MB'), NODE.replace(/@.*/, ''), 'bin');
    const home = new RealHome(folder, [node]);
    mkdirSync(join(folder, '.openclaw'), { recursive: true });
    const gateway = { mode: 'local', port, bind: 'loopback', auth: { mode: 'token', token: 'of-the-test' } };
    // Its own log would stand in a folder that all gateways of the machine share.
    const logging = { file: join(folder, 'openclaw.log') };
    const configuration = { gateway, logging, discovery: { mdns: { mode: 'off' } } };
    writeFileSync(join(folder, '.openclaw', 'openclaw.json'), JSON.stringify(configuration));
    return new OpenClaw(home, port, [join(node, 'node'), join(packages, 'openclaw', 'openclaw.mjs')]);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get gateway(): RealProcess {
    if (!this.#gateway) throw new Error('it was never started');
    return this.#gateway;
  }

  /** Resolves once it says that it has started. */
  async start(): Promise<void> {
    this.launch();
    await this.gateway.answers(`${this.url}/startupz`);
  }

  /** Starts it, and waits for nothing. */
  launch(): void {
    const [node, script] = this.argv;
    this.#gateway = this.home.start(node, [script, 'gateway']);
  }

  /** A job that runs a shell's line again and again, without any model. */
  async schedule(name: string, every: string, line: string): Promise<void> {
    await this.run(
      'cron',
      'add',
      '--name',
      name,
      '--every',
      every,
      '--command',
      line,
      '--no-deliver',
      '--json',
    );
  }

  async jobs(): Promise<readonly CronJob[]> {
    const { jobs } = JSON.parse(await this.run('cron', 'list', '--json')) as { jobs: readonly CronJob[] };
    return jobs;
  }

  run(...args: readonly string[]): Promise<string> {
    const [node, script] = this.argv;
    return this.home.run(node, [script, ...args]);
  }

  end(): Promise<void> {
    return this.home.end();
  }
}
