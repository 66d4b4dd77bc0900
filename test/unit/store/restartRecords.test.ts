import { idAt } from '../../support/target';
import assert from 'node:assert/strict';
import { RESTARTS_KEPT } from '../../../src/store/policy';
import { RestartRecords } from '../../../src/store/restartRecords';
import { type RestartRecord } from '../../../src/model/restartRecord';
import { MemoryMemento } from '../../support/memento';
import { makeStorage, type Storage } from '../../support/storage';

const ORIGIN = 'http://127.0.0.1:3457';
const record: RestartRecord = { at: 1, why: 'wedged', kind: 'failed', text: 'x', startFailed: 'exit code 7' };

describe('the restarts that are remembered', () => {
  let storage: Storage;
  beforeEach(() => (storage = makeStorage()));
  afterEach(() => storage.remove());

  it('keep why nothing ran afterwards, and are the newest', async () => {
    const state = new MemoryMemento();
    for (let at = 0; at < RESTARTS_KEPT + 3; at++)
      await new RestartRecords(state, storage.deps).add(idAt(ORIGIN), { ...record, at });
    const kept = new RestartRecords(state, storage.deps).of(idAt(ORIGIN));
    assert.equal(kept.length, RESTARTS_KEPT);
    assert.deepEqual(kept[0], { ...record, at: RESTARTS_KEPT + 2 });
  });

  for (const kept of [null, 5, 'x', [], { [ORIGIN]: 5 }, { [ORIGIN]: null }, { [ORIGIN]: [null, 5, {}] }]) {
    it(`are none where ${JSON.stringify(kept)} was kept`, async () => {
      const state = new MemoryMemento();
      await state.update('restarts', kept);
      assert.deepEqual(new RestartRecords(state, storage.deps).of(idAt(ORIGIN)), []);
      await new RestartRecords(state, storage.deps).add(idAt(ORIGIN), record);
      assert.deepEqual(new RestartRecords(state, storage.deps).of(idAt(ORIGIN)), [record]);
    });
  }

  for (const bad of [{ why: 'asleep' }, { kind: 'odd' }, { text: 5 }, { at: '1' }, { startFailed: {} }]) {
    it(`are without one of another version: ${JSON.stringify(bad)}`, async () => {
      const state = new MemoryMemento();
      await state.update('restarts', { [ORIGIN]: [{ ...record, ...bad }, record] });
      assert.deepEqual(new RestartRecords(state, storage.deps).of(idAt(ORIGIN)), [record]);
    });
  }
});
