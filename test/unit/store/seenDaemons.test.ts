import { idAt } from '../../support/target';
import assert from 'node:assert/strict';
import { MemoryMemento, memoryOver } from '../../support/memento';
import { Watch } from '../health/support';
import { modelOf } from '../ui/support';

const ORIGIN = 'http://127.0.0.1:3457';

describe('what a workspace remembers of a start that failed', () => {
  it('is its reason, until it is over', () => {
    const state = new MemoryMemento();
    const watch = Watch.healthy();
    const memory = memoryOver(state);
    watch.restart({ restarting: true });
    watch.restart({ restarting: false, proven: false, startFailed: 'exit code 7' });
    memory.keep([modelOf(watch)]);
    assert.equal(memoryOver(state).recall(idAt(ORIGIN)).startFailed, 'exit code 7');
    watch.dismissStartFailure();
    memory.keep([modelOf(watch)]);
    const after = memoryOver(state).recall(idAt(ORIGIN));
    assert.deepEqual([after.startFailed, after.stoppedByUs], [undefined, true]);
  });

  for (const kept of [5, null, {}, ['x']]) {
    it(`is nothing where ${JSON.stringify(kept)} was kept`, async () => {
      const state = new MemoryMemento();
      await state.update('daemons', { [ORIGIN]: { startFailed: kept } });
      assert.equal(memoryOver(state).recall(idAt(ORIGIN)).startFailed, undefined);
    });
  }

  it('is one clean, bounded line', async () => {
    const state = new MemoryMemento();
    await state.update('daemons', { [ORIGIN]: { startFailed: `a\n\u001b${'x'.repeat(9_999)}` } });
    const { startFailed = '' } = memoryOver(state).recall(idAt(ORIGIN));
    assert.ok(startFailed.length <= 300);
    assert.match(startFailed, /^a x+…$/);
  });
});
