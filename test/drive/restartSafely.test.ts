import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findListener, processTable } from '../../src/system/processTable';
import { startedAs } from '../../src/system/processEnv';
import { freePort } from '../support/freePort';
import { Supervisord } from '../support/managers/supervisord';
import { notRun } from '../support/notRun';
import { makeProject } from '../support/project';
import { sfScript } from '../support/smithyScript';
import { until } from '../support/until';
import { openVSCode, watching, type VSCodeWindow } from './harness';
import { ensureSupervisor } from '../../scripts/installSupervisor.mjs';

/** Of a new process that is proven, on a busy machine. */
const RESTARTED_WITHIN_MS = 40_000;

describe('a restart of a smithy that was started elsewhere', function () {
  this.timeout(120_000);
  let home: string;
  let project: string;
  let bin: string;
  let sf: string;
  let port: number;
  let otherPort: number;
  let window: VSCodeWindow;
  let keeperTools: string | undefined;
  const children: ChildProcess[] = [];

  before(async function () {
    if (process.platform !== 'linux') notRun(this, 'elsewhere the words of a process are not told');
    home = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-safely-')));
    project = makeProject(join(home, 'shop'));
    writeFileSync(join(project, 'README.md'), '# A project\n');
    [bin] = ['bin', 'agents', 'keeper'].map((name) => {
      mkdirSync(join(home, name));
      return join(home, name);
    }) as [string, string, string];
    sf = await sfScript(join(home, 'agents'));
    [port, otherPort] = [await freePort(), await freePort()];
    keeperTools = await ensureSupervisor().catch(() => undefined);
    const path = [bin, keeperTools, '/usr/bin', '/bin'].filter(Boolean).join(':');
    window = await openVSCode({
      colorTheme: 'dark',
      folder: project,
      env: { HOME: home, DAEMON_HEALTH_DISCOVERY_PORTS: `${port},${otherPort}` },
      machineSettings: { ...watching(smithy()), 'terminal.integrated.env.linux': { PATH: path } },
    });
  });

  afterEach(async function () {
    if (!this.currentTest?.isFailed()) return;
    await window.screenshot(`safely-failed-${this.currentTest.title.slice(0, 20).replaceAll(/\W+/g, '-')}`);
    // An open question would take the keys of the tests that follow.
    await window.page.keyboard.press('Escape');
  });

  after(async () => {
    await window?.close();
    await endAll();
    rmSync(home, { recursive: true, force: true });
  });

  const smithy = (restart?: object) => ({
    name: 'smithy',
    kind: 'smithy' as const,
    url: `http://127.0.0.1:${port}`,
    ...(restart && { restart }),
  });
  const words = (at = port) => [process.execPath, sf, 'serve', 'smithy', '--no-open', '--port', String(at)];
  const starts = () =>
    readFileSync(join(home, 'agents', 'starts'), 'utf8')
      .trim()
      .split('\n').length;
  const pidNow = async () => (await findListener(port))?.pid;

  /** Runs this elsewhere, in the folder of the project. */
  function run([command, ...args]: readonly string[]): ChildProcess {
    const env = { PATH: '/usr/bin:/bin', HOME: home };
    const child = spawn(command!, args, { cwd: project, env, stdio: 'ignore' });
    children.push(child);
    return child;
  }

  /** Who starts the daemon again first. */
  async function endAll(): Promise<void> {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    const pid = port === undefined ? undefined : await pidNow();
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }

  /** A smithy runs, and the window knows. @returns its process */
  async function running(command: readonly string[] = words(), shown = window): Promise<number> {
    run(command);
    await until(pidNow, 'the smithy', 30_000);
    // A window that saw something else at its port calls it recovering for half a minute.
    await shown.item('smithy healthy').or(shown.item('smithy recovering')).waitFor();
    return (await pidNow())!;
  }

  /** Presses Restart Daemon. @returns the question, and what it says */
  async function asked(shown = window): Promise<string> {
    await shown.runCommand('Daemon Health: Restart Daemon');
    await shown.dialog().waitFor();
    return (await shown.dialog().innerText()).replace(/\s+/g, ' ');
  }
  const agree = (shown = window) =>
    shown.dialog().getByRole('button', { name: 'Restart', exact: true }).click();
  const told = (shown = window) =>
    shown.toast(/smithy restarted in/).waitFor({ timeout: RESTARTED_WITHIN_MS });

  it('says that there is no `sf`, and starts what runs now in the same way', async () => {
    const old = await running();
    const text = await asked();
    assert.match(text, /The start command "sf" was not found\./);
    const line = `The running smithy is \`${words().join(' ')}\` in \`${project}\`: start it the same way?`;
    assert.ok(text.includes(line), text);
    await window.screenshot('safely-no-sf');
    await agree();
    await told();
    const pid = (await pidNow())!;
    assert.notEqual(pid, old);
    assert.deepEqual(await startedAs(pid), { argv: words(), cwd: project });
    assert.equal(starts(), 2);
    await window.clearNotifications();
  });

  it('names an `sf` of another vendor and does not run it; two windows at once restart it once', async () => {
    const other = join(bin, 'sf');
    const mark = join(home, 'other-ran');
    writeFileSync(other, `#!/bin/sh\necho ran > '${mark}'\necho 'serve is not a sf command.' >&2\nexit 1\n`);
    chmodSync(other, 0o755);
    const old = (await pidNow())!;
    const second = await window.openWindow();
    await second.item('smithy healthy').waitFor();
    for (const shown of [window, second]) {
      const text = await asked(shown);
      const line = `The start command "sf" is ${other}, which is not the program that runs now.`;
      assert.ok(text.includes(line), text);
      assert.ok(text.includes(`\`${words().join(' ')}\``), text);
    }
    await window.screenshot('safely-other-sf');
    await Promise.all([agree(window), agree(second)]);
    const done = await Promise.any(
      [window, second].map(async (shown) => {
        await told(shown);
        return shown;
      }),
    );
    const left = done === window ? second : window;
    await left.toast(/being restarted or stopped in another window|is held by another process now/).waitFor();
    await left.screenshot('safely-two-windows');
    assert.notEqual(await pidNow(), old);
    assert.equal(starts(), 3, 'never two');
    assert.ok(!existsSync(mark), 'it ran');
    await second.page.close();
    await window.clearNotifications();
  });

  it('ends nobody who took the place of a smithy that died while the question was open', async () => {
    const old = (await pidNow())!;
    await asked();
    process.kill(old, 'SIGKILL');
    await until(async () => (await pidNow()) === undefined, 'its end');
    const stranger = run([
      process.execPath,
      '-e',
      `require('http').createServer((_, answer) => answer.end('no daemon')).listen(${port}, '127.0.0.1')`,
    ]);
    await until(pidNow, 'the stranger');
    await agree();
    const refusal = window.toast(`Port ${port} is held by another process now`);
    await refusal.waitFor();
    assert.match(await refusal.innerText(), /Nothing was ended and nothing was started\./);
    await window.screenshot('safely-stranger');
    assert.equal(await pidNow(), stranger.pid);
    assert.equal(starts(), 3);
    await endAll();
    await window.clearNotifications();
  });

  it('starts a smithy that died while the question was open', async () => {
    const old = await running();
    await asked();
    process.kill(old, 'SIGKILL');
    await until(async () => (await pidNow()) === undefined, 'its end');
    const before = starts();
    await agree();
    await window
      .toast(/smithy restarted in .* \(the old process had ended already; nothing was ended\)/)
      .waitFor({ timeout: RESTARTED_WITHIN_MS });
    await window.screenshot('safely-died');
    assert.equal(starts(), before + 1);
    await endAll();
    await window.clearNotifications();
  });

  it('names the other smithy of the same folder, beside which none would be started again', async () => {
    const old = await running();
    const other = run(words(otherPort));
    await until(() => findListener(otherPort), 'the other one', 30_000);
    const text = await asked();
    const works = `a smithy for ${project} already answers at http://localhost:${otherPort}: two would dispatch the same tasks.`;
    assert.ok(text.includes(`It may not start again: ${works}`), text);
    await window.screenshot('safely-two-smithys');
    await window.dialog().getByRole('button', { name: 'Cancel' }).click();
    await window.dialog().waitFor({ state: 'detached' });
    assert.equal(await pidNow(), old);
    assert.equal((await findListener(otherPort))?.pid, other.pid);
    await endAll();
    await window.clearNotifications();
  });

  it('is left to the loop that starts it again', async () => {
    const file = join(home, 'loop.sh');
    writeFileSync(file, `while true; do ${words().join(' ')}; sleep 1; done\n`);
    const old = await running(['/bin/sh', file]);
    const shell = children.at(-1)!.pid!;
    const before = starts();
    const again = `Process ${shell} (/bin/sh ${file}) may start smithy again. The restart waits for that start: no second smithy is started while process ${shell} (/bin/sh ${file}) runs.`;
    const text = await asked();
    assert.ok(text.includes(again), text);
    await window.screenshot('safely-loop');
    await agree();
    await told();
    await onlyOne(old, before, shell);
    await endAll();
    await window.clearNotifications();
  });

  it('goes through the supervisord that starts it again', async function () {
    if (keeperTools === undefined) notRun(this, 'there is no supervisord');
    const keeper = await Supervisord.start({
      folder: join(home, 'keeper'),
      command: words().join(' '),
      program: [`directory=${project}`],
    });
    try {
      await until(pidNow, 'the smithy', 30_000);
      await window.item('smithy healthy').waitFor();
      const old = (await pidNow())!;
      const before = starts();
      const text = await asked();
      const by = `\`supervisorctl -c ${keeper.configuration} -s unix://${keeper.socket} restart keeper:daemon\``;
      assert.ok(
        text.includes(`supervisord (daemon) starts smithy again: the restart is done by ${by}.`),
        text,
      );
      await window.screenshot('safely-supervisord');
      await agree();
      await told();
      await onlyOne(old, before, keeper.pid);
    } finally {
      await keeper.stop();
    }
    await window.clearNotifications();
  });

  async function onlyOne(old: number, startsBefore: number, starter: number): Promise<void> {
    const pid = (await pidNow())!;
    assert.notEqual(pid, old);
    assert.ok((await processTable().ancestors(pid)).includes(starter));
    assert.equal(starts(), startsBefore + 1, 'never two');
  }

  it('is offline and amber where the start command fails at once, with its first lines', async () => {
    const file = join(home, 'fails.sh');
    writeFileSync(
      file,
      "echo 'reading ./shop.toml' >&2\necho 'no table agents in ./shop.toml' >&2\nexit 3\n",
    );
    await running();
    // Another name: once that is shown the new command is known as well.
    const restart = { command: '/bin/sh', args: [file], mode: 'background' };
    window.watch({ ...smithy(restart), name: 'smithy that fails' });
    await window.item('smithy that fails healthy').waitFor();
    await asked();
    await agree();
    const outcome = window.toast('no table agents');
    await outcome.waitFor({ timeout: RESTARTED_WITHIN_MS });
    await window.item('start failed: ').and(window.page.locator('.warning-kind')).waitFor();
    await outcome.hover();
    await window.screenshot('safely-fails');
    assert.equal(await window.toasts().count(), 1);
    // Its last lines are in sight, and VS Code draws the command over the first of them.
    await window.runCommand('Terminal: Scroll to Top');
    for (const line of [`> /bin/sh ${file}`, 'reading ./shop.toml', 'no table agents in ./shop.toml']) {
      await window.page.locator('.xterm-rows').filter({ hasText: line }).first().waitFor();
    }
    await window.clearNotifications();
  });

  it('says nothing that the console would complain about', () => {
    assert.deepEqual(window.errors, []);
  });
});
