import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCim } from '../../../src/system/cim';
import { ToolFailed, type RunTool } from '../../../src/system/exec';
import { endTree } from '../../../src/system/endProcess';
import { fateOf } from '../../../src/system/identity';
import { otherUserAt } from '../../../src/system/otherUser';
import { isTaken, processTable } from '../../../src/system/processTable';
import { parseStarted } from '../../../src/system/ps';

const FIXTURES = join(__dirname, '..', '..', 'fixtures', 'system');
const printed = (file: string) => readFileSync(join(FIXTURES, file), 'utf8');
const nothing = () => new ToolFailed('failed', 'ps', { exitCode: 1, stdout: '', stderr: '' });

/** Tools that print this, by the beginning of their command line; any other says that there is nothing. */
function tools(outputs: Readonly<Record<string, string | Error>>): RunTool {
  return (tool, args) => {
    const line = [tool, ...args].join(' ');
    const begin = Object.keys(outputs).find((each) => line.startsWith(each));
    const output = begin === undefined ? nothing() : outputs[begin]!;
    return typeof output === 'string' ? Promise.resolve(output) : Promise.reject(output);
  };
}

const onWindows = (outputs: Readonly<Record<string, string | Error>>) =>
  processTable({ platform: 'win32', run: tools(outputs) });
const onMac = (outputs: Readonly<Record<string, string | Error>>) =>
  processTable({ platform: 'darwin', run: tools(outputs) });
const pidsOf = (found: readonly { pid: number }[]) => found.map(({ pid }) => pid);

describe('the sockets of Windows', () => {
  const cases: [string, string, number, { address: string; pid: number }[]][] = [
    ['in English', 'netstat.en.txt', 80, [{ address: '127.0.0.2', pid: 3040 }]],
    ['of IPv6, between the lines of programs', 'netstat.ipv6.en.txt', 80, [{ address: '::1', pid: 17584 }]],
    ['in German, in another code page', 'netstat.de.cp850.txt', 25, [{ address: '0.0.0.0', pid: 4552 }]],
    ['in Chinese, where none listens', 'netstat.zh.txt', 8411, []],
    [
      'of both families, of several processes, of no other port',
      'netstat.mixed.txt',
      3457,
      [
        { address: '0.0.0.0', pid: 4100 },
        { address: '127.0.0.1', pid: 4711 },
        { address: '::', pid: 4100 },
        { address: '::1', pid: 4712 },
        { address: 'fe80::1', pid: 4400 },
      ],
    ],
  ];
  for (const [what, file, port, expected] of cases) {
    it(`are read ${what}`, async () => {
      assert.deepEqual(await onWindows({ netstat: printed(`windows/${file}`) }).listeners(port), expected);
    });
  }

  it('tell who accepts connections, where a refused one takes two seconds', async () => {
    const run = tools({ netstat: printed('windows/netstat.mixed.txt') });
    const startedMs = performance.now();
    const taken = [3457, 3456].map((port) => isTaken(port, { platform: 'win32', run }));
    assert.deepEqual(await Promise.all(taken), [true, false]);
    assert.ok(performance.now() - startedMs < 1_000);
  });

  it('of another user are those that lsof does not list, on a Mac', async () => {
    const ours = tools({ lsof: printed('darwin/lsof.any.txt') });
    const nobodys = tools({});
    const fails = tools({
      lsof: new ToolFailed('failed', 'lsof', { exitCode: 2, stdout: '', stderr: 'no' }),
    });
    const users = [ours, nobodys, fails].map((run) => otherUserAt(3457, { platform: 'darwin', run }));
    assert.deepEqual(await Promise.all(users), [undefined, 'another user', undefined]);
  });

  it('are those that a connection to the address reaches', async () => {
    const table = onWindows({ netstat: printed('windows/netstat.mixed.txt'), powershell: '' });
    assert.deepEqual(pidsOf(await table.reached(3457, '127.0.0.1')), [4711]);
    assert.deepEqual(pidsOf(await table.reached(3457, '[::1]')), [4712]);
    assert.deepEqual(pidsOf(await table.reached(3457, '127.0.0.9')), [4100]);
    assert.deepEqual(pidsOf(await table.reached(3457, 'localhost')), [4711, 4712]);
  });

  it('are not "none" where netstat fails: the failure is told', async () => {
    const failed = new ToolFailed('timedOut', 'netstat');
    await assert.rejects(onWindows({ netstat: failed }).listeners(80), failed);
  });
});

