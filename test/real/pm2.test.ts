import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePm2 } from '../../scripts/installPm2.mjs';
import { environmentOf } from '../../src/system/processEnv';
import { describeProcess } from '../../src/system/processTable';
import { supervisorOf } from '../../src/system/supervisor';
import { Pm2 } from '../support/managers/pm2';
import { eachKept, type KeptOptions } from '../support/real/kept';
import { saying } from '../support/spoken';

type Options = Pick<KeptOptions<Pm2>, 'kind' | 'hasTool'> & {
  /** Of `pm2 start`. */
  readonly flags?: readonly string[];
};

describe('a restart of a daemon that a real pm2 keeps', function () {
  this.timeout(180_000);
  const keep = eachKept('pm2', ensurePm2);

  const kept = ({ kind, hasTool, flags = [] }: Options) =>
    keep({
      kind,
      hasTool,
      by: async ({ script, args, folder }) => {
        const pm2 = await Pm2.in(join(folder, 'home'));
        await pm2.run('start', script, '--name', 'daemon', '--cwd', folder, ...flags, '--', ...args);
        return pm2;
      },
    });

  for (const kind of ['dispatchd', 'smithy'] as const) {
    it(`goes through pm2 (${kind})`, async () => {
      const { keeper, window, onlyOne } = await kept({ kind });
      const plan = await window.plan();
      assert.equal(plan.supervisor?.name, 'pm2 (daemon)');
      assert.equal(plan.supervisor?.process?.pid, keeper.pid);
      assert.equal(plan.way?.by, 'supervisor');
      const outcome = await window.restart(plan);
      assert.equal(outcome.kind, 'cured', outcome.text);
      assert.deepEqual(window.ran, [['pm2', 'restart', '0']]);
      await onlyOne();
    });

    it(`without the program pm2 is left to pm2, and what that starts is proven (${kind})`, async () => {
      const { window, onlyOne } = await kept({ kind, hasTool: false });
      const outcome = await window.restart(await window.plan());
      assert.equal(outcome.kind, 'cured', outcome.text);
      assert.deepEqual(window.ran, []);
      assert.ok(
        window.steps.includes('waiting for pm2 (daemon) to start the daemon again'),
        window.steps.join('\n'),
      );
      await onlyOne();
    });
  }

  it('goes through pm2 that started it as one of a cluster', async () => {
    const { window, onlyOne } = await kept({ kind: 'dispatchd', flags: ['-i', '1'] });
    const plan = await window.plan();
    assert.equal(plan.supervisor?.name, 'pm2 (daemon)');
    const outcome = await window.restart(plan);
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.deepEqual(window.ran, [['pm2', 'restart', '0']]);
    await onlyOne();
  });

  it('never ends pm2 itself, which holds the port of a cluster', async () => {
    const { keeper, window, pid } = await kept({ kind: 'smithy', flags: ['-i', '1'] });
    assert.equal(pid, keeper.pid);
    await assert.rejects(window.plan(), saying(/pm2|PM2/));
  });

  it('never starts a pm2 by a look at who starts a process again', async () => {
    const { keeper, pid } = await kept({ kind: 'dispatchd' });
    assert.equal(
      (await supervisorOf(await describeProcess(pid), await environmentOf(pid)))?.name,
      'pm2 (daemon)',
    );
    await keeper.stop();
    const before = readdirSync(keeper.home);
    const env = { pm_id: '0', name: 'daemon', PM2_HOME: keeper.home };
    assert.equal(
      (await supervisorOf(await describeProcess(process.pid), env))?.name.includes('pm2'),
      undefined,
    );
    assert.deepEqual(readdirSync(keeper.home), before);
  });
});
