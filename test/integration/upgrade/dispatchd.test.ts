import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readBootId } from '../../../src/system/bootId';
import {
  DaemonProcess,
  newStateDir,
  stopDaemons,
  type SessionJson,
} from '../../support/dispatchd/daemonProcess';
import { until } from '../../support/until';
import { dispatchdOf, type Version } from '../../support/window/installed';
import { RecordedMachine } from '../../support/window/recorded';

/** The token of the recording. */
const RECORDED_TOKEN = '0123456789abcdef'.repeat(4);

const start = (version: Version, stateDir: string, ...flags: readonly string[]) =>
  DaemonProcess.start(flags, stateDir, {}, dispatchdOf(version));

/** Which tasks are in which state, by name. */
async function tasksOf(daemon: DaemonProcess): Promise<Record<string, string>> {
  const { tasks } = (await daemon.get('/api/tasks')).json<{ tasks: { name: string; status: string }[] }>();
  return Object.fromEntries(tasks.map(({ name, status }) => [name, status]));
}

const namesOf = (sessions: readonly SessionJson[]) => sessions.map(({ name }) => name).sort();

describe('dispatchd over the folder of the version before', function () {
  this.timeout(60_000);
  let machine: RecordedMachine;
  beforeEach(async () => (machine = await RecordedMachine.make()));
  afterEach(async () => {
    await stopDaemons();
    machine.dispose();
  });

  for (const [boot, bootId, startKind] of [
    ['the same boot', readBootId, 'restart'],
    ['an earlier boot', () => Promise.resolve(undefined), 'reboot'],
  ] as const) {
    it(`that was killed, in ${boot}: recovers as that version does, and goes on with what waits`, async () => {
      const recovered = [];
      for (const version of ['old', 'new'] as const) {
        const stateDir = machine.stateDir('killed', await bootId(), `killed-${version}`);
        const daemon = await start(version, stateDir, '--workers', '3');
        // Resumed, and then what had waited in the queue.
        await until(async () => (await tasksOf(daemon))['queued'] === 'completed', 'the queue');
        const { instance, recovery } = await daemon.status();
        assert.equal(instance.startKind, startKind);
        assert.equal((instance.lastExit as { kind: string }).kind, 'killed');
        assert.deepEqual((recovery as { setAside?: unknown }).setAside ?? [], []);
        recovered.push({
          tasks: await tasksOf(daemon),
          resumed: namesOf(recovery.resumed),
          interrupted: namesOf(recovery.interrupted),
          atStart: recovery.atStart,
        });
      }
      assert.deepEqual(recovered[1], recovered[0]);
      assert.deepEqual(recovered[1], {
        tasks: {
          done: 'completed',
          failed: 'failed',
          cancelled: 'cancelled',
          dismissed: 'interrupted',
          left: 'interrupted',
          plain: 'interrupted',
          resumable: 'running',
          named: 'running',
          queued: 'completed',
        },
        resumed: ['resumable'],
        interrupted: ['left', 'plain'],
        atStart: { resumed: 1, interrupted: 1 },
      });
    });
  }

  it('that was killed: replaces the token, since its port was free for anybody meanwhile', async () => {
    const daemon = await start('new', machine.stateDir('killed'));
    assert.notEqual(daemon.token, RECORDED_TOKEN);
    assert.equal((await daemon.post('/api/tasks', { name: 'n', command: 'true' })).status, 201);
  });

  it('that ended cleanly: keeps the token, resumes what may be resumed and says that the end was clean', async () => {
    const daemon = await start('new', machine.stateDir('clean', await readBootId()), '--workers', '3');
    assert.equal(daemon.token, RECORDED_TOKEN);
    const { instance, recovery } = await daemon.status();
    assert.equal((instance.lastExit as { kind: string }).kind, 'clean');
    assert.deepEqual(namesOf(recovery.resumed), ['named', 'resumable']);
    assert.deepEqual(namesOf(recovery.interrupted), ['left', 'plain']);
  });

  it('keeps the time limits, the command and the output of each session', async () => {
    const read = async (version: Version) => {
      const daemon = await start(
        version,
        machine.stateDir('clean', undefined, `clean-${version}`),
        '--workers',
        '0',
      );
      const { tasks } = (await daemon.get('/api/tasks')).json<{ tasks: { id: string; name: string }[] }>();
      const details = await Promise.all(
        tasks.map(async ({ id, name }) => {
          const read = (path: string) => daemon.request('GET', path, { token: daemon.token });
          const { session } = (await read(`/api/sessions/${id}`)).json<{
            session: Record<string, unknown>;
          }>();
          const output = await read(`/api/sessions/${id}/output`);
          const { command, cwd, kind, timeoutMs, attempt, exitCode, turn, resumable, requestedExtensions } =
            session;
          const kept = {
            command,
            cwd,
            kind,
            timeoutMs,
            attempt,
            exitCode,
            turn,
            resumable,
            requestedExtensions,
          };
          return [name, { ...kept, output: output.text }] as const;
        }),
      );
      return Object.fromEntries(details);
    };
    const [old, next] = [await read('old'), await read('new')];
    assert.equal(old['done']?.output, 'done\n');
    assert.equal(old['resumable']?.timeoutMs, 7_200_000);
    assert.deepEqual(next, old);
  });

  for (const [held, asking] of [
    ['old', 'new'],
    ['new', 'old'],
  ] as const) {
    it(`leaves the folder of a running ${held} one alone, where the ${asking} one is started over it`, async () => {
      const running = await start(held, newStateDir());
      const second = await DaemonProcess.spawn(
        ['--port', '0'],
        running.stateDir,
        {},
        {},
        dispatchdOf(asking),
      );
      assert.notEqual((await second.exited).code, 0);
      assert.match(second.stderr, new RegExp(`in use by dispatchd \\(pid ${running.child.pid}\\)`));
      assert.equal((await running.get('/api/health')).status, 200);
      await running.submit({ name: 'n', command: 'true' });
    });
  }
});

