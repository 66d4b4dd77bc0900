import assert from 'node:assert/strict';
import type { Sample } from '../../../../src/health/report';
import { AdoptedDaemons } from '../../../../src/store/adopted';
import { Discovery } from '../../../../src/watch/discovery/discovery';
import { Registry } from '../../../../src/watch/registry';
import { MemoryMemento } from '../../../support/memento';
import { FakeTime, goodReport } from '../../health/support';

/** Counts how often somebody goes through all daemons. */
class CountingRegistry extends Registry {
  walks = 0;

  override get models() {
    this.walks++;
    return super.models;
  }
}

it('discovery goes through no list of all daemons because one of them answered', async () => {
  const clock = new FakeTime();
  const ask = (): Promise<Sample> =>
    Promise.resolve({ ok: true, startedMs: clock.monotonicMs, latencyMs: 3, report: goodReport(clock) });
  const registry = new CountingRegistry({
    clock,
    random: () => 0.5,
    isFocused: () => true,
    createProbe: () =>
      Promise.resolve({ ask, statusText: () => Promise.resolve(''), close: () => Promise.resolve() }),
    recall: () => ({}),
  });
  const raw = Array.from({ length: 50 }, (_, n) => ({ name: `d${n}`, url: `http://127.0.0.1:${4_000 + n}` }));
  const discovery = new Discovery({
    registry,
    clock,
    settings: {
      daemonList: () => ({ raw, configured: true, allowRemote: false }),
      hasOwnList: true,
      discovery: true,
    },
    kept: new AdoptedDaemons(new MemoryMemento(), new MemoryMemento(), assert.fail),
    recall: () => ({}),
    workspaceFolders: () => [],
    isFocused: () => true,
    scan: () => Promise.resolve([]),
    accepts: () => Promise.resolve(false),
    log: assert.fail,
  });
  try {
    discovery.start();
    await discovery.scan();
    await registry.refresh();
    await discovery.settled();
    registry.walks = 0;
    await registry.refresh();
    assert.ok(registry.walks <= 5, `${registry.walks} times for 50 answers`);
  } finally {
    discovery.dispose();
    registry.dispose();
  }
});
