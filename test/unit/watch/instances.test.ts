import assert from 'node:assert/strict';
import type { Probe } from '../../../src/kinds/probe';
import { ProcessFates } from '../../../src/watch/processFates';
import { Registry } from '../../../src/watch/registry';
import { FakeTime, goodReport, type Parts } from '../health/support';
import { daemon } from '../ui/support';

describe('the process of a daemon of an unheard-of kind', () => {
  /** The ports whose listeners are looked for after one answer. */
  async function lookedFor(parts: Parts): Promise<readonly number[]> {
    const ports: number[] = [];
    const clock = new FakeTime();
    const finder = {
      ownerOf: (port: number) => {
        ports.push(port);
        return Promise.resolve(undefined);
      },
      fateOf: () => Promise.resolve('unknown' as const),
    };
    const found = Promise.resolve(finder);
    const probe: Probe = {
      ask: () => {
        const report = goodReport(clock, { kind: 'toy', ...parts });
        return Promise.resolve({ ok: true, startedMs: clock.monotonicMs, latencyMs: 3, report });
      },
      statusText: () => Promise.resolve(''),
      close: () => Promise.resolve(),
    };
    const registry = new Registry({
      clock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: () => Promise.resolve(probe),
      recall: () => ({}),
      processes: new ProcessFates(assert.ifError, () => found),
    });
    registry.configure({ daemons: [daemon('toy', 9_999)], problems: [] });
    await registry.refresh();
    // What was asked of the world while the answer came in has been asked by now.
    await found;
    registry.dispose();
    return ports;
  }

  const sessions = [{ id: 'a', title: 'a', status: 'running' }];
  const rows: readonly [what: string, parts: Parts, ports: readonly number[]][] = [
    [
      'is looked for where its lives have no names',
      { sessions, traits: { namesItsInstances: false } },
      [9_999],
    ],
    ['is not looked for where its lives have names', { sessions, traits: { namesItsInstances: true } }, []],
    [
      'is looked for also where it has no work: the row of a dead daemon names it',
      { sessions: [], traits: { namesItsInstances: false } },
      [9_999],
    ],
  ];
  for (const [what, parts, ports] of rows) {
    it(what, async () => assert.deepEqual(await lookedFor(parts), ports));
  }
});
