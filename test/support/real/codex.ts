import { mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, WebSocket } from 'undici';
import { ensureNpm } from './npm';
import { RealHome } from './realProcess';

const PACKAGE = '@openai/codex@0.169.0';

/** Where the program is in the package of each platform. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'linux-x64': 'codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex',
  'linux-arm64': 'codex-linux-arm64/vendor/aarch64-unknown-linux-musl/bin/codex',
};

/** Codex's app-server in the background, from npm, that talks to a model of the test. */
export class Codex {
  /** Its socket is a link into a folder that all daemons of a user share. */
  #shared: string | undefined;

  private constructor(
    readonly home: RealHome,
    /** What an entry of the settings names. */
    readonly program: string,
  ) {}

  /** Rejects where npm has none. @param model the address of a server in OpenAI's form */
  static async in(folder: string, model: string): Promise<Codex> {
    const packages = await ensureNpm('codex', [PACKAGE], '400 MB');
    const program = PROGRAMS[`${process.platform}-${process.arch}`];
    if (program === undefined) throw new Error('it is not known where its program is');
    const home = new RealHome(folder);
    mkdirSync(join(folder, '.codex'), { recursive: true });
    const lines = [
      'model = "dummy-model"',
      'model_provider = "fake"',
      'check_for_update_on_startup = false',
      '[analytics]',
      'enabled = false',
      '[model_providers.fake]',
      'name = "fake"',
      `base_url = "${model}/v1"`,
      'wire_api = "responses"',
      'stream_idle_timeout_ms = 3600000',
      '',
    ];
    writeFileSync(join(folder, '.codex', 'config.toml'), lines.join('\n'));
    return new Codex(home, join(packages, '@openai', program));
  }

  /** `codex app-server daemon …`. @returns what it printed */
  async daemon(command: 'start' | 'stop' | 'restart' | 'version'): Promise<string> {
    const printed = await this.home.run(this.program, ['app-server', 'daemon', command], 120_000);
    if (command === 'start') this.#shared = readlinkSync(this.socket);
    return printed;
  }

  /** The process of the daemon, as its file says. */
  get pid(): number {
    const file = join(this.home.folder, '.codex', 'app-server-daemon', 'daemon.pid');
    return (JSON.parse(readFileSync(file, 'utf8')) as { pid: number }).pid;
  }

  /** Where it is asked. */
  get socket(): string {
    return join(this.home.folder, '.codex', 'app-server-control', 'app-server-control.sock');
  }

  /** Puts a question to the model in a new thread; resolves once its turn has started. */
  async ask(): Promise<void> {
    const dispatcher = new Agent({ connect: { socketPath: this.socket } });
    const socket = new WebSocket('ws://localhost/', { dispatcher });
    const open = new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = ({ error }) => reject(error);
    });
    await open;
    const clientInfo = { name: 'daemon-health-test', title: null, version: '0' };
    await rpc(socket, 'initialize', { clientInfo });
    socket.send(JSON.stringify({ method: 'initialized' }));
    const started = await rpc(socket, 'thread/start', { cwd: this.home.folder, approvalPolicy: 'never' });
    const { thread } = started as { thread: { id: string } };
    await rpc(socket, 'turn/start', { threadId: thread.id, input: [{ type: 'text', text: 'hello' }] });
    socket.close();
    await dispatcher.destroy();
  }

  async end(): Promise<void> {
    await this.home.end();
    if (this.#shared !== undefined)
      for (const kind of ['', '.lock']) rmSync(this.#shared + kind, { force: true });
  }
}

let lastId = 0;

function rpc(socket: WebSocket, method: string, params: object): Promise<unknown> {
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    const onMessage = ({ data }: { data: unknown }) => {
      const answer = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: object };
      if (answer.id !== id) return;
      socket.removeEventListener('message', onMessage);
      if (answer.error) reject(new Error(`${method}: ${JSON.stringify(answer.error)}`));
      else resolve(answer.result);
    };
    socket.addEventListener('message', onMessage);
    socket.send(JSON.stringify({ id, method, params }));
  });
}
