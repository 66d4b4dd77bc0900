import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { chmodSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sentenceOf } from '../../../src/words/errors';
import { DispatchdClient } from '../../../src/kinds/dispatchd/client';
import { createProbe } from '../../../src/kinds/probe';
import { DaemonClient } from '../../../src/system/httpClient';
import { DaemonProcess, newStateDir } from '../../support/dispatchd/daemonProcess';
import { Impostor, statusOf } from '../../support/impostor';
import { NOBODY, whyNoOtherUser } from '../../support/otherUser';
import { notRun } from '../../support/notRun';
import { dispatchdScope } from '../dispatchdScope';

/** Whether an error says this to the user. */
const says = (sentence: RegExp) => (error: unknown) => {
  assert.match(sentenceOf(error), sentence);
  return true;
};

describe('what is sent to a dispatchd', function () {
  this.timeout(40_000);
  const scope = dispatchdScope();

  const instanceOf = (stateDir: string) =>
    JSON.parse(readFileSync(join(stateDir, 'instance.json'), 'utf8')) as Record<string, unknown> & {
      id: string;
    };
  const clientOf = (daemon: DaemonProcess, host = '127.0.0.1') =>
    new DispatchdClient(`http://${host}:${daemon.port}`, daemon.stateDir);

  const ACTIONS: readonly [string, (client: DispatchdClient) => Promise<unknown>][] = [
    ['Run in Daemon', (client) => client.submit({ name: 'n', command: 'echo secret' })],
    ['Extend', (client) => client.extend('session-a')],
    ['Run Again', (client) => client.runAgain('session-a')],
    ['Stop Session', (client) => client.cancel('session-a')],
    ['Dismiss', (client) => client.dismiss('session-a')],
    ['Show Output', (client) => client.output('session-a')],
    ['Copy Command', (client) => client.command('session-a')],
    ['Stop and Restart', (client) => client.shutDown()],
  ];

  async function impersonated(
    pid: 'PID' | 'old' = 'PID',
    isOther = true,
  ): Promise<{ daemon: DaemonProcess; impostor: Impostor }> {
    const daemon = await DaemonProcess.start();
    const { id } = instanceOf(daemon.stateDir);
    await daemon.stop('SIGKILL');
    const answer = statusOf(daemon.stateDir, pid === 'old' ? daemon.child.pid! : 'PID', id);
    const impostor = await Impostor.listen(daemon.port, answer, isOther);
    scope.add(() => impostor.stop());
    return { daemon, impostor };
  }

  it('brings what it remembers of its lives', async () => {
    const daemon = await DaemonProcess.start();
    const told = await clientOf(daemon).history();
    assert.deepEqual(
      told?.lives.map(({ instanceId, end }) => [instanceId, end]),
      [[instanceOf(daemon.stateDir).id, 'running']],
    );
    assert.ok(Math.abs(told.daemonNow - Date.now()) < 10_000);
  });

  it('reaches a dispatchd that is ours, by each name of its address', async () => {
    const daemon = await DaemonProcess.start();
    for (const host of ['127.0.0.1', 'localhost']) {
      const client = clientOf(daemon, host);
      const id = await client.submit({ name: 'n', command: 'sleep 60' });
      await daemon.session(id, 'running');
      assert.equal(await client.output(id), '');
      assert.ok((await client.extend(id)) > 0);
      assert.equal(await client.extend(id, 90_000), 90_000);
      await client.cancel(id);
    }
    await clientOf(daemon).shutDown();
    assert.equal((await daemon.exited).code, 0);
  });

  for (const [action, act] of ACTIONS) {
    it(`is nothing where another program has the port of a dispatchd that was killed (${Impostor.kind}): ${action}`, async () => {
      const { daemon, impostor } = await impersonated();
      const error = await act(clientOf(daemon)).then(
        () => undefined,
        (caught: Error) => caught,
      );
      assert.deepEqual(impostor.told, []);
      assert.equal(
        sentenceOf(error),
        `Another program answers at http://127.0.0.1:${daemon.port} (${impostor.inWords}). Nothing was sent.`,
      );
    });
  }

  it('is nothing where that program tells the number and the id of the dispatchd that was killed', async () => {
    const { daemon, impostor } = await impersonated('old');
    for (const [, act] of ACTIONS)
      await assert.rejects(act(clientOf(daemon)), says(/^Another program answers .*\. Nothing was sent\.$/));
    assert.deepEqual(impostor.told, []);
  });

  it('is nothing where a later process has the number that the file tells', async function () {
    if (process.platform !== 'linux') notRun(this, 'only Linux tells which process listens, without a tool');
    const { daemon, impostor } = await impersonated('PID', false);
    const file = join(daemon.stateDir, 'instance.json');
    // As if the dispatchd had had this number: only its birth differs.
    writeFileSync(file, JSON.stringify({ ...instanceOf(daemon.stateDir), pid: impostor.pid }));
    await assert.rejects(
      clientOf(daemon).extend('session-a'),
      says(/^Another program answers at .*Nothing was sent\.$/),
    );
    assert.deepEqual(impostor.told, []);
  });

  it('is nothing where the file of an earlier version tells only a start before that of the process', async () => {
    const { daemon, impostor } = await impersonated('PID', false);
    const { birth: _, ...earlier } = instanceOf(daemon.stateDir);
    const startedAt = new Date(Date.now() - 600_000).toISOString();
    const file = join(daemon.stateDir, 'instance.json');
    writeFileSync(file, JSON.stringify({ ...earlier, startedAt, pid: impostor.pid }));
    await assert.rejects(
      clientOf(daemon).extend('session-a'),
      says(/^Another program answers at .*Nothing was sent\.$/),
    );
    assert.deepEqual(impostor.told, []);
  });

  it('is nothing where the file tells a number alone: that may be another’s by now', async () => {
    const { daemon, impostor } = await impersonated('PID', false);
    const { birth: _, startedAt: __, ...numberOnly } = instanceOf(daemon.stateDir);
    const file = join(daemon.stateDir, 'instance.json');
    writeFileSync(file, JSON.stringify({ ...numberOnly, pid: impostor.pid }));
    await assert.rejects(
      clientOf(daemon).extend('session-a'),
      says(/^Another program answers at .*Nothing was sent\.$/),
    );
    assert.deepEqual(impostor.told, []);
  });

  it('goes to a dispatchd of an earlier version, whose file tells no birth', async () => {
    const daemon = await DaemonProcess.start();
    const { birth: _, ...earlier } = instanceOf(daemon.stateDir);
    writeFileSync(join(daemon.stateDir, 'instance.json'), JSON.stringify(earlier));
    const id = await clientOf(daemon).submit({ name: 'n', command: 'true' });
    await daemon.session(id, 'completed');
  });

  it('is nothing where nobody listens, and that is said', async () => {
    const daemon = await DaemonProcess.start();
    await daemon.stop('SIGKILL');
    await assert.rejects(
      clientOf(daemon).extend('session-a'),
      says(/^Nothing listens at http:\/\/127\.0\.0\.1:\d+\. Nothing was sent\.$/),
    );
  });

  it('is nothing to another machine, although a folder of this one is named', async () => {
    const daemon = await DaemonProcess.start();
    const client = new DispatchdClient(`http://192.0.2.1:${daemon.port}`, daemon.stateDir);
    await assert.rejects(client.extend('session-a'), says(/ is not on this machine\. Nothing was sent\.$/));
  });

  for (const [what, spoil] of [
    ['the folder', (dir: string) => chmodSync(dir, 0o777)],
    ['the token', (dir: string) => chmodSync(join(dir, 'token'), 0o666)],
    ['instance.json', (dir: string) => chmodSync(join(dir, 'instance.json'), 0o666)],
  ] as const) {
    it(`is nothing where others may change ${what}`, async function () {
      if (process.platform === 'win32') notRun(this, 'Windows tells neither owner nor mode');
      const daemon = await DaemonProcess.start();
      spoil(daemon.stateDir);
      await assert.rejects(
        clientOf(daemon).submit({ name: 'n', command: 'true' }),
        says(/^Other users may change .*\. Nothing was sent\.$/),
      );
      assert.deepEqual((await daemon.get('/api/tasks')).json().tasks, []);
    });
  }

  for (const name of ['.', 'token', 'instance.json']) {
    it(`is nothing where ${name} in the folder belongs to another user (chown)`, async function () {
      const why = whyNoOtherUser();
      if (why !== undefined) notRun(this, why);
      const daemon = await DaemonProcess.start();
      chownSync(join(daemon.stateDir, name), NOBODY, NOBODY);
      await assert.rejects(
        clientOf(daemon).submit({ name: 'n', command: 'true' }),
        says(/ belongs to user nobody\. Nothing was sent\.$/),
      );
      assert.deepEqual((await daemon.get('/api/tasks')).json().tasks, []);
    });
  }

  /** The sessions that polls see, one poll after the other. */
  async function polled(daemon: DaemonProcess, polls = 1) {
    const probe = createProbe({ kind: 'http', origin: `http://127.0.0.1:${daemon.port}` });
    scope.add(() => probe.close());
    const seen = [];
    for (let poll = 0; poll < polls; poll++) {
      const sample = await probe.ask();
      assert.ok(sample.ok, JSON.stringify(sample));
      seen.push(sample.report.sessions?.map(({ title, command }) => ({ title, command })));
    }
    return seen;
  }

  it('shows a poll the commands, from the first answer on, with the token over a proven connection', async () => {
    const daemon = await DaemonProcess.start();
    const id = await daemon.submit({ name: 'n', command: 'sleep 60' });
    await daemon.session(id, 'running');
    const whole = [{ title: 'n', command: 'sleep 60' }];
    assert.deepEqual(await polled(daemon, 3), [whole, whole, whole]);
    assert.equal((await daemon.get('/api/daemon/status')).json<{ sessions: object[] }>().sessions.length, 1);
    assert.ok(!(await daemon.get('/api/daemon/status')).text.includes('sleep 60'));
  });

  it('is no token in a poll of another program, also one that passes the challenge on to our dispatchd', async () => {
    const { daemon, impostor } = await impersonated('old');
    await polled(daemon, 2);
    assert.deepEqual(impostor.told, []);

    const real = await DaemonProcess.start();
    const heard: (string | undefined)[] = [];
    // It answers all that it is asked with the answers of the real one, and names itself in its file.
    const relay = createServer((request, response) => {
      heard.push(request.headers.authorization);
      void real.get(request.url!).then(({ status, text }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(text);
      });
    });
    await once(relay.listen(0, '127.0.0.1'), 'listening');
    scope.add(() => Promise.resolve(void relay.close()));
    const { port } = relay.address() as AddressInfo;
    const file = join(real.stateDir, 'instance.json');
    writeFileSync(file, JSON.stringify({ ...instanceOf(real.stateDir), port }));
    const probe = createProbe({ kind: 'http', origin: `http://127.0.0.1:${port}` });
    scope.add(() => probe.close());
    for (let poll = 0; poll < 2; poll++) assert.ok((await probe.ask()).ok);
    assert.ok(heard.length >= 3);
    assert.deepEqual(
      heard.filter((each) => each !== undefined),
      [],
    );
  });

  it('goes on polling where the dispatchd was started again at the same address, and shows the commands', async () => {
    const first = await DaemonProcess.start();
    const origin = `http://127.0.0.1:${first.port}`;
    const probe = createProbe({ kind: 'http', origin });
    scope.add(() => probe.close());
    assert.ok((await probe.ask()).ok);
    const id = await first.submit({ name: 'n', command: 'sleep 60' });
    await first.session(id, 'running');
    await first.stop('SIGKILL');
    await DaemonProcess.start(['--port', String(first.port)], first.stateDir);
    const sample = await probe.ask();
    assert.ok(sample.ok, JSON.stringify(sample));
    assert.deepEqual(
      sample.report.sessions?.map(({ command }) => command),
      ['sleep 60'],
    );
  });

  it('is nothing over another connection than the one that was proven', async () => {
    const heard: (string | undefined)[] = [];
    const sockets: Socket[] = [];
    const server = createServer((request, response) => {
      heard.push(request.headers.authorization);
      response.end('{}');
    });
    server.on('connection', (socket) => sockets.push(socket));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    scope.add(() => Promise.resolve(void server.close()));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = new DaemonClient(origin);
    scope.add(() => client.close());
    await client.get('/', 5_000);
    const pass = { token: 'secret', over: client.connection! };
    assert.equal(pass.over.address, origin.slice('http://'.length));
    await client.get('/', 5_000, pass);
    // It is cut while the next request is on its way: a client that connects again would send the token to anybody.
    sockets[0]!.destroy();
    const results = await Promise.allSettled([client.get('/', 5_000, pass), client.get('/', 5_000, pass)]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    await client.get('/', 5_000);
    await assert.rejects(client.get('/', 5_000, pass));
    assert.deepEqual(heard, [undefined, 'Bearer secret', undefined]);
  });

  it('needs a new token after a life that was killed, and after one that others could read', async () => {
    const stateDir = newStateDir();
    const tokens = [];
    for (const end of ['SIGTERM', 'SIGKILL', 'SIGTERM', 'read'] as const) {
      const daemon = await DaemonProcess.start([], stateDir);
      tokens.push(daemon.token);
      await clientOf(daemon).submit({ name: 'n', command: 'true' });
      await daemon.stop(end === 'read' ? 'SIGTERM' : end);
      if (end === 'read') chmodSync(join(stateDir, 'token'), 0o644);
    }
    const daemon = await DaemonProcess.start([], stateDir);
    const last = daemon.token;
    await daemon.stop('SIGTERM');
    const [first, afterTerm, afterKill, again] = tokens;
    if (process.platform !== 'win32') assert.equal(afterTerm, first, 'kept after a clean end');
    assert.notEqual(afterKill, afterTerm, 'new after a kill');
    if (process.platform !== 'win32') {
      assert.equal(again, afterKill);
      assert.notEqual(last, again, 'new where others could read it');
    }
  });
});
