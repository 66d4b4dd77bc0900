import assert from 'node:assert/strict';
import { Instances } from '../../../src/watch/instances';
import { ProcessFates } from '../../../src/watch/processFates';
import { MemoryMemento } from '../../support/memento';
import { Watch, goodReport, type Parts } from '../health/support';
import { modelOf } from '../ui/support';

describe('the process of a daemon of an unheard-of kind', () => {
  /** The ports whose listeners are looked for after one answer. */
  function lookedFor(parts: Parts): readonly number[] {
    const ports: number[] = [];
    const watch = new Watch();
    watch.answer(goodReport(watch.time, { kind: 'toy', ...parts }));
    const finder = {
      ownerOf: (port: number) => {
        ports.push(port);
        return Promise.resolve(undefined);
      },
      fateOf: () => Promise.resolve('unknown' as const),
    };
    new Instances({
      models: () => [modelOf(watch, 'toy', 9_999)],
      state: new MemoryMemento(),
      processes: new ProcessFates(finder),
      onRestarted: () => undefined,
      lostWorkOf: () => Promise.resolve(undefined),
    }).update();
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
    ['is not looked for where it has no work', { sessions: [], traits: { namesItsInstances: false } }, []],
  ];
  for (const [what, parts, ports] of rows) it(what, () => assert.deepEqual(lookedFor(parts), ports));
});
