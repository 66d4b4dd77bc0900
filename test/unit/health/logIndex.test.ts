import assert from 'node:assert/strict';
import type { Entry } from '../../../src/health/incidentLog';
import { LogIndex } from '../../../src/health/logIndex';
import type { DaemonId } from '../../../src/health/report';
import { idAt } from '../../support/target';

const [ONE, TWO] = ['http://127.0.0.1:3457', 'http://127.0.0.1:3470'].map(idAt) as [DaemonId, DaemonId];

const watch = (daemonId: DaemonId, fromAt: number): Entry => ({
  is: 'watch',
  daemonId,
  fromAt,
  toAt: fromAt + 1,
});

describe('the log of the machine, by daemon', () => {
  it('is read once for each change of the log, however often it is asked', () => {
    const index = new LogIndex();
    let reads = 0;
    const counted = (log: readonly Entry[]) =>
      new Proxy(log, {
        get: (of, key) => {
          if (key === Symbol.iterator) reads += 1;
          return Reflect.get(of, key) as unknown;
        },
      });
    const log = counted([watch(ONE, 1), watch(TWO, 2), watch(ONE, 3)]);
    const first = index.of(log, ONE);
    for (let model = 0; model < 100; model++) assert.equal(index.of(log, ONE), first);
    assert.deepEqual([first.watches.length, index.of(log, TWO).watches.length, reads], [2, 1, 1]);
    const next = counted([...log, watch(TWO, 4)]);
    assert.deepEqual([index.of(next, TWO).watches.length, reads], [2, 3]);
  });

  it('has nothing of a daemon that is not in it', () => {
    assert.deepEqual(new LogIndex().of([], ONE), { phases: [], lives: [], watches: [] });
  });
});
