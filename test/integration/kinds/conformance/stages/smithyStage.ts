import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import type { Env, StartCommand } from '../../../../../src/kinds/kind';
import { smithy } from '../../../../../src/kinds/smithy/kind';
import { freePort } from '../../../../support/freePort';
import { smithySession } from '../../../../support/smithyProcess';
import { ProcessStage } from '../stage';

const PROGRAM = join(__dirname, '..', '..', '..', '..', 'support', 'smithyMain.ts');
const CYCLE_MS = '100';
const STALE_MS = 1_000;

let built: Promise<string> | undefined;

/** The stand-in, built once: so it starts as fast as a daemon does. */
function programFile(): Promise<string> {
  return (built ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-health-smithy-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
    const outfile = join(folder, 'smithy.cjs');
    await build({
      entryPoints: [PROGRAM],
      bundle: true,
      platform: 'node',
      target: 'node20',
      outfile,
      logLevel: 'warning',
    });
    return outfile;
  })());
}

/** The stand-in for smithy as a process, which `sf serve smithy` starts in its folder. */
class SmithyStage extends ProcessStage {
  readonly kind = smithy;
  readonly target;
  readonly env: Env;
  readonly command: StartCommand;

  constructor(port: number, program: string) {
    super();
    this.makeFolder('project', '.stoneforge');
    const bin = this.makeFolder('bin');
    // Where the database is, there smithy was started.
    const line = `exec '${process.execPath}' '${program}' "$5" "$PWD" ${CYCLE_MS}`;
    writeFileSync(join(bin, 'sf'), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, 'sf'), 0o755);
    this.target = { kind: 'http', origin: `http://127.0.0.1:${port}` } as const;
    this.env = { PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
    const args = [program, String(port), join(this.folder, 'project'), CYCLE_MS];
    this.command = { kind: 'process', command: process.execPath, args };
  }

  wedge(): Promise<void> {
    return this.#say({ hangs: true, pollStaleThresholdMs: STALE_MS });
  }

  stopLoop(): Promise<void> {
    return this.#say({ isRunning: false });
  }

  work(): Promise<void> {
    return this.#say({ sessions: [smithySession('e-worker-1')] });
  }

  protected ready(): Promise<void> {
    return this.answers(`${this.target.origin}/api/health`);
  }

  async #say(what: object): Promise<void> {
    await fetch(`${this.target.origin}/test`, { method: 'PUT', body: JSON.stringify(what) });
  }
}

export async function smithyStage(): Promise<SmithyStage> {
  return new SmithyStage(await freePort(), await programFile());
}
