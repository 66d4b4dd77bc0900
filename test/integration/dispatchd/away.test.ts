import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LONG, node } from '../../support/dispatchd/commands';
import {
  DaemonProcess,
  dispatchdFile,
  newStateDir,
  type StatusJson,
  stopDaemons,
} from '../../support/dispatchd/daemonProcess';
import { sessionFiles } from '../../support/dispatchd/sessionFiles';
import { until } from '../../support/until';

const DAY_MS = 86_400_000;
const TIMES = ['createdAt', 'startedAt', 'endedAt', 'aliveAt', 'at', 'lastActivityAt', 'foundAt'];

describe('dispatchd after a long absence', function () {
  this.timeout(60_000);
  before(() => dispatchdFile());
  afterEach(stopDaemons);

  /** Four that run and one that waits, left by kill -9. */
  async function left(): Promise<{ stateDir: string; ids: string[] }> {
    const daemon = await DaemonProcess.start();
    const ids = await Promise.all([1, 2, 3, 4].map((n) => daemon.submit({ name: `work ${n}`, ...LONG })));
    for (const id of ids) await daemon.session(id, 'running');
    ids.push(await daemon.submit({ name: 'waits', ...LONG }));
    await daemon.stop('SIGKILL');
    return { stateDir: daemon.stateDir, ids: ids.sort() };
  }

  const filesIn = (stateDir: string) => sessionFiles(stateDir).map((file) => basename(file, '.json'));
  const listed = async (daemon: DaemonProcess) =>
    (await daemon.status()).recovery.interrupted.map(({ id }) => id).sort();

  /** A session that ends makes room: what may be forgotten is forgotten then. */
  async function afterAnEnd(daemon: DaemonProcess): Promise<void> {
    await daemon.session(await daemon.submit(node('')), 'completed');
    await until(
      () =>
        !existsSync(join(daemon.stateDir, 'exits')) ||
        readdirSync(join(daemon.stateDir, 'exits')).length === 0,
      'its end to be written',
    );
  }

  /** The same, without a look at the list by who has the token. */
  async function afterAnEndUnseen(daemon: DaemonProcess): Promise<void> {
    const id = await daemon.submit(node(''));
    const file = join(daemon.stateDir, 'sessions', `${id}.json`);
    await until(() => readFileSync(file, 'utf8').includes('"completed"'), 'its end on disk');
  }

  it('lists all interrupted and waiting work after 8 days, and in the lives after that', async () => {
    const { stateDir, ids } = await left();
    age(stateDir, 8 * DAY_MS);
    for (const atStart of [5, 0, 0]) {
      const daemon = await DaemonProcess.start([], stateDir);
      assert.equal((await daemon.status()).recovery.atStart.interrupted, atStart);
      assert.deepEqual(await listed(daemon), ids);
      await afterAnEnd(daemon);
      assert.deepEqual(await listed(daemon), ids);
      assert.deepEqual(
        filesIn(stateDir).filter((id) => ids.includes(id)),
        ids,
      );
      await daemon.stop('SIGKILL');
      age(stateDir, 8 * DAY_MS);
    }
  });

  for (const [title, clocks] of [
    ['from the first start on', [9, 0, 9, 0]],
    ['after a start in which it was right', [0, 9, 0]],
  ] as const) {
    it(`drops nothing unseen while the clock is 9 days ahead ${title}, and lists all once it is set back`, async () => {
      const { stateDir, ids } = await left();
      // Too long for what waits to be started by itself.
      age(stateDir, DAY_MS);
      const shift = join(newStateDir(), 'shift.cjs');
      writeFileSync(shift, `const now = Date.now; Date.now = () => now() + ${9 * DAY_MS};`);
      for (const ahead of clocks) {
        const env = ahead > 0 ? { NODE_OPTIONS: `--require ${shift}` } : {};
        const daemon = await startWith(env, stateDir);
        assert.deepEqual(await listed(daemon), ids, `clock: ${JSON.stringify(env)}`);
        await afterAnEnd(daemon);
        assert.deepEqual(await listed(daemon), ids, `clock: ${JSON.stringify(env)}`);
        await daemon.stop('SIGKILL');
      }
    });
  }

  it('counts from now for work that an earlier version found, without a note of when', async () => {
    const { stateDir, ids } = await left();
    await (await DaemonProcess.start([], stateDir)).stop('SIGKILL');
    for (const file of sessionFiles(stateDir)) {
      const session = JSON.parse(readFileSync(file, 'utf8')) as {
        state: { foundAt?: number; foundBy?: string };
      };
      delete session.state.foundAt;
      delete session.state.foundBy;
      writeFileSync(file, JSON.stringify(session));
    }
    age(stateDir, 30 * DAY_MS);
    const daemon = await DaemonProcess.start([], stateDir);
    assert.deepEqual(await listed(daemon), ids);
  });

  it('keeps what nobody with the token has seen, however many days it listed it; what was seen goes after a week', async () => {
    const { stateDir, ids } = await left();
    // Too long for what waits to be started by itself.
    age(stateDir, DAY_MS);
    await (await DaemonProcess.start([], stateDir)).stop('SIGKILL');
    age(stateDir, 8 * DAY_MS);
    // A life that has listed for over a day: its monotonic clock says so.
    const shift = join(newStateDir(), 'up.cjs');
    writeFileSync(
      shift,
      `const now = performance.now.bind(performance); let ahead = 0;
       performance.now = () => now() + ahead; setTimeout(() => (ahead = ${2 * DAY_MS}), 600);
       const wall = Date.now; Date.now = () => wall() + ahead;`,
    );
    const anybody = async (daemon: DaemonProcess) =>
      (await daemon.get('/api/daemon/status'))
        .json<StatusJson>()
        .recovery.interrupted.map(({ id }) => id)
        .sort();
    const env = { NODE_OPTIONS: `--require ${shift}` };
    const unseen = await startWith(env, stateDir);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await afterAnEndUnseen(unseen);
    assert.deepEqual(await anybody(unseen), ids);
    await unseen.stop('SIGKILL');

    const seen = await startWith(env, stateDir);
    assert.deepEqual(await listed(seen), ids);
    await until(
      () =>
        ids.every((id) => readFileSync(join(stateDir, 'sessions', `${id}.json`), 'utf8').includes('seenAt')),
      'a note that they were seen',
    );
    await new Promise((resolve) => setTimeout(resolve, 700));
    await afterAnEndUnseen(seen);
    await until(async () => (await anybody(seen)).length === 0, 'them to be forgotten');
  });

  it('forgets no result that nobody can have seen', async () => {
    const first = await DaemonProcess.start();
    const id = await first.submit(node('console.log("done")'));
    const file = join(first.stateDir, 'sessions', `${id}.json`);
    await until(() => readFileSync(file, 'utf8').includes('"completed"'), 'its end on disk');
    await first.stop('SIGKILL');
    age(first.stateDir, 3 * DAY_MS);
    const second = await DaemonProcess.start([], first.stateDir);
    assert.equal((await second.session(id, 'completed')).id, id);
    const output = await second.request('GET', `/api/sessions/${id}/output`, { token: second.token });
    assert.equal(output.text.trim(), 'done');
  });
});

const startWith = (env: NodeJS.ProcessEnv, stateDir: string) =>
  DaemonProcess.start([], stateDir, {}, undefined, env);

/** Makes all that is in the files so much older, as if nobody had been there meanwhile. */
function age(stateDir: string, byMs: number): void {
  for (const file of [...sessionFiles(stateDir), join(stateDir, 'lifecycle.json')]) {
    const older = JSON.parse(readFileSync(file, 'utf8'), (key, value: unknown) =>
      TIMES.includes(key) && typeof value === 'number' ? value - byMs : value,
    ) as unknown;
    writeFileSync(file, JSON.stringify(older));
  }
}
