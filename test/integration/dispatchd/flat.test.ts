import assert from 'node:assert/strict';
import { createProbe } from '../../../src/kinds/probe';
import { DaemonProcess, newStateDir } from '../../support/dispatchd/daemonProcess';
import { plantQueued } from '../../support/dispatchd/planted';
import { dispatchdScope } from '../dispatchdScope';

interface Waiting {
  readonly waiting: {
    readonly count: number;
    readonly oldest: readonly { readonly id: string; readonly name: string; readonly createdAt: string }[];
  };
}

describe('the status of a dispatchd with many waiting tasks', function () {
  this.timeout(60_000);
  const scope = dispatchdScope();

  it('tells their number and lists the 200 oldest', async () => {
    const stateDir = newStateDir();
    const ids = plantQueued(stateDir, 450);
    const daemon = await DaemonProcess.start(['--workers', '0'], stateDir);
    for (const token of [false, daemon.token] as const) {
      const answer = await daemon.request('GET', '/api/daemon/status', { token });
      const { waiting } = answer.json<Waiting>();
      assert.equal(waiting.count, 450);
      assert.deepEqual(
        waiting.oldest.map(({ id }) => id),
        ids.slice(0, 200),
      );
      assert.deepEqual(Object.keys(waiting.oldest[0]!).sort(), ['createdAt', 'id', 'kind', 'name']);
    }
  });

  it('counts what waits behind another turn of its name, and what waits again', async () => {
    const daemon = await DaemonProcess.start(['--workers', '1']);
    const first = await daemon.submit({ command: 'sleep 60', kind: 'named', name: 'agent' });
    await daemon.session(first, 'running');
    const ids = [];
    for (let turn = 0; turn < 3; turn++)
      ids.push(await daemon.submit({ command: 'sleep 60', kind: 'named', name: 'agent' }));
    const { waiting } = (await daemon.get('/api/daemon/status')).json<Waiting>();
    assert.deepEqual([waiting.count, waiting.oldest.map(({ id }) => id)], [3, ids]);
    await daemon.post(`/api/sessions/${ids[1]}/cancel`);
    await daemon.stop('SIGTERM');
    const again = await DaemonProcess.start(['--workers', '0'], daemon.stateDir);
    const after = (await again.get('/api/daemon/status')).json<Waiting>().waiting;
    assert.deepEqual(
      after.oldest.map(({ id }) => id),
      [first, ids[0], ids[2]],
      'in the order of acceptance',
    );
  });

  it('is shown with the number that waits', async () => {
    const stateDir = newStateDir();
    plantQueued(stateDir, 300);
    const daemon = await DaemonProcess.start(['--workers', '0'], stateDir);
    const probe = createProbe({ kind: 'http', origin: `http://127.0.0.1:${daemon.port}` });
    scope.add(() => probe.close());
    const sample = await probe.ask();
    assert.ok(sample.ok);
    assert.equal(sample.report.queue?.waiting, 300);
  });

  it('takes at most twice as long with 10,000 of them as with none', async () => {
    const [none, many] = [newStateDir(), newStateDir()];
    plantQueued(many, 10_000);
    const [empty, full] = [
      await DaemonProcess.start(['--workers', '0'], none),
      await DaemonProcess.start(['--workers', '0'], many),
    ];
    for (const path of ['/api/daemon/status', '/metrics', '/health', '/readyz']) {
      const [emptyMs, fullMs] = await alternately(path, 200, [empty, full]);
      assert.ok(fullMs! <= 2 * emptyMs!, `${path}: ${fullMs} ms against ${emptyMs} ms`);
    }
  });
});

/** The median of so many requests to each, taken by turns, so that both have the same machine. */
async function alternately(
  path: string,
  rounds: number,
  daemons: readonly DaemonProcess[],
): Promise<number[]> {
  const took = daemons.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, daemon] of daemons.entries()) {
      const startedMs = performance.now();
      await daemon.get(path);
      took[index]!.push(performance.now() - startedMs);
    }
  }
  return took.map((each) => each.sort((a, b) => a - b)[Math.floor(rounds / 2)]!);
}
