import assert from 'node:assert/strict';
import { judge } from '../../../src/kinds/hostLoad';
import { cpuStatsOf, type ProcessLook } from '../../../src/system/hostLoad';
import type { Shortage } from '../../../src/health/cause';
import type { HostLoad } from '../../../src/health/report';

interface Seen {
  /** State letters, one for each look; looks are 400 ms apart. */
  readonly states?: string;
  /** What the process ran and waited for the CPU between two looks. */
  readonly cpuMs?: number;
  readonly waitMs?: number;
  readonly runnable?: readonly number[];
  readonly throttled?: readonly number[];
  readonly ourLagMs?: number;
  readonly births?: readonly number[];
}

/** What these looks show, on a machine with two cores. */
function seen({
  states = '',
  cpuMs = 0,
  waitMs = 0,
  runnable,
  throttled,
  ourLagMs = 0,
  births,
}: Seen): HostLoad {
  const count = Math.max(states.length, runnable?.length ?? 0, throttled?.length ?? 0);
  const looks = Array.from({ length: count }, (_, index) => {
    const state = states[index];
    const look: ProcessLook | undefined =
      state === undefined
        ? undefined
        : { state, birth: births?.[index] ?? 1, cpuMs: cpuMs * index, waitMs: waitMs * index };
    return { atMs: 400 * index, process: look, runnable: runnable?.[index], throttled: throttled?.[index] };
  });
  return judge(looks, 2, ourLagMs);
}

describe('the look at a machine on which a daemon does not answer', () => {
  const FOUR_ON_TWO: Shortage = { is: 'manyProcesses', runnable: 4, cores: 2 };
  const shortages: readonly [what: string, Seen, starved: Shortage | undefined][] = [
    ['twice as many processes as cores want to run', { runnable: [4, 4, 4] }, FOUR_ON_TWO],
    ['one look misses one of them', { runnable: [4, 3, 4] }, FOUR_ON_TWO],
    ['fewer want to run', { runnable: [3, 3, 3] }, undefined],
    ['many want to run for a moment', { runnable: [9, 0, 0, 0] }, undefined],
    ['its CPU limit held it back', { throttled: [7, 7, 9] }, { is: 'cpuLimit' }],
    ['its CPU limit held it back long ago', { throttled: [7, 7, 7] }, undefined],
    ['our own event loop was late', { ourLagMs: 300 }, { is: 'editorLate', lateMs: 300 }],
    ['nothing is known', {}, undefined],
  ];
  for (const [what, given, starved] of shortages) {
    it(`${what}: ${starved === undefined ? 'nothing is short' : 'CPU is short'}`, () => {
      assert.deepEqual(seen(given).starved, starved);
    });
  }

  const activities: readonly [what: string, Seen, HostLoad['process']][] = [
    ['runs at every look', { states: 'RRRR' }, 'busy'],
    ['waits for the CPU between the looks', { states: 'SSSS', waitMs: 300 }, 'busy'],
    ['runs between the looks', { states: 'SSSS', cpuMs: 250 }, 'busy'],
    ['hangs on an await', { states: 'SSSS', cpuMs: 1 }, 'idle'],
    ['waits for the disk', { states: 'DDDD' }, 'idle'],
    ['was stopped', { states: 'TTTT' }, 'stopped'],
    ['was stopped by a debugger', { states: 'tttt' }, 'stopped'],
    ['cannot be looked at', {}, undefined],
    ['is gone', { states: 'RR', runnable: [1, 1, 1] }, undefined],
    ['is another one since the last look', { states: 'RRRS', births: [1, 1, 1, 2] }, 'idle'],
  ];
  for (const [what, given, process] of activities) {
    it(`takes a process that ${what} for ${process ?? 'unknown'}`, () => {
      assert.equal(seen(given).process, process);
    });
  }
});

describe('the files that tell of a CPU limit', () => {
  const rows: readonly [what: string, groups: string, files: readonly string[]][] = [
    [
      'of version 2, up to the root',
      '0::/user.slice/app.service\n',
      ['', '/user.slice', '/user.slice/app.service'].flatMap((path) => `/sys/fs/cgroup${path}/cpu.stat`),
    ],
    [
      'of version 1',
      '3:cpuset:/a\n4:cpu,cpuacct:/b\n',
      ['/sys/fs/cgroup/cpu,cpuacct/cpu.stat', '/sys/fs/cgroup/cpu,cpuacct/b/cpu.stat'],
    ],
    ['of a process without any', '', []],
    ['of a path that leaves our view', '0::/../../other\n', []],
  ];
  for (const [what, groups, files] of rows) {
    it(what, () => {
      const found = cpuStatsOf(groups).filter((file) => !file.includes('/unified/'));
      assert.deepEqual(found, files);
    });
  }
});
