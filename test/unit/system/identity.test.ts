import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  fateOf,
  identify,
  identityOf,
  isSameProcessAlive,
  ownIdentity,
  type ProcessSources,
} from '../../../src/system/identity';
import { runTool, systemTool, ToolFailed, toolEnvironment } from '../../../src/system/exec';
import { TOOL_TIMEOUT_MS } from '../../../src/system/policy';
import { notRun } from '../../support/notRun';
import { parseStat } from '../../../src/system/procStat';
import { until } from '../../support/until';

const STARTED_AT = Date.parse('2026-10-25T00:30:00.000Z');
const TICKS = 4242;
const stat = (state: string, ticks = TICKS) =>
  `7 (a) b) (c) ${state} 1 7 7 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 ${ticks} 0 0`;

/** A system that says this of every process. */
function system(says: Partial<ProcessSources>): ProcessSources {
  return {
    platform: 'linux',
    exists: () => true,
    readStat: () => Promise.reject(new Error('not here')),
    run: () => Promise.reject(new Error('not here')),
    ...says,
  };
}
const linux = (text: string) => system({ readStat: () => Promise.resolve(text) });
const macOS = (text: string) => system({ platform: 'darwin', run: () => Promise.resolve(text) });
const windows = (born: string) =>
  system({
    platform: 'win32',
    run: () => Promise.resolve(born && JSON.stringify({ ProcessId: 7, CreationDate: born })),
  });

