import assert from 'node:assert/strict';
import os from 'node:os';
import { exportPast } from '../../../src/diagnostics/exportPast';
import { thisMachine } from '../../../src/diagnostics/diagnostics';
import { places } from '../../../src/kinds/dispatchd/instanceFile';
import { findPlace, homeIn } from '../../../src/kinds/ductor/place';
import { shortPath } from '../../../src/kinds/read/paths';
import { resolveVariables } from '../../../src/restart/settingVariables';
import { runProgram } from '../../../src/system/runProgram';

describe('a user whom the system does not know, without HOME', () => {
  const { homedir } = os;

  before(() => {
    os.homedir = () => {
      throw new Error('ENOENT: no such file or directory, uv_os_homedir');
    };
  });

  after(() => {
    os.homedir = homedir;
  });

  it('is shown whole paths', () => {
    assert.equal(shortPath('/work/shop'), '/work/shop');
  });

  it('has no ductor by its folder, and none at a path below that', async () => {
    assert.deepEqual(homeIn({}), []);
    assert.deepEqual(homeIn({ DUCTOR_HOME: '~/d' }), []);
    assert.deepEqual(await findPlace('127.0.0.1', 1, {}, 'win32'), { homes: [] });
  });

  it('has no dispatchd by its folder', async () => {
    assert.deepEqual(await places({ env: {}, isWanted: () => true }), []);
  });

  it('has no ${userHome} in a setting, and keeps a ~', () => {
    const where = { folders: [], env: {} };
    const isUnknown = resolveVariables('a', { command: '${userHome}/start' }, where);
    assert.ok('is' in isUnknown, JSON.stringify(isUnknown));
    assert.deepEqual(resolveVariables('a', { command: '~/start' }, where), { command: '~/start' });
  });

  it('has programs run, and diagnostics made', async () => {
    const ran = await runProgram([process.execPath, '-p', '7'], { timeoutMs: 60_000, maxBytes: 100 });
    assert.match(JSON.stringify(ran), /7/);
    assert.equal(thisMachine().homeDir, '');
    const past = { incidents: [], lives: [], daemons: [], sinceAt: 0, nowAt: 1, texts: {} };
    assert.match(
      exportPast(past as never, () => false),
      /What happened/,
    );
  });
});
