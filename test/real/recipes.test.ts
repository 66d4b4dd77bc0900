import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensurePm2 } from '../../scripts/installPm2.mjs';
import { ensureSupervisor } from '../../scripts/installSupervisor.mjs';
import { Pm2 } from '../support/managers/pm2';
import { Supervisord } from '../support/managers/supervisord';
import { recipe } from '../support/recipes';
import { eachWith } from '../support/real/scene';

/** Asked as often as a user may. */
const SOON = { pollIntervalMs: 1_000 };

describe('a real supervisord, by its recipe', function () {
  this.timeout(180_000);
  const given = eachWith('supervisord', async () => ({ bin: await ensureSupervisor(), end: () => {} }));

  /** It keeps a program that this line starts. */
  async function keep(command: string) {
    const { scene, daemon } = given();
    const keeper = await Supervisord.start({ folder: scene.folder, command });
    scene.has({ end: () => keeper.stop() });
    const control = [join(daemon.bin, 'supervisorctl'), '-c', keeper.configuration];
    const watched = scene.watch({ ...recipe('supervisord'), ...SOON, command: [...control, 'status'] });
    return { keeper, watched, control };
  }

  it('cannot tell that its program is frozen; does not answer while it is frozen itself', async () => {
    const { keeper, watched, control } = await keep('/bin/sleep 600');
    await watched.reaches('unverified', 60_000);
    watched.did('its program is frozen');
    const [file = '', ...args] = control;
    const program = Number((await promisify(execFile)(file, [...args, 'pid', 'keeper:daemon'])).stdout);
    process.kill(program, 'SIGSTOP');
    await watched.keeps(10_000);
    assert.deepEqual(watched.besides('unverified'), []);
    process.kill(program, 'SIGCONT');
    watched.did('frozen');
    process.kill(keeper.pid, 'SIGSTOP');
    await watched.reaches('unresponsive', 90_000);
    watched.did('goes on');
    process.kill(keeper.pid, 'SIGCONT');
    await watched.reaches('unverified', 60_000);
    watched.did('SIGTERM');
    await keeper.stop();
    await watched.reaches('unreachable', 60_000);
    assert.deepEqual(watched.besides('unverified', 'notAnswering', 'stopped', 'unreachable'), []);
  });

  it('is amber where its program cannot be started', async () => {
    const { watched } = await keep('/bin/false');
    watched.did('a program that ends at once');
    const { severity, why } = await watched.reaches('unavailable', 60_000);
    assert.equal(severity, 'amber');
    assert.match(why, /BACKOFF|FATAL/);
  });
});

describe('a real pm2, by its recipe', function () {
  this.timeout(120_000);
  const given = eachWith('pm2', async ({ folder }) => {
    await ensurePm2();
    const pm2 = await Pm2.in(join(folder, 'home'));
    return { pm2, end: () => pm2.stop() };
  });

  it('is up by its file alone, which a pm2 that was killed leaves behind', async () => {
    const { scene, daemon } = given();
    const { pm2 } = daemon;
    await pm2.run('ping');
    const watched = scene.watch({ ...recipe('pm2'), ...SOON, files: [join(pm2.home, 'pm2.pid')] });
    await watched.reaches('unverified', 30_000);
    watched.did('kill -9');
    process.kill(pm2.pid!, 'SIGKILL');
    await watched.keeps(5_000);
    assert.deepEqual(watched.besides('unverified'), []);
    watched.did('pm2 ping, which starts another, and pm2 kill');
    await pm2.run('ping');
    await pm2.run('kill');
    await watched.reaches('unreachable', 60_000);
  });
});
