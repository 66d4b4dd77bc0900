import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure, Sample } from '../../../src/health/report';
import { lockDaemon, restartElsewhere } from '../../../src/restart/restartLock';
import type { DaemonConfig } from '../../../src/model/daemonConfig';
import type { Probe } from '../../../src/kinds/probe';
import { Monitor } from '../../../src/watch/monitor';
import { ContenderMaker, type Contender } from '../../support/lockContenders';
import { at, idAt } from '../../support/target';
import { FakeTime, goodReport } from '../../unit/health/support';

/** The daemon that contenders lock. */
const ORIGIN = 'http://127.0.0.1:3457';
const DAEMON: DaemonConfig = { name: 'daemon', ...at(ORIGIN), pollIntervalMs: 5_000, configured: true };
const REFUSED: Failure = { kind: 'refused', cause: { is: 'connectionRefused' } };

describe('a restart that another process has under way', function () {
  this.timeout(60_000);
  const maker = new ContenderMaker();
  let folder: string;
  let other: Contender;
  before(() => maker.start());
  after(() => maker.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-elsewhere-'));
    other = await maker.make();
  });
  afterEach(async () => {
    await other.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const look = () => restartElsewhere(folder, idAt(ORIGIN));
  const lock = () =>
    join(
      folder,
      readdirSync(folder).find((name) => name.endsWith('.lock'))!,
    );
  async function otherRestarts(): Promise<void> {
    const goAtNs = String(process.hrtime.bigint());
    const reply = await other.ask({ kind: 'go', lock: 'restart', folder, goAtNs });
    assert.equal(reply.kind === 'tried' && reply.got, true);
  }

  it('is known since when, until that process gives the lock back', async () => {
    assert.equal(await look(), undefined);
    const beforeAt = Date.now();
    await otherRestarts();
    const { beganAt } = (await look())!;
    assert.ok(beganAt >= beforeAt && beganAt <= Date.now());
    assert.equal(await restartElsewhere(folder, idAt('http://127.0.0.1:3470')), undefined, 'of this daemon');
    const files = readdirSync(folder);
    await look();
    assert.deepEqual(readdirSync(folder), files, 'who looks leaves nothing');
    await other.release();
    assert.equal(await look(), undefined);
  });

  it('is over where that process is killed in the middle of it, though its lock stays', async () => {
    await otherRestarts();
    assert.ok(await look());
    await other.die();
    assert.ok(lock());
    assert.equal(await look(), undefined);
  });

  it('is none where that process stops the daemon, nor where this window has the lock', async () => {
    await otherRestarts();
    const about = JSON.parse(readFileSync(lock(), 'utf8')) as object;
    writeFileSync(lock(), JSON.stringify({ ...about, work: 'stop' }));
    assert.equal(await look(), undefined);
    writeFileSync(lock(), JSON.stringify(about));
    await other.release();
    const locked = await lockDaemon(folder, idAt(ORIGIN));
    assert.equal(await look(), undefined);
    if (locked.kind === 'ours') await locked.release();
  });

  const foreign: readonly (readonly [string, (about: Record<string, unknown>) => string])[] = [
    ['is torn', (about) => JSON.stringify(about).slice(0, 40)],
    ['is empty', () => ''],
    ['names another daemon', (about) => JSON.stringify({ ...about, daemon: 'http://127.0.0.1:1' })],
    ['says nothing of its purpose', ({ daemon: _daemon, work: _work, ...about }) => JSON.stringify(about)],
    ['says no time', ({ at: _at, ...about }) => JSON.stringify(about)],
    ['is an earlier version’s', ({ pid, at }) => JSON.stringify({ pid, at })],
    [
      'is of another machine',
      ({ socket: _socket, ...about }) => JSON.stringify({ ...about, machine: 'x', bootId: 'y' }),
    ],
    ['is endless', () => ' '.repeat(2_000_000)],
  ];
  for (const [what, make] of foreign) {
    it(`is none where the lock ${what}`, async () => {
      await otherRestarts();
      const text = readFileSync(lock(), 'utf8');
      writeFileSync(lock(), make(JSON.parse(text) as Record<string, unknown>));
      assert.equal(await look(), undefined);
      writeFileSync(lock(), text);
      assert.ok(await look());
    });
  }

  it('is shown by the window that looks on, which counts failures from the end of it on', async () => {
    const time = new FakeTime();
    time.wallAt = Date.now();
    let isUp = true;
    const ask = (): Promise<Sample> =>
      Promise.resolve(
        isUp
          ? { ok: true, startedMs: 0, latencyMs: 1, report: goodReport(time) }
          : { ok: false, startedMs: 0, failure: REFUSED },
      );
    const monitor = new Monitor(
      DAEMON,
      {},
      {
        clock: time,
        createProbe: () => Promise.resolve({ ask, close: () => Promise.resolve() } as unknown as Probe),
        isFocused: () => true,
        random: () => 0.5,
        restartElsewhere: (daemonId) => restartElsewhere(folder, daemonId),
        onStep: () => undefined,
      },
    );
    const poll = async () => {
      time.advance(1_000);
      await monitor.poll();
      return monitor.track.verdict.state;
    };
    assert.equal(await poll(), 'healthy');
    await otherRestarts();
    assert.equal(await poll(), 'healthy');
    isUp = false;
    for (let polls = 0; polls < 15; polls++) assert.equal(await poll(), 'restarting');
    await other.die();
    assert.equal(await poll(), 'notAnswering');
    assert.equal(monitor.track.streak?.count, 1);
    monitor.dispose();
  });

  it('is none where the look hangs: the polls go on', async () => {
    const time = new FakeTime();
    const ask = (): Promise<Sample> => Promise.resolve({ ok: false, startedMs: 0, failure: REFUSED });
    const monitor = new Monitor(
      DAEMON,
      { seenUpAt: time.wallAt },
      {
        clock: time,
        createProbe: () => Promise.resolve({ ask, close: () => Promise.resolve() } as unknown as Probe),
        isFocused: () => true,
        random: () => 0.5,
        restartElsewhere: () => new Promise(() => undefined),
        onStep: () => undefined,
      },
    );
    await monitor.poll();
    assert.equal(monitor.track.verdict.state, 'notAnswering');
    monitor.dispose();
  });
});
