import { at } from '../../support/target';
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startCommandFor } from '../../../src/restart/startCommand';
import { findListener, isAlive } from '../../../src/system/processTable';
import { AnsweringServer, healthyAnswer } from '../../support/answeringServer';
import { FakeSmithy } from '../../support/fakeSmithy';
import { freePort } from '../../support/freePort';
import { notRun } from '../../support/notRun';

const LAUNCHER = join(__dirname, '..', '..', '..', 'src', 'launcher', 'main.ts');
const DAEMON = join(__dirname, '..', '..', 'fixtures', 'daemons', 'daemon.mjs');

const NOT_FOUND =
  /The daemon could not be started: the command "no-such-daemon-anywhere" was not found on PATH\./;

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', LAUNCHER, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DAEMON_HEALTH_DISCOVERY_PORTS: '', ...env },
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
const running = new Set<ChildProcess>();

async function ended(launcher: ChildProcess): Promise<{ code: number; output: string }> {
  let output = '';
  launcher.stdout!.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(launcher, 'close')) as [number];
  return { code, output };
}

/** Ends what a test left running at this port. */
async function clear(port: number): Promise<void> {
  for (const child of running) child.kill('SIGKILL');
  const listener = await findListener(port);
  if (listener && listener.pid !== process.pid) process.kill(listener.pid, 'SIGKILL');
}

describe('a daemon launched in the background', function () {
  this.timeout(30_000);
  let folder: string;
  let port: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daemon health "launch" '));
    port = await freePort();
  });
  afterEach(async () => {
    await clear(port);
    rmSync(folder, { recursive: true, force: true });
  });

  function launch(timeoutMs: number, ...command: string[]): ChildProcess {
    const log = join(folder, 'daemon.log');
    return run([
      '--url',
      `http://127.0.0.1:${port}`,
      '--log',
      log,
      '--timeout-ms',
      `${timeoutMs}`,
      ...command,
    ]);
  }

  it('outlives its launcher, which shows its log until it is healthy', async () => {
    const { code, output } = await ended(
      launch(20_000, '--', process.execPath, DAEMON, '--port', String(port)),
    );
    assert.equal(code, 0, output);
    assert.match(output, /listening/);
    assert.match(output, /runs in the background/);
    const listener = await findListener(port);
    assert.ok(listener && (await isAlive(listener.pid)));
  });

  it('is started by a shell line with quotes and spaces in its folder', async () => {
    const line = `"${process.execPath}" "${DAEMON}" --port ${port}`;
    const { code, output } = await ended(launch(20_000, '--shell', '/bin/sh', '--', line));
    assert.equal(code, 0, output);
  });

  it('that ends at once fails the launcher, with its output and exit code', async () => {
    const { code, output } = await ended(
      launch(20_000, '--', process.execPath, '-e', 'console.log("no database"); process.exit(4)'),
    );
    assert.equal(code, 1);
    assert.match(output, /no database/);
    assert.match(output, /ended with exit code 4/);
  });

  it('that does not exist fails the launcher', async () => {
    const { code, output } = await ended(launch(20_000, '--', 'no-such-daemon-anywhere'));
    assert.equal(code, 1);
    assert.match(output, NOT_FOUND);
    assert.match(readFileSync(join(folder, 'daemon.log'), 'utf8'), NOT_FOUND);
  });

  it('by a shell that does not find it fails the launcher in the same words', async () => {
    const { code, output } = await ended(
      launch(20_000, '--shell', '/bin/sh', '--', 'no-such-daemon-anywhere -v'),
    );
    assert.equal(code, 1);
    assert.match(output, NOT_FOUND);
  });

  it('that ends at once leaves why in its log, with the last line that it printed', async () => {
    await ended(
      launch(20_000, '--', process.execPath, '-e', 'console.error("no database"); process.exit(7)'),
    );
    const log = readFileSync(join(folder, 'daemon.log'), 'utf8');
    assert.match(log, /The daemon could not be started: node ended with exit code 7: no database\.\n$/);
  });

  it('that never completes a cycle is left running and reported', async () => {
    const { code, output } = await ended(
      launch(2_000, '--', process.execPath, DAEMON, '--port', String(port), '--never-polls'),
    );
    assert.equal(code, 1);
    assert.match(output, /not proven to work: no poll cycle has completed yet\. The daemon was left running/);
    assert.ok(await findListener(port));
  });

  it('keeps its log in a file, and the one before it', async () => {
    for (const word of ['first', 'second']) {
      await ended(launch(20_000, '--', process.execPath, '-e', `console.log("${word}"); process.exit(1)`));
    }
    assert.match(readFileSync(join(folder, 'daemon.log'), 'utf8'), /second/);
    assert.match(readFileSync(join(folder, 'daemon.log.1'), 'utf8'), /first/);
  });
});

