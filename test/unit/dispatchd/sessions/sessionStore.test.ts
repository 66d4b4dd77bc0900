import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SessionStore } from '../../../../src/dispatchd/sessions/sessionStore';
import { running, session, spec } from '../../../support/dispatchd/sessions';

describe('dispatchd session store', () => {
  let dir: string;
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'sessions-'))));
  afterEach(() => rmSync(dir, { recursive: true }));

  const reload = async () => {
    const store = new SessionStore(dir);
    return { store, setAside: await store.load(0) };
  };

  it('gives every kind of session back as it was, in order', async () => {
    const all = [
      session({ status: 'queued' }, { spec: spec({ args: ['a', 'ü'], prompt: 'do it', kind: 'named' }) }),
      session(running({ stopping: { cause: 'cancel', at: 5 } }), {
        lastActivityAt: 7,
        recovered: true,
        attempt: 2,
      }),
      session(
        { status: 'failed', startedAt: 1, endedAt: 2, exitCode: 3, outcome: 'x' },
        { rerunOf: 'session-a' },
      ),
      session({ status: 'cancelled', endedAt: 2, outcome: 'x' }),
      session({ status: 'interrupted', endedAt: 2, outcome: 'x', handled: 'dismissed' }),
    ].map((one, i) => ({ ...one, createdAt: 100 - i }));
    const store = new SessionStore(dir);
    await Promise.all(all.map((one) => store.put(one)));
    const { store: again, setAside } = await reload();
    assert.deepEqual(setAside, []);
    assert.deepEqual(again.all(), [...all].reverse());
  });

  it('keeps the files private, and the last of many writes', async () => {
    const store = new SessionStore(dir);
    const one = session({ status: 'queued' });
    await Promise.all(Array.from({ length: 100 }, (_, turn) => store.put({ ...one, turn: turn + 1 })));
    if (process.platform !== 'win32') assert.equal(statSync(join(dir, `${one.id}.json`)).mode & 0o777, 0o600);
    assert.equal((await reload()).store.get(one.id)?.turn, 100);
    assert.equal(readdirSync(dir).length, 1);
  });

  for (const [title, text] of [
    ['empty', ''],
    ['torn', '{"version":1,"id":"session-x","spec":{"na'],
    ['of another shape', '{"version":1}'],
    ['not JSON', 'hello'],
    ['of zeros, as a power cut leaves it', '\0'.repeat(512)],
    [
      'out to escape its folder',
      JSON.stringify({ version: 1, ...session({ status: 'queued' }), id: '../../evil' }),
    ],
  ] as const) {
    it(`sets aside a file that is ${title}, and reads the others`, async () => {
      const store = new SessionStore(dir);
      const good = session({ status: 'queued' });
      await store.put(good);
      writeFileSync(join(dir, 'session-bad.json'), text);
      const { store: again, setAside } = await reload();
      assert.deepEqual(again.all(), [good]);
      assert.equal(setAside.length, 1);
      assert.equal(readFileSync(setAside[0]?.movedTo ?? '', 'utf8'), text);
      assert.deepEqual((await reload()).setAside, []);
    });
  }

  it('reads the file of a newer version that says more', async () => {
    const one = session({ status: 'queued' });
    writeFileSync(join(dir, `${one.id}.json`), JSON.stringify({ version: 2, ...one, mood: 'good' }));
    assert.deepEqual((await reload()).store.all(), [one]);
  });

  it('keeps what a newer version says more, at every depth, when a session changes', async () => {
    const one = session(running());
    const newer = {
      version: 2,
      ...one,
      mood: 'good',
      spec: { ...one.spec, priority: 3, retry: { times: 2 } },
      state: { ...one.state, slot: 7, process: { pid: 1, startedAtMs: 1_000_000, cgroup: '/x' } },
    };
    writeFileSync(join(dir, `${one.id}.json`), JSON.stringify(newer));
    const { store } = await reload();
    const onDisk = () => JSON.parse(readFileSync(join(dir, `${one.id}.json`), 'utf8')) as typeof newer;
    await store.put({ ...store.get(one.id)!, extensionsUsed: 1 });
    const { mood, spec: kept, state, extensionsUsed } = onDisk();
    assert.deepEqual([mood, kept.priority, kept.retry, extensionsUsed], ['good', 3, { times: 2 }, 1]);
    assert.deepEqual([state.slot, state.process.cgroup], [7, '/x']);
    // Also by a later life of this version; of another state it says nothing.
    const { store: again } = await reload();
    await again.put({ ...again.get(one.id)!, state: { status: 'queued' } });
    const last = onDisk();
    assert.deepEqual([last.mood, last.spec.priority, last.state], ['good', 3, { status: 'queued' }]);
  });

  it('brings back a file that an older version could not read, once a version can', async () => {
    const one = session({ status: 'queued' });
    const file = join(dir, `${one.id}.json`);
    writeFileSync(`${file}.corrupt-2026-01-01T00-00-00.000Z`, JSON.stringify({ version: 1, ...one }));
    assert.deepEqual((await reload()).store.all(), [one]);
    assert.deepEqual(readdirSync(dir), [`${one.id}.json`]);
    // Never in the place of what is there.
    writeFileSync(
      `${file}.corrupt-2026-01-02T00-00-00.000Z`,
      JSON.stringify({ version: 1, ...one, turn: 9 }),
    );
    assert.equal((await reload()).store.get(one.id)?.turn, one.turn);
  });

  it('drops what a kill left of an atomic write', async () => {
    writeFileSync(join(dir, 'session-a.json.12345'), '{"half');
    await reload();
    assert.deepEqual(readdirSync(dir), []);
  });

  it('forgets a removed session', async () => {
    const store = new SessionStore(dir);
    const one = session({ status: 'queued' });
    await store.put(one);
    await store.remove(one.id);
    await store.remove(one.id);
    assert.deepEqual((await reload()).store.all(), []);
  });
});
