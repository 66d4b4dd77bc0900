import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mock } from 'node:test';
import type { Session } from '../../../../src/health/report';
import type * as Tree from '../../../../src/ui/tree/tree';
import { sessionRows } from '../../../../src/ui/tree/sessionRows';
import type { Registry } from '../../../../src/watch/registry';
import { loadWith } from '../../../support/fakeVSCode';
import { MINUTE_MS, Watch, goodReport } from '../../health/support';
import { modelOf } from '../support';

const STEP_MS = 50;

/** A tree of one daemon that has answered once, with work that ends at these times from now. */
function treeOf(endsInMs: readonly number[], isVisible: boolean) {
  const watch = new Watch();
  const sessions = endsInMs.map((ms, index): Session => {
    return { id: `${index}`, title: 'build', status: 'running', deadlineAt: watch.time.wallAt + ms };
  });
  watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions }));
  const models = [modelOf(watch)];
  const writtenMs: number[] = [];
  const vscode = {
    EventEmitter: class {
      readonly event = () => undefined;
      readonly fire = () => void writtenMs.push(watch.time.monotonicMs);
    },
    commands: { executeCommand: () => Promise.resolve() },
  };
  const { HealthTree } = loadWith<typeof Tree>(vscode, join(__dirname, '../../../../src/ui/tree/tree'));
  const view = { visible: isVisible, onDidChangeVisibility: () => ({ dispose: () => undefined }) };
  const registry = { models, problems: [], conflicts: [], found: [], settled: true };
  const tree = new HealthTree(
    registry as unknown as Registry,
    watch.time,
    () => view as unknown as ReturnType<NonNullable<ConstructorParameters<typeof HealthTree>[2]>>,
  );
  tree.drawSessions(sessionRows(() => []));
  writtenMs.length = 0;
  return {
    /** When it was written while this time went by, in ms from now. */
    writtenIn: (ms: number): readonly number[] => {
      const fromMs = watch.time.monotonicMs;
      for (let passedMs = 0; passedMs < ms; passedMs += STEP_MS) {
        watch.time.advance(STEP_MS);
        mock.timers.tick(STEP_MS);
      }
      return writtenMs.splice(0).map((atMs) => atMs - fromMs);
    },
    /** The delays of the timers that a drawing sets after the event loop stood still for so long, in ms. */
    delaysAfter: (stoodStillMs: number): readonly number[] => {
      watch.time.advance(stoodStillMs);
      const set = mock.method(globalThis, 'setTimeout');
      tree.render();
      set.mock.restore();
      return set.mock.calls.map(({ arguments: [, ms] }) => ms ?? 0);
    },
  };
}

const gapsOf = (times: readonly number[]) => times.slice(1).map((ms, index) => ms - times[index]!);

describe('the tree, while time alone changes what its rows say', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('is written once a minute for each row', () => {
    const { writtenIn } = treeOf([30 * MINUTE_MS + 10_000, 40 * MINUTE_MS + 30_000], true);
    const written = writtenIn(10 * MINUTE_MS);
    assert.equal(written.length, 20);
    assert.ok(Math.min(...gapsOf(written)) >= 20_000 - STEP_MS);
  });

  it('is written at most once a second, also where many rows count their last minute', () => {
    const { writtenIn } = treeOf(
      Array.from({ length: 7 }, (_, index) => MINUTE_MS + 130 * index),
      true,
    );
    const written = writtenIn(50_000);
    assert.ok(written.length >= 40, `${written.length} times`);
    assert.ok(Math.min(...gapsOf(written)) >= 1_000, `${Math.min(...gapsOf(written))} ms`);
  });

  it('waits for no moment that is over, where the window stood still', () => {
    const delays = treeOf([MINUTE_MS], true).delaysAfter(10_000);
    assert.deepEqual(delays, [0]);
  });

  it('is not written while nobody sees it', () => {
    const { writtenIn } = treeOf([MINUTE_MS, 5 * MINUTE_MS], false);
    assert.deepEqual(writtenIn(3 * MINUTE_MS), []);
  });
});
