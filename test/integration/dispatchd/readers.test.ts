import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { DaemonProcess, dispatchdFile, stopDaemons } from '../../support/dispatchd/daemonProcess';

/** What nobody reads without the token: the words of commands, folders and prompts. */
const SECRET = 's3cret';
const PRIVATE_KEYS = ['command', 'args', 'cwd', 'prompt', 'output'];

/** Every key of a JSON value, at any depth. */
function keysOf(value: unknown): Set<string> {
  const keys = new Set<string>();
  JSON.stringify(value, (key, each: unknown) => {
    keys.add(key);
    return each;
  });
  return keys;
}

describe('who may read what of dispatchd', function () {
  this.timeout(30_000);
  before(() => dispatchdFile());
  afterEach(stopDaemons);

  /** One that runs, one that failed to start, one that waits, one that was interrupted. */
  async function busy(): Promise<{ daemon: DaemonProcess; id: string }> {
    const first = await DaemonProcess.start(['--workers', '1']);
    const interrupted = await first.submit({ command: `sleep 60 # ${SECRET}`, prompt: SECRET });
    await first.session(interrupted, 'running');
    await first.stop('SIGKILL');
    const daemon = await DaemonProcess.start(['--workers', '1'], first.stateDir);
    const missing = await daemon.submit({ command: `/${SECRET}/no-such-program`, args: [SECRET] });
    await daemon.session(missing, 'failed');
    const id = await daemon.submit({ command: `sleep 60 # ${SECRET}`, prompt: SECRET, name: 'nightly' });
    await daemon.session(id, 'running');
    await daemon.submit({ command: 'sleep', args: ['60', SECRET], kind: 'named', name: 'agent' });
    return { daemon, id };
  }

  it('tells anybody states, ids, names and times, and neither commands nor folders nor prompts', async () => {
    const { daemon, id } = await busy();
    for (const token of [false, 'wrong', '0'.repeat(64)] as const) {
      for (const path of [
        '/api/daemon/status',
        '/api/sessions',
        '/api/tasks',
        `/api/sessions/${id}`,
        `/api/tasks/${id}`,
      ]) {
        const answer = await daemon.request('GET', path, { token });
        assert.equal(answer.status, 200);
        const keys = keysOf(answer.json());
        assert.deepEqual(
          PRIVATE_KEYS.filter((key) => keys.has(key)),
          [],
          `${path} tells`,
        );
        assert.ok(!answer.text.includes(SECRET), `${path}: ${answer.text}`);
      }
    }
    const { session } = (await daemon.get(`/api/sessions/${id}`)).json<{
      session: Record<string, unknown>;
    }>();
    assert.deepEqual([session.name, session.status], ['nightly', 'running']);
    for (const key of ['createdAt', 'startedAt', 'deadlineAt', 'timeoutMs']) assert.ok(key in session, key);
  });

  for (const [name, command, told] of [
    ['sleep 60; echo s3cret', 'sleep 60; echo s3cret', 'sleep'],
    ['/home/s3cret/bin/sleep 60', '/home/s3cret/bin/sleep 60', 'sleep'],
    ['PASS=s3cret sleep 60 && curl…', 'PASS=s3cret sleep 60 && curl evil.example', 'sleep'],
    ['"/s3cret dir/x" 1', '"/s3cret dir/x" 1', 'command'],
    ['sleep', 'sleep 60', 'sleep'],
    ['nightly report', 'sleep 60', 'nightly report'],
  ] as const) {
    it(`calls a task named ${name} ${told} to anybody: such a name is the command`, async () => {
      const daemon = await DaemonProcess.start(['--workers', '0']);
      const id = await daemon.submit({ name, command });
      for (const token of [false, daemon.token] as const) {
        const answer = await daemon.request('GET', `/api/tasks/${id}`, { token });
        assert.equal(answer.json<{ task: { name: string } }>().task.name, token === false ? told : name);
        const status = await daemon.request('GET', '/api/daemon/status', { token: false });
        assert.ok(!status.text.includes(SECRET));
      }
    });
  }

  it('tells who has the token all of it', async () => {
    const { daemon, id } = await busy();
    const { token } = daemon;
    const read = async (path: string) => (await daemon.request('GET', path, { token })).json<never>();
    const { session } = (await read(`/api/sessions/${id}`)) as { session: Record<string, unknown> };
    assert.deepEqual([session.command, session.cwd], [`sleep 60 # ${SECRET}`, process.cwd()]);
    const { task } = (await read(`/api/tasks/${id}`)) as { task: Record<string, unknown> };
    assert.deepEqual([task.command, task.prompt], [`sleep 60 # ${SECRET}`, SECRET]);
    const status = (await read('/api/daemon/status')) as {
      sessions: { command: string }[];
      recovery: { interrupted: { command: string }[] };
    };
    assert.ok(status.sessions.every(({ command }) => command.includes(SECRET)));
    assert.ok(status.recovery.interrupted.every(({ command }) => command.includes(SECRET)));
  });

  it('answers a challenge with the key of the token, over its own address', async () => {
    const daemon = await DaemonProcess.start();
    const nonce = 'ab'.repeat(16);
    const { address, answer } = (await daemon.get(`/api/challenge?nonce=${nonce}`)).json<{
      address: string;
      answer: string;
    }>();
    assert.equal(address, `127.0.0.1:${daemon.port}`);
    const expected = createHmac('sha256', daemon.token)
      .update(`dispatchd challenge\n${address}\n${nonce}`)
      .digest('hex');
    assert.equal(answer, expected);
    for (const bad of ['', '?nonce=', '?nonce=xyz', `?nonce=${'a'.repeat(31)}`, `?nonce=${'a'.repeat(129)}`])
      assert.equal((await daemon.get(`/api/challenge${bad}`)).status, 400, bad);
  });
});
