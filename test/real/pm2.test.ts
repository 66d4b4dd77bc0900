import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { livingChildren } from '../../src/system/children';
import { environmentOf } from '../../src/system/processEnv';
import { describeProcess, findListener, processTable } from '../../src/system/processTable';
import { supervisorOf } from '../../src/system/supervisor';
import { dispatchdFile } from '../support/dispatchd/daemonProcess';
import { freePort } from '../support/freePort';
import { Pm2 } from '../support/managers/pm2';
import { notRun } from '../support/notRun';
import { RestartingWindow } from '../support/restartingWindow';
import { smithyScript } from '../support/smithyScript';
import { saying } from '../support/spoken';
import { until } from '../support/until';

/** Neither `pm2` nor `sf`. */
const PATH = '/usr/bin:/bin';

describe('a restart of a daemon that a real pm2 keeps', function () {
  this.timeout(180_000);
  let folder: string;
  let port: number;
  let pm2: Pm2 | undefined;
  let window: RestartingWindow | undefined;

  beforeEach(async function () {
    if (process.platform !== 'linux') notRun(this, 'elsewhere the variables of a process are not told');
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-pm2-')));
    port = await freePort();
    try {
      pm2 = await Pm2.in(join(folder, 'home'));
    } catch (error) {
      notRun(this, `there is no pm2: ${(error as Error).message.split('\n')[0]}`);
    }
  });
  afterEach(async () => {
    window?.dispose();
    await pm2?.stop();
    [window, pm2] = [undefined, undefined];
    rmSync(folder, { recursive: true, force: true });
  });

  /**
   * @param flags of `pm2 start`
   * @param hasTool whether `pm2` is on the PATH of the window
   */
  async function kept(
    kind: 'dispatchd' | 'smithy',
    { flags = [], hasTool = true }: { flags?: readonly string[]; hasTool?: boolean } = {},
  ): Promise<{ pm2: Pm2; window: RestartingWindow; pid: number }> {
    const file = await dispatchdFile();
    const [script, ...args] =
      kind === 'smithy'
        ? [await smithyScript(folder), String(port), folder, '1000']
        : [file, '--port', String(port), '--state-dir', join(folder, 'state'), '--poll-interval-ms', '200'];
    await pm2!.run('start', script, '--name', 'daemon', '--cwd', folder, ...flags, '--', ...args);
    await until(() => findListener(port), 'the daemon', 30_000);
    const path = hasTool ? `${pm2!.bin}:${PATH}` : PATH;
    const env = { PATH: `${path}:${join(process.execPath, '..')}`, HOME: folder };
    window = new RestartingWindow({ kind, port, folder, env, dispatchdPath: file });
    return { pm2: pm2!, window, pid: (await findListener(port))!.pid };
  }

  async function onlyOne(old: number): Promise<void> {
    const { pid } = (await findListener(port))!;
    assert.notEqual(pid, old);
    assert.ok((await processTable().ancestors(pid)).includes(pm2!.pid!));
    assert.equal(await livingChildren(pm2!.pid!), 1, 'never two');
  }

  for (const kind of ['dispatchd', 'smithy'] as const) {
    it(`goes through pm2 (${kind})`, async function () {
      const { pm2, window, pid } = await kept(kind);
      const plan = await window.plan();
      assert.equal(plan.supervisor?.name, 'pm2 (daemon)');
      assert.equal(plan.supervisor?.process?.pid, pm2.pid);
      assert.equal(plan.way?.by, 'supervisor');
      const outcome = await window.restart(plan);
      assert.equal(outcome.kind, 'cured', outcome.text);
      assert.deepEqual(window.ran, [['pm2', 'restart', '0']]);
      await onlyOne(pid);
    });

    it(`without the program pm2 is left to pm2, and what that starts is proven (${kind})`, async function () {
      const { window, pid } = await kept(kind, { hasTool: false });
      const outcome = await window.restart(await window.plan());
      assert.equal(outcome.kind, 'cured', outcome.text);
      assert.deepEqual(window.ran, []);
      assert.ok(
        window.steps.includes('waiting for pm2 (daemon) to start the daemon again'),
        window.steps.join('\n'),
      );
      await onlyOne(pid);
    });
  }

  it('goes through pm2 that started it as one of a cluster', async () => {
    const { window, pid } = await kept('dispatchd', { flags: ['-i', '1'] });
    const plan = await window.plan();
    assert.equal(plan.supervisor?.name, 'pm2 (daemon)');
    const outcome = await window.restart(plan);
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.deepEqual(window.ran, [['pm2', 'restart', '0']]);
    await onlyOne(pid);
  });

  it('never ends pm2 itself, which holds the port of a cluster', async () => {
    const { pm2, window, pid } = await kept('smithy', { flags: ['-i', '1'] });
    assert.equal(pid, pm2.pid);
    await assert.rejects(window.plan(), saying(/pm2|PM2/));
  });

  it('never starts a pm2 by a look at who starts a process again', async () => {
    const { pm2, pid } = await kept('dispatchd');
    assert.equal(
      (await supervisorOf(await describeProcess(pid), await environmentOf(pid)))?.name,
      'pm2 (daemon)',
    );
    await pm2.stop();
    const before = readdirSync(join(folder, 'home'));
    const env = { pm_id: '0', name: 'daemon', PM2_HOME: join(folder, 'home') };
    assert.equal(
      (await supervisorOf(await describeProcess(process.pid), env))?.name.includes('pm2'),
      undefined,
    );
    assert.deepEqual(readdirSync(join(folder, 'home')), before);
  });
});
