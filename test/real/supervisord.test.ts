import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/paths.mjs';
import { livingChildren } from '../../src/system/children';
import { findListener, processTable } from '../../src/system/processTable';
import { dispatchdFile } from '../support/dispatchd/daemonProcess';
import { freePort } from '../support/freePort';
import { Supervisord, type SupervisordOptions } from '../support/managers/supervisord';
import { notRun } from '../support/notRun';
import { RestartingWindow } from '../support/restartingWindow';
import { until } from '../support/until';

/** The login shell of nobody: no `supervisorctl`, no `sf`. */
const PATH = '/usr/bin:/bin';

describe('a restart of a daemon that a real supervisord keeps', function () {
  this.timeout(120_000);
  let folder: string;
  let port: number;
  let keeper: Supervisord | undefined;
  let window: RestartingWindow | undefined;

  beforeEach(async function () {
    if (process.platform !== 'linux') notRun(this, 'supervisord comes from a Debian package');
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-keeper-')));
    port = await freePort();
  });
  afterEach(async () => {
    window?.dispose();
    await keeper?.stop();
    [window, keeper] = [undefined, undefined];
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param bin whether its `supervisorctl` is on the PATH of the window */
  async function kept(
    context: Mocha.Context,
    kind: 'dispatchd' | 'smithy',
    { hasTool = true, ...options }: Partial<SupervisordOptions> & { hasTool?: boolean } = {},
  ): Promise<{ keeper: Supervisord; window: RestartingWindow; pid: number }> {
    const file = await dispatchdFile();
    const smithy = `--import tsx ${join(root, 'test/support/smithyMain.ts')} ${port} ${folder} 1000`;
    const dispatchd = `${file} --port ${port} --state-dir ${join(folder, 'state')} --poll-interval-ms 200`;
    const program = [`directory=${root}`, ...(options.program ?? [])];
    const command = `${process.execPath} ${kind === 'smithy' ? smithy : dispatchd}`;
    try {
      keeper = await Supervisord.start({ folder, command, ...options, program });
    } catch (error) {
      notRun(context, `there is no supervisord: ${(error as Error).message.split('\n')[0]}`);
    }
    await until(() => findListener(port), 'the daemon', 30_000);
    const path = hasTool ? `${keeper.bin}:${PATH}` : PATH;
    window = new RestartingWindow({ kind, port, folder, env: { PATH: path }, dispatchdPath: file });
    return { keeper, window, pid: (await findListener(port))!.pid };
  }

  /** Who listens is a new process, the only one of its kind below the keeper. */
  async function onlyOne(old: number): Promise<void> {
    const { pid } = (await findListener(port))!;
    assert.notEqual(pid, old);
    assert.ok((await processTable().ancestors(pid)).includes(keeper!.pid));
    assert.equal(await livingChildren(keeper!.pid), 1, 'never two');
  }

  for (const kind of ['dispatchd', 'smithy'] as const) {
    it(`goes through supervisorctl (${kind})`, async function () {
      const { keeper, window, pid } = await kept(this, kind);
      const plan = await window.plan();
      assert.equal(plan.supervisor?.name, 'supervisord (daemon)');
      assert.equal(plan.supervisor?.process?.pid, keeper.pid);
      assert.equal(plan.way?.by, 'supervisor');
      const outcome = await window.restart(plan);
      assert.equal(outcome.kind, 'cured', outcome.text);
      assert.equal(window.ran.length, 1);
      assert.equal(window.ran[0]![0], 'supervisorctl');
      await onlyOne(pid);
    });
  }

  it('goes through supervisorctl that has to log in', async function () {
    const { window, pid } = await kept(this, 'smithy', { login: 'keeper:of-secrets' });
    const plan = await window.plan();
    assert.doesNotMatch(JSON.stringify(plan.way), /of-secrets/);
    const outcome = await window.restart(plan);
    assert.equal(outcome.kind, 'cured', outcome.text);
    await onlyOne(pid);
  });

  for (const kind of ['dispatchd', 'smithy'] as const) {
    it(`without supervisorctl is left to supervisord, and what that starts is proven (${kind})`, async function () {
      const { window, pid } = await kept(this, kind, { hasTool: false });
      const plan = await window.plan();
      assert.equal(plan.way?.by, 'spawn');
      const outcome = await window.restart(plan);
      assert.equal(outcome.kind, 'cured', outcome.text);
      assert.deepEqual(window.ran, []);
      assert.ok(
        window.steps.includes('waiting for supervisord (daemon) to start the daemon again'),
        window.steps.join('\n'),
      );
      await onlyOne(pid);
    });
  }

  it('says so where supervisord does not start again what ended well', async function () {
    const { window } = await kept(this, 'dispatchd', {
      hasTool: false,
      // What ends within its first second counts as a start that failed.
      program: ['autorestart=unexpected', 'startsecs=0'],
    });
    const outcome = await window.restart(await window.plan(), { respawnTimeoutMs: 3_000 });
    assert.equal(outcome.kind, 'failed', outcome.text);
    assert.match(
      outcome.text,
      /^Nothing was started: supervisord \(daemon\) is there, and did not start the daemon again within 3 s\. The old process has ended\.$/,
    );
    assert.deepEqual(window.ran, []);
    assert.equal(await findListener(port), undefined);
  });
});
