import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Memento } from 'vscode';
import type { Snooze } from '../../../src/health/snooze';
import { RestartRecords } from '../../../src/store/restartRecords';
import { Snoozes } from '../../../src/store/snoozes';
import type { RestartRecord } from '../../../src/model/restartRecord';
import { MemoryMemento } from '../../support/memento';
import { makeStorage, type Storage } from '../../support/storage';
import { idAt } from '../../support/target';
import { until } from '../../support/until';
import { WindowMementos } from '../../support/windowMementos';

const [A, B] = [idAt('http://127.0.0.1:3457'), idAt('http://127.0.0.1:3470')];
const HOUR: Snooze = { kind: 'until', untilAt: 9 };
const RECORD: RestartRecord = { at: 1, why: 'wedged', kind: 'cured', text: 'restarted' };

describe('what windows share of snoozes and restarts', () => {
  let storage: Storage;
  let mementos: WindowMementos;
  let opened: { dispose(): void }[];
  beforeEach(() => {
    storage = makeStorage();
    mementos = new WindowMementos();
    opened = [];
  });
  afterEach(() => {
    for (const one of opened) one.dispose();
    storage.remove();
  });

  function snoozes(state: Memento = mementos.open(), onChange = () => undefined as void): Snoozes {
    const all = new Snoozes(state, storage.deps, onChange, () => 0);
    opened.push(all);
    return all;
  }
  function records(state: Memento = mementos.open()): RestartRecords {
    const all = new RestartRecords(state, storage.deps);
    opened.push(all);
    return all;
  }
  const kinds = (all: Snoozes) => [A, B].map((id) => all.of(id, undefined)?.kind);
  const seen = (all: Snoozes, ...wanted: (string | undefined)[]) =>
    until(
      () => {
        all.look();
        return JSON.stringify(kinds(all)) === JSON.stringify(wanted);
      },
      `${wanted.map(String).join(', ')}`,
    );

  /** Versions up to 0.1: read, modify, write. */
  async function oldSets(state: Memento, id: string, snooze: Snooze | undefined): Promise<void> {
    const { [id]: _, ...others } = state.get<Record<string, Snooze>>('snoozes', {});
    await state.update('snoozes', snooze ? { ...others, [id]: snooze } : others);
  }

  it('are both kept where two windows snooze one daemon each at the same moment', async () => {
    const windows = [snoozes(), snoozes()];
    await Promise.all([A, B].map((id, index) => windows[index]!.set(id, HOUR)));
    mementos.deliver();
    for (const window of [...windows, snoozes()]) await seen(window, 'until', 'until');
  });

  it('are both kept where two windows restart one daemon at the same moment', async () => {
    const windows = [records(), records()];
    await Promise.all(windows.map((window, at) => window.add(A, { ...RECORD, at })));
    mementos.deliver();
    const next = records();
    await until(() => {
      next.look();
      return next.of(A).length === 2;
    });
  });

  it('reach another window, which is told', async () => {
    let told = 0;
    const [one, other] = [snoozes(), snoozes(mementos.open(), () => void told++)];
    await one.set(A, HOUR);
    await seen(other, 'until', undefined);
    assert.equal(told, 1);
    await one.set(A, undefined);
    await seen(other, undefined, undefined);
    assert.equal(told, 2);
  });

  it('are cancelled for good, also where a window has old keys', async () => {
    const [one, other] = [snoozes(), snoozes()];
    await one.set(A, HOUR);
    await seen(other, 'until', undefined);
    mementos.deliver();
    await one.set(A, undefined);
    // This window's copy of the keys still has the snooze.
    await other.set(B, HOUR);
    await seen(one, undefined, 'until');
    await seen(other, undefined, 'until');
  });

  it('take over what an older version kept, and what that version changed later', async () => {
    await oldSets(mementos.open(), A, HOUR);
    const first = snoozes();
    assert.deepEqual(kinds(first), ['until', undefined], 'at once');
    await first.set(B, HOUR);
    await oldSets(mementos.open(), A, undefined);
    await seen(snoozes(), undefined, 'until');
    await oldSets(mementos.open(), A, { kind: 'untilRestart' });
    await seen(snoozes(), 'untilRestart', 'until');
  });

  it('are read by an older version, which adds a restart and loses none', async () => {
    const state = mementos.open();
    for (const at of [1, 2]) await records(state).add(A, { ...RECORD, at });
    const old = mementos.open();
    const kept = old.get<Record<string, RestartRecord[]>>('restarts')!;
    assert.deepEqual(
      kept[A]!.map(({ at }) => at),
      [2, 1],
    );
    await old.update('restarts', { [A]: [{ ...RECORD, at: 3 }, ...kept[A]!] });
    const next = records();
    await until(() => next.of(A).length === 3);
    await next.add(A, { ...RECORD, at: 4 });
    assert.deepEqual(
      next.of(A).map(({ at }) => at),
      [4, 3, 2, 1],
    );
  });

  it('are there from the keys where somebody deleted the file', async () => {
    await snoozes().set(A, HOUR);
    rmSync(join(storage.folder, 'snoozes.json'));
    const next = snoozes();
    await next.set(B, HOUR);
    assert.deepEqual(kinds(next), ['until', 'until']);
  });

  for (const kept of [
    null,
    5,
    'x',
    [],
    { [A]: 5 },
    { [A]: null },
    { [A]: { kind: 'until', untilAt: 'soon' } },
  ]) {
    it(`are none where ${JSON.stringify(kept)} was kept`, async () => {
      const state = new MemoryMemento();
      await state.update('snoozes', kept);
      const all = snoozes(state);
      assert.deepEqual(kinds(all), [undefined, undefined]);
      await all.set(A, HOUR);
      assert.deepEqual(kinds(all), ['until', undefined]);
    });
  }
});