describe('dispatchd of the version before over the folder of this one', function () {
  this.timeout(60_000);
  afterEach(stopDaemons);

  for (const end of ['SIGKILL', 'SIGTERM'] as const) {
    it(`loses nothing, and this version loses nothing after it (${end})`, async () => {
      const stateDir = newStateDir();
      const workers = ['--workers', '2'];
      const submitted: string[] = [];
      const submit = async (daemon: DaemonProcess, name: string, command: string, more: object = {}) => {
        submitted.push(await daemon.submit({ name, command, ...more }));
        return submitted.at(-1)!;
      };
      const first = await start('new', stateDir, ...workers);
      await first.session(await submit(first, 'done', 'echo done'), 'completed');
      const left = await submit(first, 'left', 'sleep 304');
      await first.session(left, 'running');
      await first.stop('SIGKILL');
      // Interrupted as this version notes it, with when and by whom that was found.
      const second = await start('new', stateDir, ...workers);
      await second.session(left, 'interrupted');
      const named = await submit(second, 'named', 'sleep 305', { kind: 'named' });
      const plain = await submit(second, 'plain', 'sleep 306');
      await second.session(named, 'running');
      await second.session(plain, 'running');
      await submit(second, 'queued', 'sleep 307');
      await second.stop(end);

      const old = await start('old', stateDir, ...workers);
      const { recovery } = await old.status();
      assert.deepEqual((recovery as { setAside?: unknown }).setAside ?? [], []);
      assert.deepEqual(namesOf(recovery.resumed), ['named']);
      assert.deepEqual(namesOf(recovery.interrupted), ['left', 'plain']);
      await old.session(named, 'running');
      // A session of its own, and one that it deals with.
      await submit(old, 'of the old one', 'sleep 308');
      assert.equal((await old.post(`/api/recovery/${plain}/dismiss`)).status, 200);
      await old.stop(end);

      const last = await start('new', stateDir, ...workers);
      assert.deepEqual((await last.status()).recovery.interrupted.map(({ id }) => id).includes(left), true);
      const { tasks } = (await last.get('/api/tasks')).json<{ tasks: { id: string }[] }>();
      assert.deepEqual(tasks.map(({ id }) => id).sort(), [...submitted].sort());
      assert.equal((await tasksOf(last))['done'], 'completed');
      assert.deepEqual(
        readdirSync(stateDir).filter((name) => name.includes('corrupt')),
        [],
      );
      assert.equal(existsSync(join(stateDir, 'lock')), true);
      const session = readFileSync(join(stateDir, 'sessions', `${left}.json`), 'utf8');
      assert.match(session, /"foundAt"/, 'how long it has waited is known again');
    });
  }
});
