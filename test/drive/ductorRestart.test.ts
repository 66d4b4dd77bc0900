import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/system/processTable';
import { freePort } from '../support/freePort';
import { DUCTOR, pythonTime } from '../support/fakeDuctor';
import { openVSCode, type VSCodeWindow } from './harness';

/** Longer than what is shown of a command line elsewhere. */
const DEEP = Array.from({ length: 6 }, () => 'a-folder-with-a-rather-long-name-of-its-own').join('/');

describe('a restart of a ductor with a sub-agent, in a window', function () {
  this.timeout(120_000);
  let folder: string;
  let home: string;
  let script: string;
  let ductor: ChildProcess;
  let window: VSCodeWindow;

  before(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-ductor-')));
    home = join(folder, 'home');
    script = join(folder, DEEP, 'ductor.mjs');
    mkdirSync(join(folder, DEEP), { recursive: true });
    cpSync(join(__dirname, '..', 'fixtures', 'daemons', 'ductor.mjs'), script);
    const port = await freePort();
    ductor = spawn(
      process.execPath,
      [script, '--port', String(port), '--home', home, '--sub-agent', 'coder'],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(ductor.stdout!, 'data');
    const url = `http://127.0.0.1:${port}`;
    // As README has it for a ductor that was installed by itself.
    const restart = { command: 'ductor', mode: 'background' };
    window = await openVSCode({
      colorTheme: 'dark',
      env: { DUCTOR_HOME: home, PATH: '/usr/bin:/bin' },
      machineSettings: {
        'daemonHealth.daemons': [{ name: 'ductor', url, kind: 'ductor', pollIntervalMs: 1_000, restart }],
      },
    });
    await window.item().click();
    // The start that it notes says that its own chats have no turn.
    await window.row('whether messages reach the daemon is not known').waitFor();
  });

  after(async () => {
    await window?.close();
    ductor?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  async function asked(command: string): Promise<string> {
    await window.runCommand(command);
    const dialog = window.dialog();
    await dialog.waitFor();
    const text = await dialog.innerText();
    await window.screenshot(`ductor-${command.includes('Stop') ? 'stop' : 'restart'}-dark`);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await isAlive(ductor.pid!), true, 'nothing was ended');
    return text;
  }

  const UNKNOWN = /ductor runs the sub-agent coder; whether the sub-agent works on something is not known\./;

  it('asks first: what the sub-agent works on is not known', async () => {
    assert.match(await asked('Daemon Health: Restart Daemon'), UNKNOWN);
  });

  it('does so before it is stopped, too', async () => {
    assert.match(await asked('Daemon Health: Stop Daemon'), UNKNOWN);
  });

  it('offers to start it as it runs, and names its interpreter and its script in full', async () => {
    const text = await asked('Daemon Health: Restart Daemon');
    assert.match(text, /The start command "ductor" was not found\./);
    assert.ok(text.includes(`The running ductor is \`${process.execPath} ${script}`), text);
    assert.match(text, /start it the same way\?/);
  });

  it('names what the sub-agent works on, once its files tell', async () => {
    const [turn] = Object.values(DUCTOR.files.inflight.turns);
    const files = join(home, 'agents', 'coder');
    const at = pythonTime(Date.now());
    mkdirSync(files, { recursive: true });
    writeFileSync(join(files, 'startup_state.json'), JSON.stringify({ boot_id: 'one', started_at: at }));
    writeFileSync(
      join(files, 'inflight_turns.json'),
      JSON.stringify({ turns: { 7: { ...turn, prompt_preview: 'review the notes', started_at: at } } }),
    );
    await window.row('coder: review the notes').waitFor();
    const text = await asked('Daemon Health: Restart Daemon');
    assert.match(text, /This interrupts 1 running session:\s+• coder: review the notes/);
    assert.doesNotMatch(text, UNKNOWN);
  });
});
