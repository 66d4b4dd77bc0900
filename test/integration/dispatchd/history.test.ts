import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LONG, node } from '../../support/dispatchd/commands';
import {
  DaemonProcess,
  dispatchdFile,
  newStateDir,
  stopDaemons,
} from '../../support/dispatchd/daemonProcess';
import { until } from '../../support/until';

interface History {
  readonly lives: readonly {
    readonly instanceId: string;
    readonly startedAt: string;
    readonly lastAliveAt: string;
    readonly upMs: number;
    readonly end: string;
    readonly reason?: string;
  }[];
  readonly lateCycles: readonly {
    readonly instanceId: string;
    readonly startedAt: string;
    readonly endedAt?: string;
  }[];
  readonly outcomes: readonly {
    readonly id: string;
    readonly name: string;
    readonly status: string;
    readonly endedAt: string;
  }[];
}

describe('the record that dispatchd keeps of itself', function () {
  this.timeout(40_000);
  before(() => dispatchdFile());
  afterEach(stopDaemons);

  const historyOf = async (daemon: DaemonProcess) =>
    (await daemon.request('GET', '/api/history', { token: daemon.token })).json<History>();

  it('is told to nobody without the token', async () => {
    const daemon = await DaemonProcess.start();
    assert.equal((await daemon.get('/api/history')).status, 401);
  });

  it('has each life with its start, its end, and its last moment alive to within 2 s, after kill -9 too', async () => {
    const stateDir = newStateDir();
    const ends: number[] = [];
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGKILL'] as const) {
      const daemon = await DaemonProcess.start([], stateDir);
      await new Promise((resolve) => setTimeout(resolve, signal === 'SIGKILL' ? 2_700 : 100));
      ends.push(Date.now());
      await daemon.stop(signal);
    }
    const daemon = await DaemonProcess.start([], stateDir);
    const { lives } = await historyOf(daemon);
    assert.deepEqual(
      lives.map(({ end }) => end),
      ['killed', 'clean', 'killed', 'running'],
    );
    for (const [index, end] of ends.entries()) {
      const { startedAt, lastAliveAt, upMs } = lives[index]!;
      const offMs = end - Date.parse(lastAliveAt);
      assert.ok(Math.abs(offMs) <= 2_000, `life ${index}: off by ${offMs} ms`);
      assert.ok(Math.abs(Date.parse(lastAliveAt) - Date.parse(startedAt) - upMs) < 100);
    }
    assert.equal(new Set(lives.map(({ instanceId }) => instanceId)).size, 4);
  });

  it('has the cycles that were late, with start and end, also of a life that was killed meanwhile', async () => {
    const stateDir = newStateDir();
    const flags = ['--chaos', '--poll-stale-threshold-ms', '200'];
    const first = await DaemonProcess.start(flags, stateDir);
    await first.post('/api/chaos/hang');
    await until(() => first.stderr.includes('WEDGED'), 'the wedge');
    await first.post('/api/chaos/release');
    await until(() => first.stderr.includes('RECOVERED'), 'the end of the wedge');
    const { lateCycles } = await historyOf(first);
    assert.equal(lateCycles.length, 1);
    const lastedMs = Date.parse(lateCycles[0]!.endedAt!) - Date.parse(lateCycles[0]!.startedAt);
    assert.ok(lastedMs >= 200 && lastedMs < 5_000, `${lastedMs} ms`);
    await first.post('/api/chaos/hang');
    // Begun, ended, begun: the log comes before the disk has it.
    const lines = () => readFileSync(join(stateDir, 'history.jsonl'), 'utf8').match(/"type":"late"/g);
    await until(() => lines()?.length === 3, 'the second wedge, on disk');
    await first.stop('SIGKILL');
    const second = await DaemonProcess.start(flags, stateDir);
    const late = (await historyOf(second)).lateCycles;
    assert.deepEqual(
      late.map(({ endedAt }) => endedAt !== undefined),
      [true, false],
    );
    assert.equal((await historyOf(second)).lives[0]!.instanceId, late[1]!.instanceId);
  });

  it('has each outcome once, over kills, also of what was interrupted', async () => {
    const stateDir = newStateDir();
    const first = await DaemonProcess.start([], stateDir);
    const done = await first.submit({ ...node(''), name: 'done' });
    await first.session(done, 'completed');
    const failed = await first.submit({ ...node('process.exit(3)'), name: 'failed' });
    await first.session(failed, 'failed');
    const running = await first.submit({ ...LONG, name: 'interrupted' });
    await first.session(running, 'running');
    const cancelled = await first.submit({ ...LONG, name: 'cancelled' });
    await first.post(`/api/sessions/${cancelled}/cancel`);
    await first.session(cancelled, 'cancelled');
    await first.stop('SIGKILL');
    for (let life = 0; life < 2; life++) {
      const daemon = await DaemonProcess.start([], stateDir);
      const { outcomes } = await historyOf(daemon);
      assert.deepEqual(
        outcomes.map(({ id, status }) => [id, status]).sort(),
        [
          [done, 'completed'],
          [failed, 'failed'],
          [running, 'interrupted'],
          [cancelled, 'cancelled'],
        ].sort(),
      );
      await daemon.stop('SIGKILL');
    }
  });

  it('survives a torn line, keeps what a newer version wrote, shows 7 days, and is bounded', async () => {
    const stateDir = newStateDir();
    await (await DaemonProcess.start([], stateDir)).stop('SIGTERM');
    const file = join(stateDir, 'history.jsonl');
    const dayMs = 86_400_000;
    const outcome = (id: string, agoMs: number) =>
      `${JSON.stringify({ type: 'outcome', id, name: id, status: 'completed', endedAt: Date.now() - agoMs, mood: 'good' })}\n`;
    appendFileSync(
      file,
      outcome('fresh', dayMs) + outcome('old', 8 * dayMs) + '{"type":"moon","phase":3}\n' + '{"type":"outc',
    );
    const second = await DaemonProcess.start([], stateDir);
    const { outcomes } = await historyOf(second);
    assert.deepEqual(
      outcomes.map(({ id }) => id),
      ['fresh'],
    );
    await second.session(await second.submit(node('')), 'completed');
    await second.stop('SIGTERM');
    const lines = readFileSync(file, 'utf8');
    assert.ok(lines.includes('"mood":"good"') && lines.includes('"phase":3'));

    writeFileSync(
      file,
      Array.from({ length: 40_000 }, (_, index) => outcome(`many-${index}`, 1_000)).join(''),
    );
    const third = await DaemonProcess.start([], stateDir);
    await third.session(await third.submit(node('')), 'completed');
    assert.ok(statSync(file).size < 2 * 1_024 * 1_024, `${statSync(file).size} bytes`);
    const last = (await historyOf(third)).outcomes;
    assert.ok(last.length > 1_000 && last.some(({ id }) => id === 'many-39999'));
  });
});