describe('what proves a start in the background', function () {
  this.timeout(30_000);
  let folder: string;
  let port: number;
  let other: AnsweringServer;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-proof-'));
    port = await freePort();
    other = await AnsweringServer.start(healthyAnswer);
  });
  afterEach(async () => {
    await clear(port);
    await other.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A daemon whose every answer is this code's: `q` the request, `s` the response. */
  const answering = (code: string) => [
    process.execPath,
    '-e',
    `require('http').createServer((q, s) => { ${code} }).listen(${port}, '127.0.0.1', () => console.log('listening'))`,
  ];
  const saying = (status: object) =>
    answering(
      `s.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(${JSON.stringify(status)}))`,
    );
  const launch = (command: readonly string[], timeoutMs = 2_500, env = {}) => {
    const log = join(folder, 'log');
    const url = `http://127.0.0.1:${port}`;
    return ended(run(['--url', url, '--log', log, '--timeout-ms', String(timeoutMs), '--', ...command], env));
  };

  const MINUTE_MS = 60_000;
  const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
  const cycleOf = (ms: number, pollStale?: boolean) => ({
    computedAt: ago(0),
    lastPollStartedAt: ago(ms + 10),
    lastPollCompletedAt: ago(ms),
    ...(pollStale !== undefined && { pollStale }),
  });

  for (const [what, status, reason] of [
    [
      'says pollStale',
      { health: cycleOf(10 * MINUTE_MS, true) },
      /not proven to work: the poll loop hangs \(the daemon itself says so\)\./,
    ],
    [
      'has completed its last cycle long ago',
      { health: cycleOf(10 * MINUTE_MS) },
      /not proven to work: the poll loop hangs \(the last completed poll cycle is older than 1 min\)\./,
    ],
    [
      'has a cycle in flight',
      { health: { computedAt: ago(0), lastPollStartedAt: ago(1), pollStale: false } },
      /not proven to work: no poll cycle has completed yet\./,
    ],
    [
      'is not available',
      { available: false, reason: 'no git repository', health: cycleOf(1) },
      /not proven to work: no git repository\./,
    ],
    [
      'has a stopped loop',
      { isRunning: false, health: cycleOf(1) },
      /not proven to work: the poll loop is stopped\./,
    ],
  ] as const) {
    it(`is no answer of a daemon that ${what}`, async () => {
      const { code, output } = await launch(saying({ isRunning: true, ...status }));
      assert.equal(code, 1, output);
      assert.match(output, reason);
      assert.match(output, /The daemon was left running/);
      assert.match(readFileSync(join(folder, 'log'), 'utf8'), reason);
    });
  }

  it('is nothing that a daemon says which tells of no cycles: the launcher says so', async () => {
    const { code, output } = await launch(saying({ isRunning: true }));
    assert.equal(code, 0, output);
    assert.match(
      output,
      /started\. Whether the daemon works cannot be proven: this version does not report its poll cycles/,
    );
  });

  it('is no answer of another that it redirects to', async () => {
    const { code, output } = await launch(
      answering(`s.writeHead(302, { location: '${other.url}' + q.url }).end()`),
    );
    assert.equal(code, 1, output);
    assert.match(
      output,
      /not proven to work: HTTP 302: the answer redirects to http:.*; a daemon does not\./,
    );
  });

  it('is no answer without an end, of which little is read', async () => {
    const endless = `s.writeHead(200, { 'content-type': 'application/json' });
      const more = () => { while (s.write(' '.repeat(65536))); }; s.on('drain', more); more();`;
    const { code, output } = await launch(answering(endless));
    assert.equal(code, 1, output);
    assert.match(output, /not proven to work: the answer is larger than 4 MiB\./);
  });

  it('is asked for without the proxy of the environment', async function () {
    // Older versions of Node do not look for one in the environment.
    if (Number(process.versions.node.split('.')[0]) < 24)
      notRun(this, 'Node 24 is the first to look for a proxy there');
    const proxy = {
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: 'http://127.0.0.1:9',
      http_proxy: 'http://127.0.0.1:9',
    };
    const { code, output } = await launch([process.execPath, DAEMON, '--port', String(port)], 20_000, proxy);
    assert.equal(code, 0, output);
  });

  it('is asked for on a port that browsers refuse', async function () {
    port = 10_080;
    if (await findListener(port)) notRun(this, `another program listens on port ${port}`);
    const { code, output } = await launch([process.execPath, DAEMON, '--port', String(port)], 20_000);
    assert.equal(code, 0, output);
  });
});

