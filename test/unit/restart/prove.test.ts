import assert from 'node:assert/strict';
import type { RestartEdges } from '../../../src/restart/attempt';
import { prove } from '../../../src/restart/prove';
import { whyNotOurs, type Origin } from '../../../src/restart/provenance';
import { unknownProcess, type ProcessInfo } from '../../../src/system/processInfo';
import { goodReport, Watch } from '../health/support';
import { newInstance } from '../../support/newInstance';
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
  // A process that has just begun to listen may be missing in the list of processes; the old one may end meanwhile.
  for (const [what, first] of [
    ['the system does not name yet who answers', undefined],
    ['the old process ended while it was looked at', unknownProcess(OLD.pid)],
  ] as const)
    it(`looks again where ${what}`, async () => {
      const watch = new Watch();
      const report = goodReport(watch.time);
      const listeners = [first, NEW];
      const MARKED: Origin = { began: 'after', mark: 'there', parentIsManager: false };
      const edges: RestartEdges = {
        ...newInstance(DAEMON, watch),
        findListener: () => Promise.resolve(listeners.length > 1 ? listeners.shift() : listeners[0]),
        isThere: () => Promise.resolve(false),
        stop: () => assert.fail(),
        isPortFree: () => assert.fail(),
        beginStart: () => assert.fail(),
        start: () => assert.fail(),
        whyNotOurs: (listener, exit) => Promise.resolve(whyNotOurs(PORT, listener, listener && MARKED, exit)),
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