describe('the processes of Windows', () => {
  it('are read with spaces, quotes and other letters in their paths', async () => {
    const found = await onWindows({ powershell: printed('windows/cim.process.json') }).describe(4711);
    assert.equal(found.name, 'node');
    assert.equal(found.startedAtMs, Date.parse('2025-03-01T10:00:00.123Z'));
    assert.equal(
      found.commandLine,
      String.raw`"C:\Program Files\nodejs\node.exe" "C:\Users\Jörg 'Dev'\smithy\cli.js" serve --name "a b"`,
    );
  });

  it('have births as PowerShell 5.1 writes dates', () => {
    const births = parseCim(printed('windows/cim.dates51.json')).map(({ startedAtMs }) => startedAtMs);
    assert.deepEqual(births, [1783367958729, 1783368024379]);
  });

  it('are nobody’s to end where it ended between two calls', async () => {
    const unknown = { pid: 4711, name: '', commandLine: '', isOurs: false };
    assert.deepEqual(await onWindows({ powershell: '\r\n' }).describe(4711), unknown);
  });

  it('are not read where the answer is cut: the failure is told', async () => {
    const table = onWindows({ powershell: printed('windows/cim.truncated.json') });
    await assert.rejects(table.parents(), (error) => error instanceof ToolFailed && error.kind === 'failed');
  });

  const table = onWindows({ powershell: printed('windows/cim.reused.json') });

  it('are children only of who was there before them', async () => {
    // 900 names 4711 as its parent, and is older: the number was another's then.
    assert.deepEqual(pidsOf(await table.descendants(4711)), [4720, 4724]);
    assert.deepEqual(await table.ancestors(4724), [4720, 4711]);
    assert.deepEqual(await table.ancestors(904), [900]);
  });

  const ended = async (startedAt: string): Promise<string[]> => {
    const killed: string[] = [];
    const run = tools({ powershell: printed('windows/cim.reused.json') });
    const kill = (pid: number, signal: string) => void killed.push(`${signal} ${pid}`);
    await endTree({ pid: 4711, startedAtMs: Date.parse(startedAt) }, { platform: 'win32', run, kill });
    return killed;
  };

  it('are ended with those below them, and a stranger’s child is spared', async () => {
    assert.deepEqual(await ended('2025-03-01T10:00:00Z'), ['SIGKILL 4711', 'SIGKILL 4720', 'SIGKILL 4724']);
  });

  it('are not ended where the number is another’s by now', async () => {
    assert.deepEqual(await ended('2025-03-01T09:59:00Z'), []);
  });

  it('get no signal where the birth of who has the number is not told', async () => {
    const killed: number[] = [];
    const run = tools({ powershell: printed('windows/cim.reused.json') });
    const other = processTable({ platform: 'win32', run, kill: (pid) => void killed.push(pid) });
    const target = { pid: 4800, startedAtMs: Date.parse('2025-03-01T10:00:00Z') };
    assert.deepEqual(await other.signal([target], 'SIGKILL'), []);
    assert.deepEqual(killed, []);
  });
});

