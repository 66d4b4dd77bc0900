import assert from 'node:assert/strict';
import {
  isOwnTree,
  isTreeAlive,
  signalTree,
  type TreeSystem,
} from '../../../../src/dispatchd/processes/processTree';
import { ownIdentity } from '../../../../src/system/identity';
import type { ProcessIdentity } from '../../../../src/system/processInfo';
import { parseStat } from '../../../../src/system/procStat';

/** A platform whose processes are these, and what was done to them. */
class FakeSystem implements TreeSystem {
  readonly done: string[] = [];

  constructor(
    readonly platform: NodeJS.Platform,
    private readonly processes: Readonly<Record<number, 'ours' | 'foreign'>> = {},
  ) {}

  readonly kill = (pid: number, signal: NodeJS.Signals | 0) => {
    const owner = this.processes[pid];
    const code = owner === undefined ? 'ESRCH' : owner === 'foreign' ? 'EPERM' : undefined;
    if (code) throw Object.assign(new Error(code), { code });
    if (signal !== 0) this.done.push(`${signal} ${pid}`);
  };

  readonly endTree = ({ pid, startedAtMs }: ProcessIdentity) => {
    this.done.push(`end all below ${pid} of ${startedAtMs}`);
    return Promise.resolve();
  };
}

describe('dispatchd process tree', () => {
  const cases: [string, FakeSystem, number | undefined, string[]][] = [
    ['on macOS is its group', new FakeSystem('darwin', { [-4711]: 'ours' }), 4711, ['SIGTERM -4711']],
    ['on macOS may be gone already', new FakeSystem('darwin'), 4711, []],
    ['on macOS never had a process', new FakeSystem('darwin'), undefined, []],
    ['on Windows is what was born below it', new FakeSystem('win32'), 4711, ['end all below 4711 of 17']],
    ['on Windows never had a process', new FakeSystem('win32'), undefined, []],
  ];
  for (const [what, system, pid, done] of cases) {
    it(what, async () => {
      const leader = pid === undefined ? undefined : { pid, startedAtMs: 17 };
      await signalTree(leader, 'session-1', 'SIGTERM', system);
      assert.deepEqual(system.done, done);
    });
  }

  const alive: [string, FakeSystem, boolean][] = [
    ['a group of ours on macOS', new FakeSystem('darwin', { [-7]: 'ours' }), true],
    ['a group with somebody else’s process on macOS', new FakeSystem('darwin', { [-7]: 'foreign' }), true],
    ['only another process of that pid on macOS', new FakeSystem('darwin', { 7: 'ours' }), false],
    ['the leader on Windows', new FakeSystem('win32', { 7: 'ours' }), true],
    ['a leader on Windows that we may not ask', new FakeSystem('win32', { 7: 'foreign' }), true],
    ['nobody on Windows', new FakeSystem('win32', { [-7]: 'ours' }), false],
  ];
  for (const [what, system, expected] of alive) {
    it(`is ${expected ? '' : 'not '}alive where there is ${what}`, () => {
      assert.equal(isTreeAlive(7, system), expected);
    });
  }

  it('on Windows is left alone where the tool fails that would tell who is below', async () => {
    const failing: TreeSystem = {
      platform: 'win32',
      kill: () => assert.fail('nobody is ended by a number'),
      endTree: () => Promise.reject(new Error('no PowerShell')),
    };
    await signalTree({ pid: 4711, startedAtMs: 17 }, 'session-1', 'SIGKILL', failing);
  });

  it('is its own only with the birth of its leader', async () => {
    const own = ownIdentity();
    assert.equal(await isOwnTree(own), true);
    assert.equal(await isOwnTree({ ...own, startedAtMs: 1, startTicks: 1 }), false);
  });

  it('reads state and group behind a name of any kind', () => {
    const { state, group } = parseStat('12 (a) b (x)) Z 1 34 34 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 4242 0')!;
    assert.deepEqual({ state, group }, { state: 'Z', group: 34 });
  });
});
