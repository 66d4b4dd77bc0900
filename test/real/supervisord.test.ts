import assert from 'node:assert/strict';
import { ensureSupervisor } from '../../scripts/installSupervisor.mjs';
import { findListener } from '../../src/system/processTable';
import { Supervisord, type SupervisordOptions } from '../support/managers/supervisord';
import { eachKept, type KeptOptions } from '../support/real/kept';

type Options = Pick<KeptOptions<Supervisord>, 'kind' | 'hasTool'> &
  Pick<SupervisordOptions, 'program' | 'login'>;

describe('a restart of a daemon that a real supervisord keeps', function () {
  this.timeout(120_000);
  const keep = eachKept('supervisord', ensureSupervisor);

  const kept = ({ kind, hasTool, program = [], login }: Options) =>
    keep({
      kind,
      hasTool,
      by: ({ script, args, folder }) =>
        Supervisord.start({
          folder,
          command: [process.execPath, script, ...args].join(' '),
          program: [`directory=${folder}`, ...program],
          ...(login !== undefined && { login }),
        }),
    });

  for (const kind of ['dispatchd', 'smithy'] as const) {
    it(`goes through supervisorctl (${kind})`, async () => {
      const { keeper, window, onlyOne } = await kept({ kind });
      const plan = await window.plan();
      assert.equal(plan.supervisor?.name, 'supervisord (daemon)');
      assert.equal(plan.supervisor?.process?.pid, keeper.pid);
      assert.equal(plan.way?.by, 'supervisor');
      const outcome = await window.restart(plan);
      assert.equal(outcome.kind, 'cured', outcome.text);
      assert.equal(window.ran.length, 1);
      assert.equal(window.ran[0]![0], 'supervisorctl');
      await onlyOne();
    });
  }

  it('goes through supervisorctl that has to log in', async () => {
    const { window, onlyOne } = await kept({ kind: 'smithy', login: 'keeper:of-secrets' });
    const plan = await window.plan();
    assert.doesNotMatch(JSON.stringify(plan.way), /of-secrets/);
    const outcome = await window.restart(plan);
    assert.equal(outcome.kind, 'cured', outcome.text);
    await onlyOne();
  });

  for (const kind of ['dispatchd', 'smithy'] as const) {
    it(`without supervisorctl is left to supervisord, and what that starts is proven (${kind})`, async () => {
      const { window, onlyOne } = await kept({ kind, hasTool: false });
      const plan = await window.plan();
      assert.equal(plan.way?.by, 'spawn');
      const outcome = await window.restart(plan);
      assert.equal(outcome.kind, 'cured', outcome.text);
      assert.deepEqual(window.ran, []);
      assert.ok(
        window.steps.includes('waiting for supervisord (daemon) to start the daemon again'),
        window.steps.join('\n'),
      );
      await onlyOne();
    });
  }

  it('says so where supervisord does not start again what ended well', async () => {
    const { window, port } = await kept({
      kind: 'dispatchd',
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
