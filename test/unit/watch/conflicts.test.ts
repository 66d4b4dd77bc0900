import { http } from '../../support/target';
import assert from 'node:assert/strict';
import type { OfferedDaemon, FoundDaemon } from '../../../src/model/foundDaemon';
import type { DaemonModel } from '../../../src/model/daemonModel';
import { conflictsOf } from '../../../src/watch/conflicts';
import { conflictSummary } from '../../../src/words/conflictText';
import type { DaemonState } from '../../../src/health/states';
import { daemon } from '../ui/support';

const DATABASE = '/project/.stoneforge/stoneforge.db';

/** A smithy on the one database, in a state, with sessions of these; `undefined` where it does not tell them. */
function smithy(port: number, state: DaemonState, sessions?: readonly string[]): DaemonModel {
  const report = {
    kind: 'smithy',
    isRunning: state !== 'stopped',
    database: { path: DATABASE, realPath: DATABASE },
    ...(sessions && { sessions: sessions.map((status, n) => ({ id: `${port} ${n}`, status })) }),
    malformed: [],
  };
  return {
    daemon: daemon(`smithy ${port}`, port),
    track: { last: { report }, verdict: { state } },
  } as unknown as DaemonModel;
}

function found(port: number, more: Partial<FoundDaemon>): OfferedDaemon {
  return {
    kind: 'smithy',
    target: http(`http://localhost:${port}`),
    place: '/project',
    database: DATABASE,
    isRunning: true,
    belongs: false,
    isIgnored: false,
    ...more,
  };
}

describe('two smithys on one database', () => {
  const summary = (models: DaemonModel[], others: OfferedDaemon[] = []) =>
    conflictsOf({ models, found: others }).map(conflictSummary);
  const second = smithy(3458, 'healthy', []);

  for (const status of ['starting', 'running', 'suspended', 'terminating']) {
    for (const state of ['stopped', 'unavailable'] as const) {
      it(`are a conflict while one is ${state} and has a session that is ${status}`, () => {
        assert.deepEqual(summary([smithy(3457, state, ['terminated', status]), second]), [
          'stop one of 3457 and 3458: 3458 dispatches tasks, and agents of 3457 still run',
        ]);
      });
    }
  }

  it('are a conflict while both are stopped and agents of both run', () => {
    assert.deepEqual(summary([3457, 3458].map((port) => smithy(port, 'stopped', ['running']))), [
      'stop one of 3457 and 3458: agents of both still run',
    ]);
  });

  /** A smithy whose loop was stopped when it answered last. */
  function stoppedBefore(state: DaemonState, sessions: readonly string[]): DaemonModel {
    const { daemon: at, track } = smithy(3457, 'stopped', sessions);
    return { daemon: at, track: { ...track, verdict: { state } } } as unknown as DaemonModel;
  }

  for (const state of ['notAnswering', 'unresponsive', 'failing'] as const) {
    it(`are no conflict of two loops while one that was stopped is ${state}`, () => {
      assert.deepEqual(summary([stoppedBefore(state, []), second]), []);
      assert.deepEqual(summary([stoppedBefore(state, ['running']), second]), [
        'stop one of 3457 and 3458: 3458 dispatches tasks, and agents of 3457 still run',
      ]);
    });
  }

  const none: Record<string, DaemonModel> = {
    'is stopped and runs nothing': smithy(3457, 'stopped', []),
    'is stopped and has sessions that ended': smithy(3457, 'stopped', ['terminated', 'completed']),
    'is stopped and does not tell its sessions': smithy(3457, 'stopped'),
    'is gone, whatever ran before': smithy(3457, 'unreachable', ['running']),
    'was stopped from here, whatever ran before': smithy(3457, 'offline', ['running']),
    'is perhaps another service by now': smithy(3457, 'wrongAnswer', ['running']),
  };
  for (const [what, first] of Object.entries(none)) {
    it(`are none where one ${what}`, () => assert.deepEqual(summary([first, second]), []));
  }

  it('are a conflict where one that is only found is stopped and runs agents', () => {
    assert.deepEqual(summary([second], [found(3457, { isRunning: false, runsAgents: true })]), [
      'stop one of 3457 and 3458: 3458 dispatches tasks, and agents of 3457 still run',
    ]);
    for (const runsAgents of [false, undefined]) {
      const stopped = found(3457, { isRunning: false, ...(runsAgents !== undefined && { runsAgents }) });
      assert.deepEqual(summary([second], [stopped]), []);
    }
  });

  it('and more are named by what each of them does', () => {
    const models = [second, smithy(3459, 'healthy', []), smithy(3457, 'stopped', ['running'])];
    assert.deepEqual(summary(models), [
      'stop all but one of 3457, 3458 and 3459: 3458 and 3459 dispatch tasks, and agents of 3457 still run',
    ]);
  });
});
