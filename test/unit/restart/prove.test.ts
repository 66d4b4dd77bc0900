import assert from 'node:assert/strict';
import type { RestartEdges } from '../../../src/restart/attempt';
import { Outliving } from '../../../src/restart/outliving';
import { prove } from '../../../src/restart/prove';
import { whyNotOurs, type Origin } from '../../../src/restart/provenance';
import type { ProcessInfo } from '../../../src/system/processInfo';
import { goodReport, Watch } from '../health/support';
import { at } from '../../support/target';

const PORT = 24_315;
const OLD: ProcessInfo = { pid: 5, name: 'node', commandLine: 'x', isOurs: true, startedAtMs: 0 };
const NEW: ProcessInfo = { ...OLD, pid: 6, startedAtMs: 1 };
const DAEMON = {
  name: 'x',
  ...at(`http://127.0.0.1:${PORT}`),
  pollIntervalMs: 5_000,
  configured: true,
};

describe('the proof of a restart whose command has ended', () => {
  it('looks again where the system does not name yet who answers', async () => {
    const watch = new Watch();
    const report = goodReport(watch.time);
    // A process that has just begun to listen may be missing in the list of processes.
    const listeners = [undefined, NEW];
    const MARKED: Origin = { began: 'after', mark: 'there', parentIsManager: false };
    const edges: RestartEdges = {
      outliving: new Outliving({ daemon: DAEMON, track: watch.track }, undefined, undefined, new Set()),
      findListener: () => Promise.resolve(listeners.length > 1 ? listeners.shift() : listeners[0]),
      isThere: () => Promise.resolve(false),
      stop: () => assert.fail(),
      isPortFree: () => assert.fail(),
      beginStart: () => assert.fail(),
      start: () => assert.fail(),
      whyNotOurs: (listener, exit) => Promise.resolve(whyNotOurs(PORT, listener, listener && MARKED, exit)),
      ask: () =>
        Promise.resolve({
          ok: true,
          startedMs: 0,
          latencyMs: 1,
          report: { ...report, instance: { id: 'new' } },
        }),
      workMade: () => Promise.resolve(undefined),
      workTold: () => undefined,
      startErrors: () => undefined,
      onUnexpected: (error) => assert.fail(String(error)),
    };
    const proof = await prove(
      {
        daemon: DAEMON,
        owner: OLD,
        before: { ...report, instance: { id: 'old' } },
        signal: new AbortController().signal,
        onStep: () => undefined,
      },
      edges,
      { ended: Promise.resolve(0), isMarked: true },
    );
    assert.deepEqual(proof, { process: NEW });
  });
});