describe('a daemon launched in its terminal', function () {
  this.timeout(30_000);
  let port: number;

  beforeEach(async () => (port = await freePort()));
  afterEach(() => clear(port));

  const launch = (...command: string[]) => run(['--url', `http://127.0.0.1:${port}`, ...command]);
  const daemon = () => [process.execPath, DAEMON, '--port', String(port)];

  it('gives it its exit code', async () => {
    assert.equal((await ended(launch('--', process.execPath, '-e', 'process.exit(7)'))).code, 7);
  });

  it('says so when it does not exist', async () => {
    const { code, output } = await ended(launch('--', 'no-such-daemon-anywhere'));
    assert.equal(code, 1);
    assert.match(output, NOT_FOUND);
  });

  for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
    for (const shell of [false, true]) {
      it(`ends with it on ${signal}${shell ? ', whatever its shell runs' : ''}`, async () => {
        // Two commands, so that the shell stays instead of becoming the first of them.
        const line = `${daemon()
          .map((word) => `"${word}"`)
          .join(' ')}; echo over`;
        const launcher = shell ? launch('--shell', '/bin/sh', '--', line) : launch('--', ...daemon());
        const end = ended(launcher);
        const [first] = (await once(launcher.stdout!, 'data')) as [Buffer];
        assert.match(String(first), /listening/);
        launcher.kill(signal);
        const { code } = await end;
        assert.ok(shell || code === 128 + (signal === 'SIGHUP' ? 1 : 15), String(code));
        assert.equal(await findListener(port), undefined);
      });
    }
  }
});

describe('the environment of a launched daemon', function () {
  this.timeout(30_000);
  let folder: string;
  let port: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-env-'));
    port = await freePort();
  });
  afterEach(async () => {
    await clear(port);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Prints its environment and ends. */
  const PRINTS = 'console.log("ENV" + JSON.stringify(process.env)); process.exit(3)';

  async function environmentOf(
    how: 'in the background' | 'in a terminal' | 'by a shell',
    env: Readonly<Record<string, string>>,
  ): Promise<NodeJS.ProcessEnv> {
    const log = join(folder, 'log');
    const { output } = await ended(
      run(
        [
          ...['--url', `http://127.0.0.1:${port}`],
          ...(how === 'in the background' ? ['--log', log, '--timeout-ms', '20000'] : []),
          ...(how === 'by a shell' ? ['--shell', '/bin/sh', '--'] : ['--']),
          ...(how === 'by a shell' ? [`node -e '${PRINTS}'; exit 3`] : ['node', '-e', PRINTS]),
        ],
        env,
      ),
    );
    const [, text] = /^ENV(.*)$/m.exec(output) ?? [];
    assert.ok(text, output);
    return JSON.parse(text) as NodeJS.ProcessEnv;
  }

  /** What js-debug has each Node program load: it must be there, since the launcher is one. */
  function bootloader(): string {
    const file = join(folder, 'ms-vscode.js-debug', 'bootloader.js');
    mkdirSync(dirname(file));
    writeFileSync(file, '');
    return file;
  }

  for (const how of ['in the background', 'in a terminal', 'by a shell'] as const) {
    it(`has nothing of the window, of a debugger and of an agent's shell: ${how}`, async () => {
      const window = {
        CLAUDECODE: '1',
        CLAUDE_CODE_ENTRYPOINT: 'cli',
        VSCODE_GIT_IPC_HANDLE: '/tmp/vscode-git.sock',
        VSCODE_INSPECTOR_OPTIONS: '{}',
        GIT_ASKPASS: '/opt/code/resources/app/extensions/git/dist/askpass.sh',
        ELECTRON_RUN_AS_NODE: '1',
        TERM_PROGRAM: 'vscode',
        NODE_OPTIONS: `--no-deprecation --require ${bootloader()}`,
      };
      const { NODE_OPTIONS, ...env } = await environmentOf(how, {
        ...window,
        MINE: 'x',
        DAEMON_HEALTH_START: 'm',
      });
      for (const name of Object.keys(window)) assert.equal(env[name], undefined, name);
      assert.equal(NODE_OPTIONS, '--no-deprecation');
      assert.equal(env.MINE, 'x');
      assert.equal(env.DAEMON_HEALTH_START, 'm');
      assert.equal(env.PATH, process.env.PATH);
    });
  }

  it('has what restart.env sets', async () => {
    const set = { CLAUDECODE: 'mine', GIT_ASKPASS: '/my/askpass' };
    const command = await startCommandFor(
      {
        ...{
          name: 'd',
          ...at(`http://127.0.0.1:${port}`),
          pollIntervalMs: 5_000,
          configured: true,
        },
        restart: { command: 'node', args: ['-e', PRINTS], mode: 'background', env: set },
      },
      undefined,
      {
        ...{
          dispatchdPath: '',
          nodePath: process.execPath,
          workspaceFolder: undefined,
          platform: process.platform,
        },
        ...{ shell: '/bin/sh', launcherPath: LAUNCHER, logFile: join(folder, 'log') },
      },
    );
    assert.ok('kind' in command);
    const env = await environmentOf('in the background', { ...command.env, VSCODE_PID: '1' });
    assert.deepEqual({ CLAUDECODE: env.CLAUDECODE, GIT_ASKPASS: env.GIT_ASKPASS }, set);
    assert.equal(env.VSCODE_PID, undefined);
  });

  it('has the word that makes a program of Electron run as Node only where the daemon is one', async () => {
    const log = join(folder, 'log');
    const { output } = await ended(
      run(
        [
          '--url',
          `http://127.0.0.1:${port}`,
          '--log',
          log,
          '--timeout-ms',
          '20000',
          '--',
          process.execPath,
          '-e',
          PRINTS,
        ],
        { ELECTRON_RUN_AS_NODE: '1' },
      ),
    );
    assert.match(output, /"ELECTRON_RUN_AS_NODE":"1"/);
  });
});

