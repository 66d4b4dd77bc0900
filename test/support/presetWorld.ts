import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Sample } from '../../src/health/report';
import type { DaemonState } from '../../src/health/states';
import { createProbe, type Probe } from '../../src/kinds/probe';
import type { DaemonConfig } from '../../src/model/daemonConfig';
import { readDaemons } from '../../src/settings/daemonList';
import { Watch } from '../unit/health/support';

/** What a real daemon said, as it was recorded. */
export interface Recorded {
  readonly capturedAt: string;
  readonly status?: number;
  readonly body?: unknown;
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly mtime?: string;
}

/** A recording by its path: `openclaw/idle.startupz`. */
export function recorded(name: string): Recorded {
  return JSON.parse(text(`${name}.json`)) as Recorded;
}

function text(name: string): string {
  return readFileSync(join(__dirname, '..', 'fixtures', 'presets', name), 'utf8');
}

/**
 * A machine on which a daemon of a preset says what was recorded: programs of its name, an address, and files in the
 * user's home. Time moves only when told, and is that of the recordings.
 */
export class PresetWorld {
  readonly home = mkdtempSync(join(tmpdir(), 'preset-'));
  readonly watch = new Watch();
  readonly #env = Object.fromEntries(
    ['PATH', 'HOME', 'CLAUDE_CONFIG_DIR', 'CODEX_HOME'].map((name) => [name, process.env[name]]),
  );
  readonly #answers = new Map<string, { readonly status: number; readonly body: string }>();
  /** What it was asked for, in order: paths, and words of commands. */
  readonly asked: string[] = [];
  #server: Server | undefined;
  #probe: Probe | undefined;
  #isFrozen = false;

  constructor() {
    mkdirSync(join(this.home, 'bin'));
    for (const name of Object.keys(this.#env)) if (name !== 'PATH') delete process.env[name];
    process.env['HOME'] = this.home;
    process.env['PATH'] = `${join(this.home, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  }

  /** It answers at an address; each recording is for one path. */
  async serve(answers: Readonly<Record<string, Recorded>>): Promise<string> {
    for (const [path, recording] of Object.entries(answers)) this.answer(path, recording);
    this.#server ??= createServer((request, response) => {
      this.asked.push(request.url ?? '');
      if (this.#isFrozen) return;
      const { status, body } = this.#answers.get(request.url ?? '') ?? { status: 404, body: '' };
      response.sendDate = false;
      response.setHeader('date', new Date(this.watch.time.wallAt).toUTCString());
      if (/^[[{]/.test(body)) response.setHeader('content-type', 'application/json');
      response.writeHead(status).end(body);
    });
    if (!this.#server.listening) {
      await new Promise<void>((resolve) => this.#server!.listen(0, '127.0.0.1', resolve));
    }
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  answer(path: string, { status = 200, body, stdout }: Recorded): void {
    const said = stdout ?? (typeof body === 'string' ? body : JSON.stringify(body));
    this.#answers.set(path, { status, body: said });
  }

  /** It accepts connections and answers nothing more. */
  freeze(isFrozen = true): void {
    this.#isFrozen = isFrozen;
  }

  /** It is gone: connections are refused. */
  async end(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => (this.#server ? this.#server.close(resolve) : resolve(undefined)));
  }

  /** A program of this name prints what was recorded. */
  program(name: string, { stdout = '', stderr = '', exitCode = 0 }: Recorded): void {
    const of = (part: string) => join(this.home, 'bin', `.${name}.${part}`);
    writeFileSync(of('out'), stdout);
    writeFileSync(of('err'), stderr);
    const script = `#!/bin/sh\necho "$*" >> '${of('asked')}'\ncat '${of('out')}'\ncat '${of('err')}' >&2\nexit ${exitCode}\n`;
    writeFileSync(join(this.home, 'bin', name), script);
    chmodSync(join(this.home, 'bin', name), 0o755);
  }

  /** How a program was called, in order. */
  calls(name: string): readonly string[] {
    try {
      return readFileSync(join(this.home, 'bin', `.${name}.asked`), 'utf8')
        .trim()
        .split('\n');
    } catch {
      return [];
    }
  }

  /** A file in the user's home, changed so long before the world's now. */
  file(path: string, content: unknown, agoMs = 0): void {
    const whole = join(this.home, path);
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, typeof content === 'string' ? content : JSON.stringify(content));
    const at = (this.watch.time.wallAt - agoMs) / 1_000;
    utimesSync(whole, at, at);
  }

  /** The same of a fixture that is no JSON. */
  fileOf(path: string, fixture: string, agoMs = 0): void {
    this.file(path, text(fixture), agoMs);
  }

  /** The world's clock stands at this moment. */
  at(moment: string): this {
    this.watch.time.wallAt = Date.parse(moment);
    return this;
  }

  /** Watches the daemon of an entry, as a window does. */
  watchEntry(entry: object, requestMs = 20_000): DaemonConfig {
    const { daemons, problems } = readDaemons([entry], { configured: true, allowRemote: false });
    const [daemon] = daemons;
    if (!daemon) throw new Error(JSON.stringify(problems));
    const { target, kind, asks } = daemon;
    const { time } = this.watch;
    this.#probe = createProbe(target, {
      kind,
      timeouts: { requestMs, fallbackMs: requestMs },
      wallAt: () => time.wallAt,
      elapsedMs: () => time.monotonicMs,
      ...(asks && { asks }),
    });
    return daemon;
  }

  /** One look. */
  async ask(): Promise<Sample> {
    const sample = await this.#probe!.ask();
    return { ...sample, startedMs: this.watch.time.monotonicMs };
  }

  /** One look, and what the daemon's state is then. */
  async look(): Promise<DaemonState> {
    return this.watch.observe(await this.ask());
  }

  /** The states of one look each so often. */
  async looks(count: number, everyMs: number): Promise<readonly DaemonState[]> {
    const states: DaemonState[] = [];
    for (let each = 0; each < count; each++) {
      this.watch.time.advance(everyMs);
      states.push(await this.look());
    }
    return states;
  }

  async close(): Promise<void> {
    await this.#probe?.close();
    await this.end();
    for (const [name, value] of Object.entries(this.#env)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    rmSync(this.home, { recursive: true, force: true });
  }
}
