import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Actions } from '../../../../src/dispatchd/http/actions';
import { SessionStore } from '../../../../src/dispatchd/sessions/sessionStore';
import type { Supervisor } from '../../../../src/dispatchd/processes/supervisor';
import { FakeClock } from '../../../support/dispatchd/fakeClock';
import type { Session } from '../../../../src/dispatchd/sessions/session';
import { running, session } from '../../../support/dispatchd/sessions';

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

  describe('on interrupted work', () => {
    const interrupted = (handled?: 'run' | 'dismissed') => {
      const outcome = 'It was still waiting when dispatchd ended. Run it again or dismiss it.';
      const left = session({ status: 'interrupted', endedAt: 1, outcome, ...(handled && { handled }) });
      store.setInMemory(left);
      return left;
    };
    const refusesBoth = async (left: Session, message: string) => {
      const refusal = { status: 409, code: 'NOT_INTERRUPTED', message };
      await assert.rejects(actions.dismiss(left), refusal);
      await assert.rejects(actions.runAgain(left, {}), refusal);
    };

    it('name the session that runs it again already', async () => {
      const left = interrupted();
      const { id } = await actions.runAgain(left, {});
      await refusesBoth(left, `the session was run again already, as ${id}`);
    });

    it('say that it was run again also where that session is forgotten', () =>
      refusesBoth(interrupted('run'), 'the session was run again already'));

    it('say that it was dismissed', () =>
      refusesBoth(interrupted('dismissed'), 'the session was dismissed already'));

    it('do one of two that come at once, and say so to the other', async () => {
      const left = interrupted();
      const first = actions.dismiss(left);
      await refusesBoth(left, 'the session is being run again or dismissed just now');
      await first;
    });
  });

  for (const [state, status] of [
    [{ status: 'queued' }, 'queued'],
    [running(), 'running'],
    [{ status: 'completed', endedAt: 1, outcome: 'Completed.' }, 'completed'],
  ] as const) {
    it(`dismiss no session that is ${status}`, async () => {
      const other = session(state);
      store.setInMemory(other);
      await assert.rejects(actions.dismiss(other), {
        status: 409,
        message: `only an interrupted session can be dismissed; this one is ${status}`,
      });
    });
  }
});
