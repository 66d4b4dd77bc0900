import assert from 'node:assert/strict';
import { PidFileWriter } from '../../../src/kinds/ductor/pidFile';
import { notRun } from '../../support/notRun';
import { unreaped } from '../../support/unreaped';

describe('who wrote a file with its own number', () => {
  it('is there as long as it runs', async () => {
    const file = { value: process.pid, changedAt: Date.now() };
    const writer = new PidFileWriter();
    assert.deepEqual([await writer.isAlive(file), await writer.isAlive(file)], [true, true]);
  });

  it('is gone at the first look where it has ended and nobody reaps it, as in a container', async function () {
    if (process.platform !== 'linux') return notRun(this, 'only Linux tells of it');
    const killed = await unreaped();
    try {
      const file = { value: killed.pid, changedAt: Date.now() };
      assert.equal(await new PidFileWriter().isAlive(file), false);
    } finally {
      killed.reap();
    }
  });
});
