import assert from 'node:assert/strict';
import { codeFrom } from '../../../src/base/errors';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { isAlive } from '../../../src/system/processTable';
import { endProcess, type StopOptions, type StopStage } from '../../../src/system/endProcess';
import { identityOf, type ProcessSources } from '../../../src/system/identity';
import { spawnAs } from '../../support/reusedPid';
import { until } from '../../support/until';
import { notRun } from '../../support/notRun';

const WAITS = 'setInterval(() => {}, 60_000)';
const IGNORES = "process.on('SIGTERM', () => console.log('SIGTERM'))";

describe('the end of a process', function () {
  this.timeout(20_000);
  const children: ChildProcess[] = [];
  let output = '';
  let stages: StopStage[] = [];

  beforeEach(() => {
    output = '';
    stages = [];
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  async function running(code: string): Promise<number> {
    const child = spawn(
      process.execPath,
      ['-e', `process.nextTick(() => console.log('ready'));${WAITS};${code}`],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    children.push(child);
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    await once(child.stdout, 'data');
    return child.pid!;
  }

  const stop = async (pid: number, options: StopOptions = {}) =>
    endProcess((await identityOf(pid)) ?? { pid, startedAtMs: NaN }, {
      onStage: (stage) => stages.push(stage),
      ...options,
    });
  const kinds = () => stages.map(({ kind }) => kind);
  /** "3 s, then kill" for each second that was counted. */
  const counted = () =>
    stages.flatMap((stage) =>
      stage.kind === 'waiting' ? [`${Math.ceil(stage.leftMs / 1_000)} s, then ${stage.next}`] : [],
    );

  it('comes on SIGTERM, without a word about time where it is quick', async () => {
    const pid = await running('');
    assert.equal(await stop(pid), 'onTerm');
    assert.deepEqual(kinds(), ['terminating']);
    assert.equal(await isAlive(pid), false);
  });

  it('comes by force after the grace time, which is counted down', async () => {
    const pid = await running(IGNORES);
    assert.equal(await stop(pid, { graceMs: 3_000 }), 'byForce');
    assert.deepEqual(counted(), ['2 s, then kill', '1 s, then kill']);
    assert.equal(kinds().at(-1), 'killing');
    assert.equal(output.match(/SIGTERM/g)?.length, 1);
  });

  describe('with six works, each of which takes a fifth of the grace time to end', () => {
    // A tenth of the real times: ten seconds, two seconds for each work.
    const TIMES = { graceMs: 1_000, perWorkMs: 200 };
    const ends = (afterMs: number) =>
      running(`process.on('SIGTERM', () => setTimeout(process.exit, ${afterMs}))`);

    it('is waited for as long as the daemon answers', async () => {
      const pid = await ends(1_220);
      const work = { count: 6, answers: () => Promise.resolve(true) };
      assert.equal(await stop(pid, { ...TIMES, work }), 'onTerm');
      assert.deepEqual(stages[0], { kind: 'terminating', works: 6, upToMs: 2_200 });
    });

    it('is not waited for once the daemon is silent', async () => {
      const pid = await ends(60_000);
      let asked = 0;
      const work = { count: 6, answers: () => Promise.resolve(++asked < 3) };
      const beganMs = performance.now();
      assert.equal(await stop(pid, { ...TIMES, work }), 'byForce');
      assert.ok(performance.now() - beganMs < 2_000);
      assert.equal(asked, 3);
      const killing = stages.find((stage) => stage.kind === 'killing');
      assert.ok(killing && killing.graceMs >= 1_400 && killing.graceMs < 2_000, JSON.stringify(killing));
    });

    it('is waited for until the last of the time, and no longer', async () => {
      const pid = await ends(60_000);
      const work = { count: 2, answers: () => Promise.resolve(true) };
      assert.equal(await stop(pid, { ...TIMES, work }), 'byForce');
      assert.deepEqual(counted(), ['1 s, then kill']);
    });

    it('that came while the daemon was asked was not by force', async () => {
      const pid = await ends(1_100);
      const answers = () => new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 400));
      assert.equal(await stop(pid, { ...TIMES, work: { count: 6, answers } }), 'onTerm');
    });

    it('is waited for as long when the daemon agreed by its API', async () => {
      const pid = await running('');
      const askToEnd = () => Promise.resolve(void setTimeout(() => process.kill(pid, 'SIGKILL'), 600));
      const work = { count: 2, answers: () => Promise.resolve(true) };
      assert.equal(await stop(pid, { ...TIMES, apiWaitMs: 300, work, askToEnd }), 'byItsApi');
      assert.deepEqual(stages[0], { kind: 'asking', works: 2, upToMs: 700 });
    });
  });

  it('comes by force for the children as well, also for those born in the grace time', async () => {
    const child = `process.on('SIGTERM', () => {
      const { pid } = require('child_process').spawn(process.execPath, ['-e', "${WAITS}"]);
      console.log('child', pid);
    })`;
    const pid = await running(child);
    assert.equal(await stop(pid, { graceMs: 1_000 }), 'byForce');
    const born = Number(/child (\d+)/.exec(output)?.[1]);
    assert.ok(born > 0);
    await until(() => !isThere(born));
  });

  it('comes by its API where it has one, without a signal', async () => {
    const pid = await running(`${IGNORES};process.on('SIGUSR2', () => process.exit(0))`);
    const askToEnd = () => Promise.resolve(void process.kill(pid, 'SIGUSR2'));
    assert.equal(await stop(pid, { askToEnd }), 'byItsApi');
    assert.deepEqual(kinds(), ['asking']);
    assert.doesNotMatch(output, /SIGTERM/);
  });

  it('comes on SIGTERM where it agrees to end and does not', async () => {
    const pid = await running('');
    const ended = await stop(pid, { askToEnd: () => Promise.resolve(), apiWaitMs: 2_000 });
    assert.equal(ended, 'onTerm');
    assert.deepEqual(counted(), ['1 s, then terminate']);
    assert.deepEqual(kinds(), ['asking', 'waiting', 'terminating']);
  });

  it('comes on SIGTERM at once where it cannot be asked, and says why', async () => {
    const pid = await running('');
    const askToEnd = () => Promise.reject(new Error('no answer within 2 s'));
    assert.equal(await stop(pid, { askToEnd }), 'onTerm');
    assert.deepEqual(stages[1], {
      kind: 'notAsked',
      why: { is: 'message', message: 'no answer within 2 s' },
    });
  });

  it('is not brought about when it has come already', async () => {
    const pid = await running('setImmediate(process.exit)');
    await until(() => !isThere(pid));
    assert.equal(await stop(pid), 'hadEnded');
    assert.deepEqual(stages, []);
  });

  it('is not brought about when that was cancelled before', async () => {
    const pid = await running(IGNORES);
    await assert.rejects(stop(pid, { signal: AbortSignal.abort(new Error('cancelled')) }), /cancelled/);
    assert.equal(await isAlive(pid), true);
    assert.equal(output, 'ready\n');
  });

  for (const platform of ['linux', 'win32'] as const) {
    it(`is not brought about on ${platform} where nothing tells whether it is the same process`, async () => {
      const pid = await running('');
      const target = await identityOf(pid);
      const sources: ProcessSources = {
        platform,
        exists: () => true,
        readStat: () => Promise.reject(new Error('not told')),
        run: () => Promise.reject(new Error('not told')),
      };
      const run = () => Promise.reject(new Error('not to be used'));
      await assert.rejects(endProcess(target!, { platform, sources, run, graceMs: 500 }), (error) => {
        assert.deepEqual(codeFrom(error), { is: 'birthUntold', pid });
        return true;
      });
      assert.equal(await isAlive(pid), true);
    });
  }

  it('is not brought about of who got the number in the grace time', async function () {
    const pid = await running(IGNORES);
    const ended = stop(pid, { graceMs: 4_000 });
    await until(() => stages.some(({ kind }) => kind === 'terminating'));
    const gone = once(children[0]!, 'exit');
    process.kill(pid, 'SIGKILL');
    await gone;
    const stranger = await spawnAs(pid, 'sleep', ['300']);
    if (!stranger) notRun(this, 'the system gives no chosen number to a process');
    children.push(stranger);
    assert.equal(await ended, 'onTerm');
    assert.equal(await isAlive(pid), true, 'the stranger lives');
  });

  it('comes by force on Windows, which has no SIGTERM, with the children that were born after it', async () => {
    const [pid, child, stranger] = [await running(IGNORES), await running(IGNORES), await running(IGNORES)];
    const born = (second: number) => new Date(Date.UTC(2025, 2, 1, 10, 0, second)).toISOString();
    const listed = [
      { ProcessId: pid, ParentProcessId: 1, CreationDate: born(30) },
      { ProcessId: child, ParentProcessId: pid, CreationDate: born(40) },
      // It was started by an earlier process of this number.
      { ProcessId: stranger, ParentProcessId: pid, CreationDate: born(20) },
    ];
    const run = (tool: string) => {
      assert.equal(tool, 'powershell', 'nobody is ended by a tool that goes by numbers');
      return Promise.resolve(JSON.stringify(listed));
    };

    const sources: ProcessSources = {
      platform: 'win32',
      exists: (each) => children.find((of) => of.pid === each)?.signalCode === null,
      readStat: () => Promise.reject(new Error('not on Windows')),
      run,
    };
    const target = { pid, startedAtMs: Date.parse(born(30)) };
    const ended = await endProcess(target, {
      platform: 'win32',
      run,
      sources,
      onStage: (stage) => stages.push(stage),
    });
    assert.equal(ended, 'byForce');
    assert.deepEqual(kinds(), ['killing']);
    assert.equal(output, 'ready\n'.repeat(3));
    await until(() => children[1]!.signalCode === 'SIGKILL');
    assert.equal(await isAlive(stranger), true, 'the stranger lives');
  });

  it('comes by its API on Windows, too, before any force', async () => {
    const pid = await running("process.on('SIGUSR2', () => process.exit(0))");
    const askToEnd = () => Promise.resolve(void process.kill(pid, 'SIGUSR2'));
    const run = () => Promise.reject(new Error('not to be used'));
    assert.equal(await stop(pid, { askToEnd, platform: 'win32', run }), 'byItsApi');
  });

  function isThere(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }
});
