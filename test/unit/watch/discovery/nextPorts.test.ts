import assert from 'node:assert/strict';
import { NextPorts } from '../../../../src/watch/discovery/nextPorts';

const NONE: ReadonlySet<number> = new Set();

describe('the ports beside watched daemons', () => {
  let taken: Set<number>;
  let knocked: number[];
  let ports: NextPorts;
  beforeEach(() => {
    taken = new Set();
    knocked = [];
    ports = new NextPorts((port) => {
      knocked.push(port);
      return Promise.resolve(taken.has(port));
    });
  });

  const smithy = (port: number) => ({ port, kind: 'smithy' });
  const changed = (own: readonly number[], found = NONE) =>
    ports.changed(own.map(smithy), new Set(own), found);

  it('are one for each daemon, while nobody is there', async () => {
    assert.deepEqual(await changed([3457, 4000]), []);
    assert.deepEqual(knocked, [3458, 4001]);
  });

  it('are those of kinds that take another port', async () => {
    const others = ['dispatchd', 'ductor', undefined].map((kind) => ({ port: 3470, kind }));
    assert.deepEqual(await ports.changed(others, new Set([3470]), NONE), []);
    assert.deepEqual(knocked, []);
  });

  it('are not those where a watched daemon is, and no port twice', async () => {
    assert.deepEqual(await changed([3457, 3458]), []);
    assert.deepEqual(knocked, [3459]);
  });

  it('are told once when somebody comes, and again after the port has refused', async () => {
    taken = new Set([3458]);
    const told = [await changed([3457]), await changed([3457])];
    taken = new Set();
    told.push(await changed([3457]));
    taken = new Set([3458]);
    told.push(await changed([3457]));
    assert.deepEqual(told, [[3458], [], [3458], [3458]]);
  });

  it('are told when a daemon that was found there is gone', async () => {
    const found = new Set([3458]);
    taken = found;
    assert.deepEqual(await changed([3457], found), []);
    taken = new Set();
    assert.deepEqual(await changed([3457], found), [3458]);
  });

  it('end where a smithy tries no further', async () => {
    taken = new Set(Array.from({ length: 100 }, (_, n) => 3457 + n));
    assert.deepEqual((await changed([3457])).at(-1), 3476);
    assert.deepEqual(await changed([65_535]), []);
  });
});
