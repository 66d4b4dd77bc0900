import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/freePort';
import { notRun } from '../../support/notRun';
import { makeProject } from '../../support/project';
import { RestartingWindow } from '../../support/restartingWindow';
import { sfScript } from '../../support/smithyScript';

describe('the plan of a restart of one of two smithys', function () {
  this.timeout(60_000);
  let folder: string;
  let sf: string;
  let ports: readonly [number, number];
  let window: RestartingWindow;
  const children: ChildProcess[] = [];

  before(function () {
    if (process.platform !== 'linux') notRun(this, 'elsewhere the words of a process are not told');
  });
  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-two-')));
    sf = await sfScript(folder);
    ports = [await freePort(), await freePort()];
    process.env['DAEMON_HEALTH_DISCOVERY_PORTS'] = ports.join();
    window = new RestartingWindow({ kind: 'smithy', port: ports[0], folder, env: { PATH: '/nowhere' } });
  });
  afterEach(async () => {
    delete process.env['DAEMON_HEALTH_DISCOVERY_PORTS'];
    window.dispose();
    for (const child of children.splice(0)) {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function running(project: string, port: number): Promise<void> {
    const words = [sf, 'serve', 'smithy', '--no-open', '--port', String(port)];
    const child = spawn(process.execPath, words, { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout, 'data');
  }

  it('says where the other one answers, if both work for one folder', async () => {
    const shop = makeProject(join(folder, 'shop'));
    for (const port of ports) await running(shop, port);
    const url = `http://localhost:${ports[1]}`;
    assert.deepEqual((await window.plan()).doubt, { is: 'otherWorks', kind: 'smithy', folder: shop, url });
  });

  it('says nothing of one that works for another folder', async () => {
    await running(makeProject(join(folder, 'shop')), ports[0]);
    await running(makeProject(join(folder, 'blog')), ports[1]);
    assert.equal((await window.plan()).doubt, undefined);
  });
});
