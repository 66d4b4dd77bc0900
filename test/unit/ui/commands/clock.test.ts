import { idAt } from '../../../support/target';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Clock } from '../../../../src/base/time';
import type * as CopyDiagnostics from '../../../../src/ui/commands/copyDiagnostics';
import type * as SnoozeCommand from '../../../../src/ui/commands/snooze';
import type { Registry } from '../../../../src/watch/registry';
import { Snoozes } from '../../../../src/store/snoozes';
import { loadWith } from '../../../support/fakeVSCode';
import { MemoryMemento, memoryOver } from '../../../support/memento';
import { makeStorage } from '../../../support/storage';
import { Watch } from '../../health/support';
import { modelOf } from '../support';

const COMMANDS = join(__dirname, '..', '..', '..', '..', 'src', 'ui', 'commands');
const ORIGIN = 'http://127.0.0.1:3457';

/** A day that is not today. */
const NOON = Date.parse('2031-05-06T12:00:00.000Z');
const clock: Clock = { now: () => ({ wallAt: NOON, monotonicMs: 5_000_000, uptimeMs: 5_000_000 }) };

describe('the clock that is passed in', () => {
  it('is the time of Copy Diagnostics, and what ages in it are counted to', async () => {
    let copied = '';
    const vscode = {
      version: '1',
      env: {
        appHost: 'x',
        clipboard: {
          writeText: (text: string) => {
            copied = text;
            return Promise.resolve();
          },
        },
      },
      extensions: { getExtension: () => undefined },
      workspace: { isTrusted: true, getConfiguration: () => ({ inspect: () => undefined }) },
      window: { setStatusBarMessage: () => undefined },
    };
    const { copyDiagnostics } = loadWith<typeof CopyDiagnostics>(vscode, join(COMMANDS, 'copyDiagnostics'));
    const model = modelOf(Watch.healthy());
    const registry = { samples: () => [], problems: [] } as unknown as Registry;
    await copyDiagnostics(registry, [model], clock);
    assert.match(copied, /^Taken 2031-05-06T12:00:00\.000Z\./m);
    const agoMs = 5_000_000 - model.track.verdict.since.monotonicMs;
    assert.match(copied, new RegExp(`since .* \\(${Math.floor(agoMs / 3_600_000)} h `));
  });

  it('is what a snooze counts from', () => {
    const { snoozeItems } = loadWith<typeof SnoozeCommand>({}, join(COMMANDS, 'snooze'));
    const [quarter] = snoozeItems(modelOf(Watch.healthy()), NOON);
    assert.deepEqual(quarter?.value.snooze, { kind: 'until', untilAt: NOON + 15 * 60_000 });
  });

  it('decides whether a snooze is over', async () => {
    let nowAt = NOON;
    const storage = makeStorage();
    const snoozes = new Snoozes(
      new MemoryMemento(),
      storage.deps,
      () => undefined,
      () => nowAt,
    );
    await snoozes.set(idAt(ORIGIN), { kind: 'until', untilAt: NOON + 1_000 });
    assert.ok(snoozes.of(idAt(ORIGIN), undefined));
    nowAt += 1_001;
    assert.equal(snoozes.of(idAt(ORIGIN), undefined), undefined);
    storage.remove();
  });

  it('decides for how long a daemon counts as seen', async () => {
    const state = new MemoryMemento();
    await state.update('daemons', { [ORIGIN]: { seenUpAt: NOON - 1_000 } });
    assert.equal(memoryOver(state, () => NOON).recall(idAt(ORIGIN)).seenUpAt, NOON - 1_000);
    const later = () => NOON + 365 * 86_400_000;
    assert.equal(memoryOver(state, later).recall(idAt(ORIGIN)).seenUpAt, undefined);
  });

  it('decides which spans of a history are too old', async () => {
    const state = new MemoryMemento();
    await state.update('histories', { [ORIGIN]: [['healthy', NOON - 60_000, NOON - 1_000]] });
    assert.ok(memoryOver(state, () => NOON).recall(idAt(ORIGIN)).history);
    const later = () => NOON + 2 * 86_400_000;
    assert.equal(memoryOver(state, later).recall(idAt(ORIGIN)).history, undefined);
  });
});
