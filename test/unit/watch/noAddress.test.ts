import assert from 'node:assert/strict';
import { Discovery } from '../../../src/watch/discovery/discovery';
import { Registry } from '../../../src/watch/registry';
import { daemonIdOf, listedOf } from '../../../src/settings/daemonList';
import { createProbe } from '../../../src/kinds/probe';
import type { FoundDaemon } from '../../../src/model/foundDaemon';
import type { Target } from '../../../src/model/target';
import { FakeTime } from '../health/support';
import { AdoptedDaemons } from '../../../src/store/adopted';
import { MemoryMemento } from '../../support/memento';
import { http, watchedAt } from '../../support/target';

const WATCHED: Target = { kind: 'file', paths: ['/run/x/state.json'] };
const OTHER: Target = { kind: 'command', argv: ['x', 'status'] };

function foundAt(target: Target): FoundDaemon {
  return { kind: 'ductor', target, place: '/project', isRunning: true, belongs: false };
}

describe('discovery beside daemons without an address', () => {
  let registry: Registry;
  let discovery: Discovery;

  beforeEach(async () => {
    const clock = new FakeTime();
    registry = new Registry({
      clock,
      random: () => 0.5,
      isFocused: () => false,
      createProbe: () => Promise.reject(new Error('not asked here')),
      recall: () => ({}),
    });
    const daemons = [WATCHED, http('http://127.0.0.1:1')].map((target, n) => ({
      name: `d${n}`,
      ...watchedAt(target),
      pollIntervalMs: 60_000,
      configured: true,
    }));
    discovery = new Discovery(
      {
        registry,
        clock,
        settings: {
          daemonList: () => ({ raw: [], configured: true, allowRemote: false }),
          hasOwnList: true,
          discovery: true,
        },
        kept: new AdoptedDaemons(new MemoryMemento(), new MemoryMemento(), () => undefined),
        recall: () => ({}),
        workspaceFolders: () => [],
        accepts: () => Promise.resolve(false),
        isFocused: () => false,
        scan: ({ skipPorts }) => {
          assert.deepEqual([...skipPorts], [1]);
          return Promise.resolve(
            [WATCHED, OTHER, http('http://localhost:1'), http('http://localhost:2')].map(foundAt),
          );
        },
        log: (line) => assert.fail(line),
      },
      () => ({ daemons, problems: [] }),
    );
    discovery.start();
    await discovery.scan();
  });
  afterEach(() => {
    discovery.dispose();
    registry.dispose();
  });

  const offered = () => registry.found.filter(({ isIgnored }) => !isIgnored).map(({ target }) => target);

  it('offers what is not watched, with or without an address', () => {
    assert.deepEqual(offered(), [OTHER, http('http://localhost:2')]);
  });

  it('writes only what has an address into the list', () => {
    assert.deepEqual(listedOf(registry.models), [{ name: 'd1', url: 'http://127.0.0.1:1' }]);
    assert.equal(discovery.found('http://localhost:2')?.url, 'http://localhost:2');
    assert.equal(discovery.found('http://localhost:3'), undefined);
    assert.throws(() => discovery.found(daemonIdOf(OTHER)), {
      code: { is: 'hasNoAddress', daemon: 'ductor' },
    });
  });

  it('ignores one by where it was found', async () => {
    await discovery.ignore(daemonIdOf(OTHER));
    assert.deepEqual(offered(), [http('http://localhost:2')]);
  });
});

describe('a probe of what no kind knows', () => {
  for (const target of [WATCHED, OTHER]) {
    it(`is of a ${target.kind}: says so, and never throws`, async () => {
      const probe = createProbe(target);
      const sample = await probe.ask();
      assert.deepEqual(!sample.ok && sample.failure, { kind: 'wrongAnswer', cause: { is: 'noAddress' } });
      await assert.rejects(probe.statusText(), { code: { is: 'noStatusToCopy' } });
      await probe.close();
    });
  }
});
