import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../support/freePort';
import { openVSCode, watching, type VSCodeWindow } from './harness';

const DUCTOR = join(__dirname, '..', 'support', 'ductorLifeMain.ts');
/** A silent turn is ended after so many seconds: no activity extends it. */
const LIMIT_S = 12;
const LIMITS = { cli_timeout: LIMIT_S, timeouts: { normal: LIMIT_S, extend_on_activity: false } };
/** Each of them ends 2 s after the one before. */
const WORK = ['--turn', 'long refactoring', '--named', 'vastpike', '--task', 'nightly lint'];

/** A ductor in a process of its own: real HTTP and real files, in the order and with the times of the real one. */
class Ductor {
  private constructor(readonly process: ChildProcess) {}

  static async start(home: string, port: number, ...flags: readonly string[]): Promise<Ductor> {
    const args = ['--import', 'tsx', DUCTOR, '--home', home, '--port', String(port)];
    const child = spawn(process.execPath, [...args, ...flags], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines: string[] = [];
    const output = createInterface({ input: child.stdout });
    output.on('line', (line) => lines.push(line));
    const ductor = new Ductor(child);
    while (!lines.includes('up')) await once(output, 'line');
    return ductor;
  }

  tell(command: object): void {
    this.process.stdin!.write(`${JSON.stringify(command)}\n`);
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    this.process.kill(signal);
    await gone;
  }
}

describe('the lives of a ductor, in a window', function () {
  this.timeout(120_000);
  let home: string;
  let port: number;
  let ductor: Ductor | undefined;
  let window: VSCodeWindow;

  const start = async (...flags: string[]) => {
    const limits = JSON.stringify({ ...LIMITS, interagent_port: port });
    ductor = await Ductor.start(home, port, '--config', limits, ...flags);
  };

  before(async () => {
    home = mkdtempSync(join(tmpdir(), 'daemon-health-ductor-'));
    port = await freePort();
    await start('--sub-agent', 'coder', ...WORK, '--turn', 'coder: review the notes');
    window = await openVSCode({
      colorTheme: 'dark',
      env: { DUCTOR_HOME: home },
      machineSettings: watching({ kind: 'ductor', url: `http://127.0.0.1:${port}` }),
    });
    await window.item().click();
    await window.row('long refactoring').waitFor();
  });

  afterEach(async function () {
    if (this.currentTest?.isFailed()) await window.screenshot('ductor-lives-failed');
    await window.clearNotifications();
  });

  after(async () => {
    await window?.close();
    await ductor?.end('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });

  it('show all work, and whose it is', async () => {
    for (const title of ['vastpike', 'nightly lint', 'coder: review the notes'])
      await window.row(title).waitFor();
    await window.screenshots('ductor-lives-work');
  });

  it('tell all that a graceful end interrupted, in one message', async () => {
    await ductor!.end('SIGTERM');
    await start();
    await window.toast(/ductor restarted.*4 sessions interrupted/).waitFor();
    await window.row('4 not resumed').waitFor();
    assert.equal(await window.toasts().count(), 1);
    await window.screenshots('ductor-lives-ended');
  });

  it('tell of a crash what is resumed after slow messages, and what is not', async () => {
    ductor!.tell({ turn: 'write the changelog' });
    ductor!.tell({ named: 'boldowl' });
    for (const title of ['write the changelog', 'boldowl']) await window.row(title).waitFor();
    await ductor!.end('SIGKILL');
    await start('--message-ms', '2500');
    await window.toast(/ductor restarted.*1 session resumed.*1 .*interrupted/).waitFor();
    await window.row('5 not resumed').waitFor();
  });

  it('tell that a silent turn has timed out, and list that', async () => {
    ductor!.tell({ turn: 'wait for an answer', chat: 1_002 });
    await window.row('wait for an answer').waitFor();
    await new Promise((resolve) => setTimeout(resolve, LIMIT_S * 1_000));
    ductor!.tell({ timeOut: LIMIT_S, chat: 1_002 });
    await window.toast(/“wait for an answer” on ductor timed out/).waitFor();
    await window.screenshots('ductor-lives-timed-out');
  });

  it('tell of another boot of the machine', async () => {
    await ductor!.end('SIGKILL');
    await start('--boot-id', 'another-boot');
    await window.toast(/ductor.*reboot/).waitFor();
  });

  it('end without a word where it was stopped in good order', async () => {
    for (const name of ['boldowl', 'vastpike']) ductor!.tell({ idle: name });
    await ductor!.end('SIGTERM');
    await window.item('stopped').waitFor();
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    assert.deepEqual(await window.messages(), []);
    assert.equal(await window.redItem().count(), 0);
    await window.screenshots('ductor-lives-stopped');
  });

  it('say nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });
});