describe('whether a process is the one that was started', () => {
  const onLinux = { pid: 7, startedAtMs: STARTED_AT, startTicks: TICKS };
  const elsewhere = { pid: 7, startedAtMs: STARTED_AT };
  const cases: [string, typeof elsewhere, ProcessSources, 'alive' | 'unreaped' | 'gone'][] = [
    ['no process has the pid', onLinux, system({ exists: () => false }), 'gone'],
    ['Linux gives its start time', onLinux, linux(stat('S')), 'alive'],
    ['Linux gives another start time: the pid was given away', onLinux, linux(stat('S', 4243)), 'gone'],
    ['it is dead and nobody has reaped it', onLinux, linux(stat('Z')), 'unreaped'],
    ['it is dead, reaped, and its pid given away', onLinux, linux(stat('Z', 4243)), 'gone'],
    ['Linux does not tell: it may be alive', onLinux, linux(''), 'alive'],
    ['macOS gives its start time', elsewhere, macOS('  Sun Oct 25 00:30:01 2026    \n'), 'alive'],
    ['macOS gives a later start time', elsewhere, macOS('Sun Oct 25 00:30:03 2026\n'), 'gone'],
    [
      'macOS gives one an hour later: a local clock would not tell',
      elsewhere,
      macOS('Sun Oct 25 01:30:00 2026'),
      'gone',
    ],
    ['macOS knows no such process any more', elsewhere, macOS(''), 'alive'],
    ['Windows gives its start time', elsewhere, windows('2026-10-25T00:29:58.5000000Z'), 'alive'],
    ['Windows gives another start time', elsewhere, windows('2026-10-25T00:29:57.0000000Z'), 'gone'],
    ['Windows does not tell: it may be alive', elsewhere, system({ platform: 'win32' }), 'alive'],
  ];
  for (const [what, identity, sources, expected] of cases) {
    it(`it is ${expected} where ${what}`, async () => {
      assert.equal(await isSameProcessAlive(identity, sources), expected === 'alive');
      assert.equal((await fateOf(identity, sources)) === 'gone', expected === 'gone');
    });
  }

  it('it is gone where it went while it was looked at', async () => {
    let asked = 0;
    const sources = system({ platform: 'darwin', exists: () => asked++ === 0 });
    assert.equal(await isSameProcessAlive(elsewhere, sources), false);
  });

  it('ps is asked in English and in UTC, whatever the user speaks and wherever he is', () => {
    const german = { LC_ALL: 'de_DE.UTF-8', LC_TIME: 'de_DE.UTF-8', LANG: 'de_DE', TZ: 'Europe/Berlin' };
    const env = toolEnvironment({ ...german, LANGUAGE: 'de', COLUMNS: '80', PATH: '/bin' });
    assert.deepEqual(env, { PATH: '/bin', LANG: 'C', LC_CTYPE: 'UTF-8', TZ: 'UTC0' });
  });

  it('can be noted of a process that somebody else started', async () => {
    assert.deepEqual(await identityOf(7, linux(stat('S'))), { pid: 7, startedAtMs: 0, startTicks: TICKS });
    assert.deepEqual(await identityOf(7, macOS('Sun Oct 25 00:30:00 2026')), elsewhere);
    assert.deepEqual(await identityOf(7, windows('2026-10-25T00:30:00Z')), elsewhere);
    for (const nothing of [linux(''), macOS(''), windows('')]) {
      assert.equal(await identityOf(7, nothing), undefined);
    }
  });

  it('holds for real processes of this machine', async () => {
    assert.equal(await isSameProcessAlive(ownIdentity()), true);
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    const [noted, found] = [identify(child.pid!, Date.now()), await identityOf(child.pid!)];
    assert.ok(found);
    assert.deepEqual([await isSameProcessAlive(noted), await isSameProcessAlive(found)], [true, true]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    assert.deepEqual([await fateOf(noted), await fateOf(found)], ['gone', 'gone']);
  });

  it('holds for one that is dead and that nobody reaps, as in a container', async function () {
    if (process.platform !== 'linux') this.skip();
    // The shell becomes a program that knows nothing of the child.
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = identify(Number(String(line)), Date.now());
    try {
      await until(() => / Z /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8')));
      assert.deepEqual([await fateOf(child), await isSameProcessAlive(child)], ['unreaped', false]);
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('holds with the ps of this machine too, as on macOS', async function () {
    if (process.platform === 'win32') this.skip();
    const { startedAtMs, pid } = ownIdentity();
    const { execFileSync } = await import('node:child_process');
    const sources = system({
      platform: 'darwin',
      run: (tool, args) =>
        Promise.resolve(
          execFileSync(tool, [...args], {
            env: toolEnvironment(),
            stdio: ['ignore', 'pipe', 'ignore'],
          }).toString(),
        ),
    });
    assert.equal(await isSameProcessAlive({ pid, startedAtMs }, sources), true);
    assert.equal(await isSameProcessAlive({ pid, startedAtMs: startedAtMs - 3_600_000 }, sources), false);
  });

  it('counts the fields of /proc from the end of the name', () => {
    assert.equal(parseStat(stat('S'))?.startTicks, TICKS);
    assert.equal(parseStat('nonsense'), undefined);
  });
});

describe('a tool of the system', () => {
  it('is named by its whole path on Windows, where the current folder comes first', () => {
    const env = { SystemRoot: 'D:\\Windows' };
    assert.equal(systemTool('taskkill', 'win32', env), 'D:\\Windows\\System32\\taskkill.exe');
    assert.equal(systemTool('netstat', 'win32', {}), 'C:\\Windows\\System32\\netstat.exe');
    assert.equal(
      systemTool('powershell', 'win32', env),
      'D:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
    );
    assert.equal(systemTool('lsof', 'darwin', {}), 'lsof');
  });

  for (const SystemRoot of [
    'tools',
    '.',
    '\\\\host\\share',
    '//host/share',
    '\\\\?\\C:\\Windows',
    'C:',
    '',
    'C:\\a"b',
  ]) {
    it(`is not looked for in ${JSON.stringify(SystemRoot)}, which is no folder of a drive`, () => {
      assert.equal(systemTool('netstat', 'win32', { SystemRoot }), 'C:\\Windows\\System32\\netstat.exe');
    });
  }

  it('fails in one way, whatever was the matter, and never prints nothing instead', async function () {
    if (process.platform === 'win32') notRun(this, 'the tools of this test are those of POSIX');
    const failure = (tool: string, ...args: string[]) =>
      runTool(tool, args).then(
        () => assert.fail('it did not fail'),
        (error: unknown) => {
          assert.ok(error instanceof ToolFailed);
          return [error.kind, error.saysNothing, error.message];
        },
      );
    assert.deepEqual(await failure('no-such-tool'), [
      'missing',
      false,
      'The tool no-such-tool of the system cannot be found.',
    ]);
    // Node throws before anything is started.
    assert.deepEqual(await failure('sh', '\0'), ['failed', false, 'The tool sh of the system failed.']);
    const ended = 'The tool sh of the system ended with exit code';
    assert.deepEqual(await failure('sh', '-c', 'exit 1'), ['failed', true, `${ended} 1.`]);
    assert.deepEqual(await failure('sh', '-c', 'echo no >&2; exit 1'), ['failed', false, `${ended} 1.`]);
    assert.deepEqual(await failure('sh', '-c', 'exit 3'), ['failed', false, `${ended} 3.`]);
    assert.deepEqual((await failure('sh', '-c', 'kill -9 $$'))[0], 'failed');
    assert.deepEqual(await failure('yes'), [
      'tooLong',
      false,
      'The tool yes of the system printed too much.',
    ]);
  });

  it('is not waited for longer than its time, also where it ends in no way', async function () {
    if (process.platform === 'win32') notRun(this, 'the tools of this test are those of POSIX');
    this.timeout(3 * TOOL_TIMEOUT_MS);
    const startedMs = performance.now();
    await assert.rejects(
      runTool('sh', ['-c', "trap '' TERM; sleep 12 & wait"]),
      (error) => error instanceof ToolFailed && error.kind === 'timedOut',
    );
    assert.ok(performance.now() - startedMs < 2 * TOOL_TIMEOUT_MS);
  });
});
