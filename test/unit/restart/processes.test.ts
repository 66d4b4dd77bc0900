import assert from 'node:assert/strict';
import { findListener, type RunTool } from '../../../src/restart/processes';
import { isRestartLoop, type RestartRecord } from '../../../src/restart/records';
import { startCommandFor, type StartContext } from '../../../src/restart/startCommand';
import type { DaemonConfig } from '../../../src/daemons/config';

/** System tools that print what was recorded, by the tool's name. */
function tools(outputs: Readonly<Record<string, string>>): RunTool {
  return (command) => Promise.resolve(outputs[command] ?? '');
}

describe('the process that holds a port', () => {
  const uid = process.getuid?.() ?? 0;

  it('is found on macOS by lsof and described by ps', async () => {
    const run = tools({
      lsof: 'p4711\nf23\n',
      ps: `  ${uid} /opt/homebrew/bin/node /Users/dev/bin/sf serve smithy --no-open\n`,
    });
    assert.deepEqual(await findListener(3457, 'darwin', run), {
      pid: 4711,
      commandLine: '/opt/homebrew/bin/node /Users/dev/bin/sf serve smithy --no-open',
      isOurs: true,
    });
  });

  it('is somebody else’s on macOS where ps says another user', async () => {
    const run = tools({ lsof: 'p4711\n', ps: `${uid + 1} /usr/bin/daemon` });
    assert.equal((await findListener(3457, 'darwin', run))?.isOurs, false);
  });

  it('is found on Windows by netstat, whatever its language, and described by PowerShell', async () => {
    const user = process.env.USERNAME;
    process.env.USERNAME = 'Dev';
    try {
      const run = tools({
        netstat: [
          'Aktive Verbindungen',
          '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
          '  TCP    127.0.0.1:34570        0.0.0.0:0              ABHÖREN          1',
          '  TCP    127.0.0.1:3457         127.0.0.1:50123        HERGESTELLT      2',
          '  TCP    127.0.0.1:3457         0.0.0.0:0              ABHÖREN          4711',
        ].join('\r\n'),
        powershell: 'dev\r\n"C:\\Program Files\\nodejs\\node.exe" sf serve smithy\r\n',
      });
      const found = await findListener(3457, 'win32', run);
      assert.equal(found?.pid, 4711);
      assert.equal(found?.isOurs, true);
      assert.match(found?.commandLine ?? '', /node\.exe" sf serve smithy/);
    } finally {
      if (user === undefined) delete process.env.USERNAME;
      else process.env.USERNAME = user;
    }
  });

  for (const platform of ['darwin', 'win32'] as const) {
    it(`is nobody where the tools of ${platform} say nothing`, async () => {
      assert.equal(await findListener(3457, platform, tools({})), undefined);
    });
  }
});

describe('a restart loop', () => {
  const nowAt = 10_000_000;
  const minutesAgo = (minutes: number, kind: RestartRecord['kind'] = 'cured'): RestartRecord => ({
    at: nowAt - minutes * 60_000,
    why: 'wedged',
    kind,
    text: '',
  });
  const cases: [string, RestartRecord[], boolean][] = [
    ['is not one restart, nor two', [minutesAgo(1), minutesAgo(2)], false],
    ['is three in 15 min', [minutesAgo(1), minutesAgo(7), minutesAgo(14)], true],
    ['is not three over a longer time', [minutesAgo(1), minutesAgo(7), minutesAgo(15)], false],
    ['does not count cancelled ones', [minutesAgo(1), minutesAgo(2), minutesAgo(3, 'cancelled')], false],
  ];
  for (const [what, records, expected] of cases) {
    it(what, () => assert.equal(isRestartLoop(records, nowAt), expected));
  }
});

describe('how a daemon is started', () => {
  const context: StartContext = {
    dispatchdPath: '/ext/dispatchd.js',
    launcherPath: '/ext/launcher.js',
    logFile: '/logs/x.log',
    nodePath: '/node',
    workspaceFolder: '/project',
    platform: 'linux',
  };
  const daemon = (changes: Partial<DaemonConfig>): DaemonConfig => ({
    name: 'x',
    origin: 'http://127.0.0.1:3470',
    port: 3470,
    pollIntervalMs: 5_000,
    configured: true,
    ...changes,
  });
  const report = (path: string) => ({
    kind: 'smithy' as const,
    isRunning: true,
    malformed: [],
    database: { path, realPath: path },
  });
  const args = (command: ReturnType<typeof startCommandFor>) =>
    typeof command === 'object' && command.kind === 'process' ? command.args : [];

  it('is with the flags it had, on the port that is watched, in the background', () => {
    const command = startCommandFor(daemon({ kind: 'dispatchd' }), undefined, {
      ...context,
      lastArgs: ['--port', '9', '--state-dir', '/a b', '--chaos'],
    });
    assert.deepEqual(args(command).slice(args(command).indexOf('--') + 1), [
      '/node',
      '/ext/dispatchd.js',
      '--port',
      '3470',
      '--state-dir',
      '/a b',
      '--chaos',
    ]);
  });

  it('is in the folder of its database for a smithy', () => {
    const command = startCommandFor(
      daemon({ kind: 'smithy', port: 3457 }),
      report('/home/dev/other/.stoneforge/stoneforge.db'),
      context,
    );
    assert.equal(typeof command === 'object' && command.cwd, '/home/dev/other');
    assert.deepEqual(args(command).slice(-4), ['sf', 'serve', 'smithy', '--no-open']);
  });

  it('is the user’s own command as it stands, in the terminal', () => {
    assert.deepEqual(
      startCommandFor(daemon({ restart: { command: 'run me', args: ['a b', '"'] } }), undefined, context),
      { cwd: '/project', kind: 'process', command: 'run me', args: ['a b', '"'] },
    );
  });

  it('is a shell line where the user wrote one', () => {
    assert.deepEqual(startCommandFor(daemon({ restart: { command: 'make daemon' } }), undefined, context), {
      cwd: '/project',
      kind: 'shell',
      line: 'make daemon',
    });
  });

  it('is not known for something that is of no known kind', () => {
    const command = startCommandFor(daemon({}), undefined, context);
    assert.ok(typeof command === 'string' && command.includes('Set "restart" for it'));
  });
});
