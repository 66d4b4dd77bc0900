import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Actions } from '../../../../src/dispatchd/http/actions';
import { SessionStore } from '../../../../src/dispatchd/sessions/sessionStore';
import type { Supervisor } from '../../../../src/dispatchd/processes/supervisor';
import { FakeClock } from '../../../support/dispatchd/fakeClock';
import { session } from '../../../support/dispatchd/sessions';

describe('dispatchd actions', () => {
  let dir: string;
  let store: SessionStore;
  let actions: Actions;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'actions-'));
    store = new SessionStore(join(dir, 'sessions'));
    await store.load(0);
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    actions = new Actions({
      clock: new FakeClock(),
      log,
      store,
      supervisor: {} as Supervisor,
      defaultCwd: dir,
    });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('refuse more than a thousand tasks that wait, and take the next once one is gone', async () => {
    for (let n = 0; n < 1_000; n++) store.setInMemory(session({ status: 'queued' }, { id: `session-${n}` }));
    await assert.rejects(actions.submit({ name: 'x', command: 'true' }), { status: 429, code: 'QUEUE_FULL' });
    await store.remove('session-0');
    assert.equal((await actions.submit({ name: 'x', command: 'true' })).state.status, 'queued');
  });

  it('give ids in the order of acceptance, also within one millisecond', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 40; n++) ids.push((await actions.submit({ name: 'x', command: 'true' })).id);
    assert.deepEqual([...ids].sort(), ids);
    assert.equal(new Set(ids).size, 40);
  });

  it('count the turns of each name, and none of other work', async () => {
    const turn = async (name: string, kind: string) =>
      (await actions.submit({ name, kind, command: 'true' })).turn;
    assert.deepEqual(
      [
        await turn('otter', 'named'),
        await turn('otter', 'named'),
        await turn('badger', 'named'),
        await turn('otter', 'foreground'),
        await turn('otter', 'named'),
      ],
      [1, 2, 1, 1, 3],
    );
  });
});
