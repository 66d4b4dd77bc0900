import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FAILURE_SPAN_MS } from '../../../src/health/policy';
import { RealDispatchd } from '../../support/realDispatchd';
import { until } from '../../support/until';
import { endWindows, FakeWindow, type Look } from '../../support/window/fakeWindow';
import { dispatchdOf, installed } from '../../support/window/installed';

describe('a restart in one of two windows', function () {
  this.timeout(120_000);
  let storage: string;
  let daemon: RealDispatchd;
  beforeEach(async () => {
    storage = mkdtempSync(join(tmpdir(), 'daemon-health-storage-'));
    daemon = await new RealDispatchd(dispatchdOf('new')).start();
  });
  afterEach(async () => {
    await endWindows();
    await daemon.stop();
    rmSync(storage, { recursive: true, force: true });
  });

  function open(focused: boolean): Promise<FakeWindow> {
    const started = join(storage, 'started');
    // Never answers: the restart is under way for as long as its window lives.
    const script = `require('fs').appendFileSync(${JSON.stringify(started)}, 'x'); setTimeout(() => {}, 90_000)`;
    const restart = { command: process.execPath, args: ['-e', script] };
    return FakeWindow.open({
      extension: installed('new'),
      storage,
      focused,
      settings: {
        discovery: false,
        daemons: [{ name: 'daemon', url: daemon.url, kind: 'dispatchd', pollIntervalMs: 1_000, restart }],
      },
      answers: [{ to: 'Restart daemon?', press: 'Restart' }],
      env: { DISPATCHD_STATE_DIR: daemon.stateDir },
    });
  }

  const reasons = ({ rows }: Look) =>
    rows.filter(({ context }) => context === 'detail.state').map(({ description }) => description);

  it('is shown in the other one and is no outage there, until the window that restarts it is killed', async () => {
    const [busy, other] = [await open(false), await open(true)];
    for (const window of [busy, other]) await window.row('daemon', 'healthy');
    void busy.run('restart', daemon.url).catch(() => undefined);
    await until(() => existsSync(join(storage, 'started')));
    const shown = await other.until('the restart', (look) =>
      reasons(look).join().includes('in another window'),
    );
    assert.match(shown.rows[0]!.description, /restarting/);
    // That nothing is said has no event.
    await new Promise((resolve) => setTimeout(resolve, FAILURE_SPAN_MS + 3_000));
    const look = await other.look();
    assert.match(reasons(look).join(), /restarting \(in another window\)/);
    assert.deepEqual(look.messages, []);
    await busy.kill();
    const after = await other.until('the outage', ({ messages }) => messages.length > 0);
    assert.match(after.messages[0]!.text, /unreachable/);
    assert.deepEqual(after.faults, []);
  });
});
