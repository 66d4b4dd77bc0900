import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../freePort';
import { OLD_FIXTURES } from './installed';
import type { WindowState } from './shown';
import { makeProject } from '../project';

/** How far from the moment of the recording a number may be that is a moment. */
const AROUND_MS = 30 * 24 * 3_600_000;

interface Recording {
  readonly writtenAt: number;
}

/**
 * A machine that has what `cf91ddc` wrote, as if it had been written just now: the folder of its user, and ports of
 * loopback in place of 3458 (a smithy), 3459 (another one) and 3470 (dispatchd).
 */
export class RecordedMachine {
  readonly folder = mkdtempSync(join(tmpdir(), 'daemon-health-recorded-'));
  readonly project = join(this.folder, 'project');
  readonly other = join(this.folder, 'other');

  private constructor(
    readonly ports: { readonly smithy: number; readonly otherSmithy: number; readonly dispatchd: number },
  ) {
    for (const folder of [this.project, this.other]) makeProject(folder);
  }

  static async make(): Promise<RecordedMachine> {
    const [smithy, otherSmithy, dispatchd] = [await freePort(), await freePort(), await freePort()];
    return new RecordedMachine({ smithy, otherSmithy, dispatchd });
  }

  get smithyOrigin(): string {
    return `http://localhost:${this.ports.smithy}`;
  }

  get dispatchdOrigin(): string {
    return `http://127.0.0.1:${this.ports.dispatchd}`;
  }

  /** What the old window kept. */
  state(): WindowState {
    return {
      global: this.#json('global-state.json'),
      workspace: this.#json('workspace-state.json'),
    };
  }

  /** A copy of the folder for all windows, with what was told and the window that spoke. */
  storage(): string {
    const storage = mkdtempSync(join(this.folder, 'storage-'));
    for (const name of readdirSync(join(OLD_FIXTURES, 'storage')))
      if (!name.endsWith('.lock')) cpSync(join(OLD_FIXTURES, 'storage', name), join(storage, name));
    return storage;
  }

  /** Lays a state folder of dispatchd there. @param end how its last life ended @param bootId of this boot, or neutral */
  stateDir(end: 'killed' | 'clean', bootId?: string, name = 'dispatchd'): string {
    const to = join(this.folder, name);
    const from = join(OLD_FIXTURES, `dispatchd.${end}`);
    // Git keeps no modes but the one to run a file; dispatchd trusts no folder that others may write in.
    for (const folder of ['', 'sessions', 'output', 'exits'])
      mkdirSync(join(to, folder), { recursive: true, mode: 0o700 });
    for (const entry of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
      if (entry.split(/[/\\]/).length === 1 && ['sessions', 'output', 'exits'].includes(entry)) continue;
      const text = this.#mapped(readFileSync(join(from, entry), 'utf8'), name);
      const here = bootId === undefined ? text : text.replaceAll(NEUTRAL_BOOT, bootId);
      writeFileSync(join(to, entry), entry.endsWith('.json') ? now(here) : here, { mode: 0o600 });
    }
    return to;
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #json(name: string): Record<string, unknown> {
    const text = this.#mapped(readFileSync(join(OLD_FIXTURES, name), 'utf8'), 'dispatchd');
    return JSON.parse(now(text)) as Record<string, unknown>;
  }

  #mapped(text: string, stateDir: string): string {
    return text
      .replaceAll('/home/user/state', join(this.folder, stateDir))
      .replaceAll('/home/user', this.folder)
      .replaceAll(/:(3458|3459|3470)\b/g, (_whole, port: string) => `:${this.#port(port)}`)
      .replaceAll('"port": 3470', `"port": ${this.ports.dispatchd}`);
  }

  #port(port: string): number {
    const { smithy, otherSmithy, dispatchd } = this.ports;
    return { '3458': smithy, '3459': otherSmithy }[port] ?? dispatchd;
  }
}

/** The boot id of the recording. */
const NEUTRAL_BOOT = '11111111-2222-3333-4444-555555555555';

/** Moves every moment by the time since the recording. */
function now(text: string): string {
  const { writtenAt } = JSON.parse(readFileSync(join(OLD_FIXTURES, 'window.json'), 'utf8')) as Recording;
  const byMs = Date.now() - writtenAt;
  return JSON.stringify(
    JSON.parse(text, (_key, value: unknown) =>
      typeof value === 'number' && Math.abs(value - writtenAt) < AROUND_MS ? value + byMs : value,
    ),
  );
}
