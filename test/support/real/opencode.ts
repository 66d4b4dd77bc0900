import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNpm } from './npm';
import { RealHome, type RealProcess } from './realProcess';

const PACKAGE = 'opencode-ai@1.18.33';

/** A real `opencode serve`, from npm, that talks to a model of the test. */
export class OpenCode {
  #server: RealProcess | undefined;

  private constructor(
    readonly home: RealHome,
    readonly port: number,
    private readonly program: string,
  ) {}

  /**
   * Rejects where npm has none.
   *
   * @param model the address of a server in OpenAI's form
   */
  static async in(folder: string, port: number, model: string): Promise<OpenCode> {
    const packages = await ensureNpm('opencode', [PACKAGE], '350 MB');
    const home = new RealHome(folder);
    const settings = join(folder, '.config', 'opencode');
    mkdirSync(settings, { recursive: true });
    const fake = {
      npm: '@ai-sdk/openai-compatible',
      options: { baseURL: `${model}/v1`, apiKey: 'none' },
      models: { dummy: {} },
    };
    const all = { autoupdate: false, share: 'disabled', model: 'fake/dummy', small_model: 'fake/dummy' };
    writeFileSync(join(settings, 'opencode.json'), JSON.stringify({ ...all, provider: { fake } }));
    const built = `opencode-${process.platform}-${process.arch}`;
    return new OpenCode(home, port, join(packages, built, 'bin', 'opencode'));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get server(): RealProcess {
    if (!this.#server) throw new Error('it was never started');
    return this.#server;
  }

  async start(): Promise<void> {
    this.#server = this.home.start(this.program, ['serve', '--port', String(this.port)]);
    await this.server.answers(`${this.url}/global/health`);
  }

  /** Puts a question to the model in a new session, and waits for no answer. */
  async ask(): Promise<void> {
    const { id } = (await (await this.#post('/session', {})).json()) as { id: string };
    await this.#post(`/session/${id}/prompt_async`, {
      model: { providerID: 'fake', modelID: 'dummy' },
      parts: [{ type: 'text', text: 'hello' }],
    });
  }

  end(): Promise<void> {
    return this.home.end();
  }

  async #post(path: string, body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(this.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }
}
