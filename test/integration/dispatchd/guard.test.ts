import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { ATTACKS } from '../../support/dispatchd/attacks';
import {
  type Answer,
  DaemonProcess,
  dispatchdFile,
  stopDaemons,
} from '../../support/dispatchd/daemonProcess';

describe('dispatchd ingress', function () {
  this.timeout(30_000);
  let daemon: DaemonProcess;
  before(async () => {
    await dispatchdFile();
    daemon = await DaemonProcess.start(['--chaos', '--workers', '0']);
  });
  after(stopDaemons);

  const task = { name: 'n', command: 'c' };
  const code = (answer: Answer) => answer.json<{ error: { code: string } }>().error.code;

  const actionsOn = (id: string) => [
    ...['extend', 'cancel', 'run'].map((action) => `/api/sessions/${id}/${action}`),
    ...['run', 'dismiss'].map((action) => `/api/recovery/${id}/${action}`),
  ];

  for (const [title, token] of [
    ['no token', false],
    ['a wrong token', 'wrong'],
    ['an empty token', ''],
    ['a token that is not ASCII', 'tök\u00e9n'],
    ['a token of right length', '0'.repeat(64)],
  ] as const) {
    it(`answers 401 to ${title}, on every changing route`, async () => {
      const paths = [
        '/api/tasks',
        '/api/chaos/hang',
        '/api/chaos/release',
        '/api/nothing',
        '/api/daemon/shutdown',
      ];
      for (const path of [...paths, ...actionsOn('none')]) {
        const answer = await daemon.request('POST', path, { token, body: task });
        assert.equal(answer.status, 401, path);
        assert.equal(code(answer), 'UNAUTHORIZED');
      }
      const output = await daemon.request('GET', '/api/sessions/none/output', { token });
      assert.equal(output.status, 401, 'what a command printed may hold secrets');
    });
  }

  it('takes the scheme in any case', async () => {
    const headers = { authorization: `bearer ${daemon.token}` };
    assert.equal(
      (await daemon.request('POST', '/api/tasks', { token: false, body: task, headers })).status,
      201,
    );
  });

  for (const [host, allowed] of [
    ['127.0.0.1:PORT', true],
    ['localhost:PORT', true],
    ['LOCALHOST:PORT', true],
    ['[::1]:PORT', true],
    ['127.0.0.1', false],
    ['127.0.0.1:1', false],
    ['evil.example:PORT', false],
    ['localhost.evil.example:PORT', false],
  ] as const) {
    it(`${allowed ? 'answers' : 'refuses'} Host "${host}"`, async () => {
      const headers = { host: host.replace('PORT', String(daemon.port)) };
      const { status } = await daemon.request('GET', '/api/daemon/status', { headers });
      assert.equal(status, allowed ? 200 : 403);
    });
  }

  for (const [origin, allowed] of [
    ['http://127.0.0.1:PORT', true],
    ['http://localhost:PORT', true],
    ['https://localhost:PORT', false],
    ['http://localhost:1', false],
    ['http://evil.example', false],
    ['vscode-webview://abc', false],
    ['null', false],
    ['', false],
  ] as const) {
    it(`${allowed ? 'answers' : 'refuses'} Origin "${origin}"`, async () => {
      const headers = { origin: origin.replace('PORT', String(daemon.port)) };
      const { status } = await daemon.request('GET', '/api/daemon/status', { headers });
      assert.equal(status, allowed ? 200 : 403);
    });
  }

  for (const [title, rawBody, expected] of [
    ['no body', '', 'INVALID_JSON'],
    ['broken JSON', '{"name":', 'INVALID_JSON'],
    ['an array', '[]', 'INVALID_INPUT'],
    ['null', 'null', 'INVALID_INPUT'],
    ['no command', '{"name":"x"}', 'INVALID_INPUT'],
    ['an empty name', '{"name":" ","command":"x"}', 'INVALID_INPUT'],
    ['a number as command', '{"name":"x","command":1}', 'INVALID_INPUT'],
    ['a NUL in the command', '{"name":"x","command":"a\\u0000b"}', 'INVALID_INPUT'],
    ['a line break in the name', '{"name":"x\\ny","command":"a"}', 'INVALID_INPUT'],
    ['args that are no texts', '{"name":"x","command":"a","args":[1]}', 'INVALID_INPUT'],
    ['a negative timeout', '{"name":"x","command":"a","timeoutMs":-1}', 'INVALID_INPUT'],
    ['a fractional timeout', '{"name":"x","command":"a","timeoutMs":1.5}', 'INVALID_INPUT'],
    ['a timeout beyond every timer', '{"name":"x","command":"a","timeoutMs":1e12}', 'INVALID_INPUT'],
    [
      'a cap under the timeout',
      '{"name":"x","command":"a","timeoutMs":5000,"maxTotalMs":10}',
      'INVALID_INPUT',
    ],
    ['an unknown kind', '{"name":"x","command":"a","kind":"odd"}', 'INVALID_INPUT'],
    ['a folder that does not exist', '{"name":"x","command":"a","cwd":"/no/such/folder"}', 'INVALID_INPUT'],
    [
      'a command line of 4,001 characters',
      JSON.stringify({ name: 'x', command: 'a'.repeat(4001) }),
      'INVALID_INPUT',
    ],
    [
      'a prompt of 4,001 characters',
      JSON.stringify({ name: 'x', command: 'a', prompt: 'p'.repeat(4001) }),
      'INVALID_INPUT',
    ],
    [
      'long args',
      JSON.stringify({ name: 'x', command: 'a', args: Array(3).fill('b'.repeat(2000)) }),
      'INVALID_INPUT',
    ],
  ] as const) {
    it(`answers 400 to ${title}`, async () => {
      const answer = await daemon.request('POST', '/api/tasks', { rawBody });
      assert.equal(answer.status, 400);
      assert.equal(code(answer), expected);
    });
  }

  it('accepts fields that it does not know, and names them', async () => {
    const more = { command: 'make', name: 'x', tiemoutMs: 5 };
    const answer = await daemon.request('POST', '/api/tasks', { body: more });
    assert.deepEqual([answer.status, answer.json().ignored], [201, ['tiemoutMs']]);
    const known = await daemon.request('POST', '/api/tasks', { body: task });
    assert.ok(!('ignored' in known.json()));
  });

  it('answers 413 to a huge body, announced or chunked', async () => {
    const rawBody = JSON.stringify({ ...task, prompt: 'x'.repeat(300_000) });
    for (const headers of [{ 'content-length': rawBody.length }, { 'transfer-encoding': 'chunked' }]) {
      const answer = await daemon.request('POST', '/api/tasks', { rawBody, headers });
      assert.equal(answer.status, 413);
      assert.equal(code(answer), 'PAYLOAD_TOO_LARGE');
    }
  });

  for (const [method, path, allow, says] of [
    ['DELETE', '/api/tasks', 'GET, POST', '/api/tasks takes GET and POST, not DELETE'],
    ['GET', '/api/daemon/shutdown', 'POST', '/api/daemon/shutdown takes POST, not GET'],
    ['PUT', '/api/sessions/none', 'GET', '/api/sessions/none takes GET, not PUT'],
  ] as const) {
    it(`answers 405 to ${method} ${path}, and names what the route takes`, async () => {
      const answer = await daemon.request(method, path, { token: daemon.token });
      const { message } = answer.json<{ error: { message: string } }>().error;
      assert.deepEqual([answer.status, code(answer)], [405, 'METHOD_NOT_ALLOWED']);
      assert.deepEqual([answer.headers['allow'], message], [allow, says]);
    });
  }

  it('answers 404 in JSON to unknown routes', async () => {
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/api/none'],
      ['GET', '/api/sessions/../../etc/passwd'],
      ['DELETE', '/api/none'],
    ] as const) {
      const answer = await daemon.request(method, path, { token: daemon.token });
      assert.equal(answer.status, 404, path);
      assert.equal(code(answer), 'NOT_FOUND');
    }
  });

  it('answers 404 to what is asked of a session that it does not know', async () => {
    for (const id of ['none', '__proto__', '..%2f..%2ftoken', encodeURIComponent('a b\n')]) {
      for (const path of actionsOn(id)) {
        const answer = await daemon.post(path, {});
        assert.deepEqual([answer.status, code(answer)], [404, 'NOT_FOUND'], path);
      }
      for (const path of [`/api/sessions/${id}`, `/api/tasks/${id}`, `/api/sessions/${id}/output`]) {
        const answer = await daemon.request('GET', path, { token: daemon.token });
        assert.deepEqual([answer.status, code(answer)], [404, 'NOT_FOUND'], path);
      }
    }
  });

  it('tells that it lives to anybody on this machine, in the shape of smithy', async () => {
    const { timestamp, ...rest } = (await daemon.get('/api/health')).json();
    assert.ok(Math.abs(Date.now() - Date.parse(String(timestamp))) < 60_000);
    const { id, pid } = (await daemon.status()).instance;
    assert.deepEqual(rest, {
      status: 'ok',
      services: { dispatchDaemon: 'running' },
      instance: { id, pid, workspace: process.cwd(), stateDir: daemon.stateDir },
    });
    const head = await daemon.request('HEAD', '/api/health', { token: false });
    assert.deepEqual([head.status, head.text], [200, '']);
  });

  /** The answer to bytes as they stand; the port is filled in. */
  const raw = (bytes: string) =>
    new Promise<string>((resolve, reject) => {
      const text = bytes.replaceAll('PORT', String(daemon.port)).replaceAll('TOKEN', daemon.token);
      const socket = connect(daemon.port, '127.0.0.1', () => socket.end(text));
      let answer = '';
      socket.setTimeout(15_000, () => socket.destroy());
      socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
      socket.on('close', () => resolve(answer));
      socket.on('error', reject);
    });

  for (const [title, bytes, status] of ATTACKS) {
    it(`answers ${status || 'nothing'} to ${title}`, async () => {
      const before = (await daemon.get('/api/tasks')).json<{ tasks: unknown[] }>().tasks.length;
      const answer = await raw(bytes);
      assert.equal(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0), status, answer.slice(0, 400));
      assert.ok(!answer.includes(daemon.token));
      assert.ok(!/\bat \S+ \(|node_modules|\.js:\d/.test(answer), `a stack: ${answer}`);
      assert.equal((await daemon.get('/api/tasks')).json<{ tasks: unknown[] }>().tasks.length, before);
    });
  }

  it('tells browsers with every answer that no other site may read, frame or keep the answer', async () => {
    const answers = [
      await daemon.get('/api/health'),
      await daemon.get('/api/none'),
      await daemon.request('POST', '/api/tasks', { token: false }),
      await daemon.request('GET', '/api/health', { headers: { origin: 'http://evil.example' } }),
      await daemon.request('GET', '/api/sessions/none/output', { token: daemon.token }),
    ];
    for (const { headers } of answers) {
      const {
        'cross-origin-resource-policy': corp,
        'x-frame-options': frame,
        'cache-control': cache,
      } = headers;
      assert.deepEqual([corp, frame, cache], ['same-origin', 'DENY', 'no-store']);
      assert.equal(headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.ok(!Object.keys(headers).some((name) => name.startsWith('access-control-')));
    }
  });

  it('survives nonsense on the wire', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(daemon.port, '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    assert.match(answer, /^HTTP\/1\.1 400/);
    assert.equal((await daemon.get('/api/health')).status, 200);
  });

  it('cuts off a client that never finishes its request, and goes on answering others meanwhile', async () => {
    const slow = connect(daemon.port, '127.0.0.1', () => slow.write('GET /api/health HTTP/1.1\r\nHost: x'));
    const closed = new Promise<void>((resolve) => slow.on('close', () => resolve()));
    slow.on('error', () => {});
    slow.resume();
    assert.equal((await daemon.get('/api/health')).status, 200);
    await closed;
  });
});
