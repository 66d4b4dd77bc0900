import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../../src/app/systemClock';
import { createProbe } from '../../../src/kinds/probe';
import { Registry } from '../../../src/watch/registry';
import { LONG } from '../../support/dispatchd/commands';
import { DaemonProcess, dispatchdFile, stopDaemons } from '../../support/dispatchd/daemonProcess';
import { SmithyProcess } from '../../support/smithyProcess';
import { at } from '../../support/target';

/** A window that asks only when told to; its clock can be put forward. */
function watching(url: string) {
  let aheadMs = 0;
  const now = () => {
    const { wallAt, monotonicMs, uptimeMs } = systemClock.now();
    return { wallAt: wallAt + aheadMs, monotonicMs: monotonicMs + aheadMs, uptimeMs: uptimeMs + aheadMs };
  };
  const notices: string[] = [];
  const registry = new Registry({
    clock: { now },
    random: () => 0.5,
    isFocused: () => true,
    createProbe: (target) => Promise.resolve(createProbe(target)),
    recall: () => ({}),
  });
  registry.on('stepped', (_model, events) => {
    for (const event of events) if (event.kind === 'notice') notices.push(event.notice.state);
  });
  registry.configure({
    daemons: [{ name: 'test', ...at(url), pollIntervalMs: 300_000, configured: true }],
    problems: [],
  });
  const look = async (afterMs = 0) => {
    aheadMs += afterMs;
    await registry.refresh();
    return registry.models[0]!.track.verdict.state;
  };
  return {
    registry,
    notices,
    look,
    /** Asks for so long after which a daemon that is gone is red. */
    lookOn: async () => {
      for (let ask = 0; ask < 4; ask++) await look(4_000);
      return look(4_000);
    },
  };
}

describe('a daemon that has ended', function () {
  this.timeout(30_000);
  before(() => dispatchdFile());
  let window: ReturnType<typeof watching>;
  afterEach(async () => {
    window.registry.dispose();
    await stopDaemons();
  });

  describe('a dispatchd', () => {
    let daemon: DaemonProcess;
    beforeEach(async () => {
      daemon = await DaemonProcess.start();
      window = watching(`http://127.0.0.1:${daemon.port}`);
      await daemon.session(await daemon.submit(LONG), 'running');
      await window.look();
    });

    it('in good order is stopped, and nothing is told', async () => {
      await daemon.stop('SIGTERM');
      assert.equal(await window.lookOn(), 'stopped');
      assert.deepEqual(window.notices, []);
    });

    it('by a kill is unreachable', async () => {
      await daemon.stop('SIGKILL');
      assert.equal(await window.lookOn(), 'unreachable');
    });

    it('and never named its life in a file of its own is unreachable', async () => {
      window.registry.dispose();
      await rm(join(daemon.stateDir, 'instance.json'));
      window = watching(`http://127.0.0.1:${daemon.port}`);
      await window.look();
      await daemon.stop('SIGKILL');
      assert.equal(await window.lookOn(), 'unreachable');
    });
  });

  describe('a smithy', () => {
    let smithy: SmithyProcess;
    beforeEach(async () => {
      smithy = await new SmithyProcess('/project').start();
      window = watching(smithy.url);
    });
    afterEach(() => smithy.kill());

    it('whose loop was stopped before is stopped', async () => {
      await window.look();
      await smithy.says({ isRunning: false });
      assert.equal(await window.look(), 'stopped');
      await smithy.kill();
      assert.equal(await window.lookOn(), 'stopped');
      assert.deepEqual(window.notices, []);
      await smithy.start();
      assert.notEqual(await window.look(), 'stopped');
    });

    it('whose loop ran is unreachable: it leaves nothing that tells how it ended', async () => {
      await window.look();
      await smithy.kill();
      assert.equal(await window.lookOn(), 'unreachable');
    });
  });
});
