import { START_CONTEXT } from '../../support/startContext';
import { at } from '../../support/target';
import assert from 'node:assert/strict';
import { isNode } from '../../../src/diagnostics/inspectNode';
import { findListeners, processTable, type RunTool } from '../../../src/system/processTable';
import { forwarderIn } from '../../../src/system/programs';
import { isRestartLoop } from '../../../src/store/restartRecords';
import { type RestartRecord } from '../../../src/model/restartRecord';
import { startCommandFor } from '../../../src/restart/startCommand';
import type { DaemonConfig } from '../../../src/model/daemonConfig';
import { reportWith } from '../health/support';

/** System tools that print what was recorded, by the beginning of their command line. */
function tools(outputs: Readonly<Record<string, string>>): RunTool {
  return (command, args) => {
    const line = [command, ...args].join(' ');
    return Promise.resolve(outputs[Object.keys(outputs).find((begin) => line.startsWith(begin)) ?? ''] ?? '');
  };
}

describe('the process that holds a port', () => {
  const uid = process.getuid?.() ?? 0;
  const onMac = (host: string, outputs: Readonly<Record<string, string>>) =>
    findListeners(3457, host, { platform: 'darwin', run: tools(outputs) });
  const onWindows = (host: string, outputs: Readonly<Record<string, string>>) =>
    findListeners(3457, host, { platform: 'win32', run: tools(outputs) });

  it('is found on macOS by lsof and described by ps', async () => {
    const [found, ...others] = await onMac('localhost', {
      lsof: 'p4711\nf23\nn127.0.0.1:3457\nf24\nn[::1]:3457\n',
      'ps -o uid=': `  ${uid} Sat Mar  1 10:00:00 2025     /opt/homebrew/bin/node /Users/dev/bin/sf serve smithy --no-open\n`,
      'ps -o comm=': '/opt/homebrew/bin/node\n',
    });
    const { startedAtMs, ...rest } = found!;
    assert.deepEqual(others, []);
    assert.deepEqual(rest, {
      pid: 4711,
      name: 'node',
      commandLine: '/opt/homebrew/bin/node /Users/dev/bin/sf serve smithy --no-open',
      isOurs: true,
      uid,
    });
    assert.equal(startedAtMs, Date.parse('2025-03-01T10:00:00Z'));
  });

  it('is told by its other name on macOS, and as the bundled daemon in an editor’s runtime', async () => {
    const about = async (line: string, program: string) => {
      const [found] = await onMac('127.0.0.1', {
        lsof: 'p4711\nf3\nn*:3457\n',
        'ps -o uid=': `${uid} Sat Mar  1 10:00:00 2025 ${line}\n`,
        'ps -o comm=': `${program}\n`,
      });
      return found!;
    };
    assert.deepEqual((await about('nc -l 3457', '/bin/busybox')).otherNames, ['nc']);
    const helper = '/Applications/Visual Studio Code.app/Contents/MacOS/Code Helper (Plugin)';
    const extension = '/Users/dev/.vscode/extensions/x.daemon-health-0.1.0/dist';
    const bundled = await about(`${helper} ${extension}/dispatchd.js --port 3457`, helper);
    assert.equal(bundled.runsBundled, true);
    assert.equal(forwarderIn(bundled), undefined);
    const itself = await about(`${helper} --type=utility ${extension}/dispatchd.js`, helper);
    assert.equal(forwarderIn(itself), 'Code Helper (Plugin)');
  });

  it('has several holders on macOS, of which the ancestor is the daemon', async () => {
    const holders = {
      lsof: 'p8\nf3\nn*:3457\np7\nf3\nn*:3457\n',
      'ps -o uid=': `${uid} Sat Mar  1 10:00:00 2025 node worker`,
      'ps -o comm=': 'node',
      'ps -axo': '  7 1\n  8 7\n',
    };
    assert.deepEqual(
      (await onMac('127.0.0.1', holders)).map(({ pid }) => pid),
      [7],
    );
  });

  it('is somebody else’s on macOS where ps says another user', async () => {
    const [found] = await onMac('127.0.0.1', {
      lsof: 'p4711\nf3\nn*:3457\n',
      'ps -o uid=': `${uid + 1} Sat Mar  1 10:00:00 2025 /usr/bin/daemon`,
      'ps -o comm=': '/usr/bin/daemon',
    });
    assert.equal(found?.isOurs, false);
  });

  it('is nobody’s to end where ps does not know it', async () => {
    const [found] = await onMac('127.0.0.1', { lsof: 'p4711\nf3\nn*:3457\n' });
    assert.deepEqual(found, { pid: 4711, name: '', commandLine: '', isOurs: false });
  });

  it('is the one whose address is asked for, where two listen on one port', async () => {
    const lsof = 'p1\nf3\nn[::1]:3457\np2\nf3\nn127.0.0.1:3457\np3\nf3\nn*:3457\n';
    const pids = async (host: string) => (await onMac(host, { lsof })).map(({ pid }) => pid);
    assert.deepEqual(await pids('127.0.0.1'), [2]);
    assert.deepEqual(await pids('[::1]'), [1]);
    assert.deepEqual(await pids('127.0.0.2'), [3]);
    assert.deepEqual(await pids('localhost'), [2, 1], 'a name may mean either');
  });

  const netstat = [
    'Aktive Verbindungen',
    '  Proto  Lokale Adresse         Remoteadresse          Status           PID',
    '  TCP    127.0.0.1:34570        0.0.0.0:0              ABHÖREN          1',
    '  TCP    127.0.0.1:3457         127.0.0.1:50123        HERGESTELLT      2',
    '  TCP    127.0.0.1:3457         0.0.0.0:0              ABHÖREN          4711',
    '  TCP    [::1]:3457             [::]:0                 ABHÖREN          4712',
    '  UDP    127.0.0.1:3457         *:*                                     5',
  ].join('\r\n');

  it('is found on Windows by netstat, whatever its language, and described by PowerShell', async () => {
    const user = process.env.USERNAME;
    process.env.USERNAME = 'Dev';
    try {
      const powershell = JSON.stringify({
        ProcessId: 4711,
        ParentProcessId: 1,
        Name: 'node.exe',
        ExecutablePath: 'C:\\Program Files\\nodejs\\node.exe',
        CommandLine: '"C:\\Program Files\\nodejs\\node.exe" sf serve smithy',
        CreationDate: '2025-03-01T10:00:00.0000000Z',
        Owner: 'dev',
      });
      const [found] = await onWindows('127.0.0.1', { netstat, powershell });
      assert.deepEqual(found, {
        pid: 4711,
        name: 'node',
        commandLine: '"C:\\Program Files\\nodejs\\node.exe" sf serve smithy',
        isOurs: true,
        startedAtMs: Date.parse('2025-03-01T10:00:00Z'),
      });
    } finally {
      if (user === undefined) delete process.env.USERNAME;
      else process.env.USERNAME = user;
    }
  });

  it('is found on Windows on ::1, too', async () => {
    assert.deepEqual(
      (await onWindows('[::1]', { netstat })).map(({ pid }) => pid),
      [4712],
    );
  });

  for (const platform of ['darwin', 'win32'] as const) {
    it(`is nobody where the tools of ${platform} say nothing`, async () => {
      assert.deepEqual(await findListeners(3457, 'localhost', { platform, run: tools({}) }), []);
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
  const daemon = (changes: Partial<DaemonConfig>): DaemonConfig => ({
    name: 'x',
    ...at('http://127.0.0.1:3470'),
    pollIntervalMs: 5_000,
    configured: true,
    ...changes,
  });
  const report = (path: string) => reportWith({ database: { path, realPath: path } });
  const args = (command: Awaited<ReturnType<typeof startCommandFor>>) =>
    'kind' in command && command.kind === 'process' ? command.args : [];

  it('is with the flags it had, on the port that is watched, in the background', async () => {
    const command = await startCommandFor(daemon({ kind: 'dispatchd' }), undefined, {
      ...START_CONTEXT,
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

  it('is in the folder of its database for a smithy', async () => {
    const command = await startCommandFor(
      daemon({ kind: 'smithy', ...at('http://127.0.0.1:3457') }),
      report('/home/dev/other/.stoneforge/stoneforge.db'),
      START_CONTEXT,
    );
    assert.equal('cwd' in command && command.cwd, '/home/dev/other');
    assert.deepEqual(args(command).slice(-4), ['sf', 'serve', 'smithy', '--no-open']);
  });

  it('is the user’s own command as it stands, in the terminal', async () => {
    assert.deepEqual(
      await startCommandFor(
        daemon({ restart: { command: 'run me', args: ['a b', '"'] } }),
        undefined,
        START_CONTEXT,
      ),
      { cwd: '/project', kind: 'process', command: 'run me', args: ['a b', '"'] },
    );
  });

  it('is a shell line where the user wrote one', async () => {
    assert.deepEqual(
      await startCommandFor(daemon({ restart: { command: 'make daemon' } }), undefined, START_CONTEXT),
      {
        cwd: '/project',
        kind: 'shell',
        line: 'make daemon',
      },
    );
  });

  it('is by the launcher, which looks first, where nobody has looked whether it runs', async () => {
    const mine = daemon({ restart: { command: 'run', args: ['a b'] } });
    assert.deepEqual(args(await startCommandFor(mine, undefined, START_CONTEXT, { unlooked: true })), [
      '/ext/launcher.js',
      '--url',
      'http://127.0.0.1:3470',
      '--',
      'run',
      'a b',
    ]);
    const line = await startCommandFor(
      daemon({ restart: { command: 'make daemon' } }),
      undefined,
      START_CONTEXT,
      {
        unlooked: true,
      },
    );
    assert.deepEqual(args(line).slice(-4), ['--shell', '/bin/zsh', '--', 'make daemon']);
  });

  it('names the folder of a smithy, for which only one may run', async () => {
    const smithy = daemon({ kind: 'smithy' });
    const flags = args(
      await startCommandFor(smithy, report('/home/dev/other/.stoneforge/stoneforge.db'), START_CONTEXT),
    );
    assert.deepEqual(flags.slice(flags.indexOf('--only-one'), flags.indexOf('--')), [
      '--only-one',
      'smithy',
      '--in',
      '/home/dev/other',
    ]);
    const own = { ...smithy, restart: { command: 'my-smithy', args: [], mode: 'background' as const } };
    assert.ok(!args(await startCommandFor(own, undefined, START_CONTEXT)).includes('--only-one'));
  });

  it('is not known for something that is of no known kind', async () => {
    const command = await startCommandFor(daemon({}), undefined, START_CONTEXT);
    assert.deepEqual(command, { is: 'startUnknown', daemon: 'x' });
  });
});

describe('the inspector', () => {
  // A process that is not Node would be ended by the signal that opens it.
  for (const [program, expected] of [
    ['/opt/homebrew/bin/node', true],
    ['/usr/local/bin/node20', true],
    ['/usr/bin/python3', false],
    ['/Applications/Code.app/Contents/MacOS/Code Helper (Plugin)', false],
    ['', false],
  ] as const) {
    it(`is ${expected ? '' : 'not '}opened on macOS in ${program || 'what is not known'}`, async () => {
      assert.equal(
        await isNode(
          4711,
          processTable({ platform: 'darwin', run: tools({ 'ps -o comm= -p 4711': `${program}\n` }) }),
        ),
        expected,
      );
    });
  }
});