describe('a daemon that is there already', function () {
  this.timeout(30_000);
  let folder: string;
  let port: number;
  let daemon: ChildProcess;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-there-'));
    port = await freePort();
    daemon = spawn(process.execPath, [DAEMON, '--port', String(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(daemon.stdout!, 'data');
  });
  afterEach(() => {
    daemon.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const started = () => join(folder, 'started');
  const touch = () => [
    process.execPath,
    '-e',
    `require('fs').writeFileSync(${JSON.stringify(started())}, '')`,
  ];

  for (const background of [true, false]) {
    it(`is not started a second time ${background ? 'in the background' : 'in a terminal'}, and named`, async () => {
      const log = background ? ['--log', join(folder, 'log'), '--timeout-ms', '5000'] : [];
      const { code, output } = await ended(
        run(['--url', `http://127.0.0.1:${port}`, ...log, '--', ...touch()]),
      );
      assert.equal(code, 1);
      assert.match(
        output,
        new RegExp(
          `Process ${daemon.pid} \\(.*daemon\\.mjs.*\\) already listens at http://127.0.0.1:${port}`,
        ),
      );
      assert.match(output, /Nothing was started; "restart" ends the old process first\./);
      assert.equal(existsSync(started()), false);
      assert.equal((await findListener(port))?.pid, daemon.pid);
    });
  }

  it('is no other to which what listens there redirects', async () => {
    const smithy = await FakeSmithy.start(folder);
    const redirect = await AnsweringServer.start((response) =>
      response.writeHead(302, { location: `${smithy.url}/api/health` }).end(),
    );
    const { code, output } = await ended(
      run(
        [
          '--url',
          `http://127.0.0.1:${await freePort()}`,
          '--only-one',
          'smithy',
          '--in',
          folder,
          '--',
          ...touch(),
        ],
        {
          DAEMON_HEALTH_DISCOVERY_PORTS: new URL(redirect.url).port,
        },
      ),
    );
    await smithy.stop();
    await redirect.stop();
    assert.equal(code, 0, output);
    assert.equal(existsSync(started()), true);
  });

  it('on another port is not started a second time on one database', async () => {
    const smithy = await FakeSmithy.start(folder);
    const free = await freePort();
    const start = (of: string) =>
      ended(
        run(['--url', `http://127.0.0.1:${free}`, '--only-one', 'smithy', '--in', of, '--', ...touch()], {
          DAEMON_HEALTH_DISCOVERY_PORTS: `${port},${smithy.port}`,
        }),
      );
    const refused = await start(folder);
    assert.equal(refused.code, 1);
    assert.match(refused.output, new RegExp(`already answers at http://localhost:${smithy.port}`));
    assert.match(refused.output, /Nothing was started: two would dispatch the same tasks/);
    assert.equal(existsSync(started()), false);
    assert.equal((await start(join(folder, 'other'))).code, 0, 'for another folder it is');
    await smithy.stop();
  });
});