describe('the sockets of macOS', () => {
  it('are read of both families', async () => {
    const table = onMac({ lsof: printed('darwin/lsof.two-families.txt') });
    assert.deepEqual(await table.listeners(18789), [
      { address: '127.0.0.1', pid: 4764 },
      { address: '::1', pid: 4764 },
    ]);
  });

  it('of any address are told apart by their family', async () => {
    const table = onMac({ lsof: printed('darwin/lsof.any.txt') });
    assert.deepEqual(pidsOf(await table.reached(4211, '127.0.0.1')), [7001]);
    assert.deepEqual(pidsOf(await table.reached(4211, '[::1]')), [56079]);
  });

  const lsof = (details: ToolFailed['details']) => new ToolFailed('failed', 'lsof', details);
  it('are none where lsof ends with 1 and says nothing', async () => {
    assert.deepEqual(await onMac({ lsof: lsof({ exitCode: 1, stdout: '', stderr: '' }) }).listeners(80), []);
  });

  it('are those of an answer that comes with exit code 1', async () => {
    const stdout = printed('darwin/lsof.two-families.txt');
    const table = onMac({ lsof: lsof({ exitCode: 1, stdout, stderr: '' }) });
    assert.equal((await table.listeners(18789)).length, 2);
  });

  for (const error of [
    lsof({ exitCode: 1, stdout: '', stderr: 'lsof: unsupported TCP/TPI info selection: x' }),
    new ToolFailed('missing', 'lsof'),
    new ToolFailed('timedOut', 'lsof'),
    new ToolFailed('tooLong', 'lsof'),
  ]) {
    it(`are not "none" where lsof fails: ${error.kind}${error.details.stderr ? ' with a word' : ''}`, async () => {
      await assert.rejects(onMac({ lsof: error }).reached(80, 'localhost'), error);
    });
  }
});

describe('the processes of macOS', () => {
  it('have a birth in English, and in no other language', () => {
    assert.equal(parseStarted(printed('darwin/ps.lstart.txt')), Date.parse('2025-03-05T10:12:13Z'));
    assert.equal(parseStarted(printed('darwin/ps.lstart.de.txt')), undefined);
    assert.equal(parseStarted(''), undefined);
  });

  it('are read with spaces and quotes in their lines', async () => {
    const table = onMac({
      'ps -o uid=': printed('darwin/ps.process.txt'),
      'ps -o comm=': '/Users/jörg/My Tools/node\n',
    });
    const { name, commandLine, startedAtMs, uid } = await table.describe(4764);
    assert.deepEqual(
      { name, commandLine, startedAtMs, uid },
      {
        name: 'node',
        commandLine: '/Users/jörg/My Tools/node "quoted name" --title a b',
        startedAtMs: Date.parse('2025-03-05T10:12:13Z'),
        uid: 501,
      },
    );
  });

  it('are asked for in lines that are not cut', async () => {
    const asked: string[] = [];
    const run: RunTool = (tool, args) => {
      asked.push([tool, ...args].join(' '));
      return Promise.resolve('');
    };
    await processTable({ platform: 'darwin', run }).describe(4764);
    assert.ok(asked.length > 0 && asked.every((line) => line.endsWith(' -ww')), asked.join('\n'));
  });

  it('are nobody’s to end where it ended between two calls', async () => {
    const table = onMac({ lsof: 'p4764\nf3\ntIPv4\nn*:80\n' });
    assert.deepEqual(await table.reached(80, '127.0.0.1'), [
      { pid: 4764, name: '', commandLine: '', isOurs: false },
    ]);
  });

  it('are relatives with their births; a cut line is left out', async () => {
    const table = onMac({ 'ps -axo': printed('darwin/ps.all.txt') });
    assert.deepEqual(await table.descendants(472), [
      { pid: 4764, startedAtMs: Date.parse('2025-03-05T10:12:13Z') },
      { pid: 4770, startedAtMs: Date.parse('2025-03-05T10:12:14Z') },
    ]);
    assert.deepEqual(await table.ancestors(4770), [4764, 472, 1]);
  });

  it('are not known to live or to be gone where ps fails', async () => {
    const sources = {
      platform: 'darwin' as const,
      exists: () => true,
      readStat: () => Promise.reject(new Error('not on macOS')),
      run: tools({ ps: new ToolFailed('timedOut', 'ps') }),
    };
    assert.equal(await fateOf({ pid: 4764, startedAtMs: 0 }, sources), 'unknown');
  });
});
