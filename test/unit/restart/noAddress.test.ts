import assert from 'node:assert/strict';
import { restartStepText } from '../../../src/words/restartSteps';
import type { DaemonConfig } from '../../../src/model/daemonConfig';
import type { NotOurs } from '../../../src/model/outcome';
import type { NotAgreed, NotToEnd } from '../../../src/model/restartRefusal';
import type { Target } from '../../../src/model/target';
import { unknownProcess, type ProcessInfo } from '../../../src/system/processInfo';
import { whyNotOurs, type Origin } from '../../../src/restart/provenance';
import { whyNotHere, whyNotToEnd } from '../../../src/restart/refusals';
import type { RestartEdges } from '../../../src/restart/attempt';
import { restart } from '../../../src/restart/restart';
import { whyNotAgreed } from '../../../src/restart/stop';
import { startCommandFor } from '../../../src/restart/startCommand';
import { outcomeText } from '../../../src/words/outcomes';
import { Watch, goodReport } from '../health/support';
import { newInstance } from '../../support/newInstance';
import { START_CONTEXT } from '../../support/startContext';
import { watchedAt } from '../../support/target';

const TARGET: Target = { kind: 'file', paths: ['/run/x/state.json'] };
const OWNER: ProcessInfo = { pid: 5, name: 'node', commandLine: 'x', isOurs: true, startedAtMs: 0 };
const NEXT: ProcessInfo = { ...OWNER, pid: 6, commandLine: 'y' };
const DAEMON: DaemonConfig = { name: 'x', ...watchedAt(TARGET), pollIntervalMs: 5_000, configured: true };
const EDITOR = [42];

describe('a daemon without an address', () => {
  it('is started and stopped here', () => {
    assert.equal(whyNotHere({ daemon: DAEMON, track: Watch.healthy().track }), undefined);
  });

  const kept: [what: string, owner: ProcessInfo, is: NotToEnd['is'] | undefined][] = [
    ['is ended when its process is of the user', OWNER, undefined],
    ['is left when its process is another user’s', { ...OWNER, isOurs: false }, 'otherUsers'],
    ['is left when this editor runs in its process', { ...OWNER, pid: 42 }, 'runsEditor'],
    ['is left when its process is in a container', { ...OWNER, inContainer: true }, 'inContainer'],
    ['is left when its process only passes connections on', { ...OWNER, name: 'ssh' }, 'passesOn'],
    ['is left when its process is a service manager', { ...OWNER, name: 'systemd' }, 'endsServices'],
  ];
  for (const [what, owner, is] of kept) {
    it(what, () => {
      const refusal = whyNotToEnd({ daemon: DAEMON, track: Watch.healthy().track }, [owner], EDITOR);
      assert.equal(refusal?.is, is);
      assert.equal(refusal && 'port' in refusal && refusal.port, undefined);
    });
  }

  const agreed: [
    what: string,
    holder: ProcessInfo | undefined,
    isThere: boolean,
    why: NotAgreed | undefined,
  ][] = [
    ['is ended where it is still the agreed process', OWNER, true, undefined],
    ['is started where the agreed process has ended', undefined, false, undefined],
    ['is started where it ended while it was looked at', unknownProcess(OWNER.pid), false, undefined],
    [
      'is left where it is another process now',
      NEXT,
      true,
      { is: 'anotherNow', process: NEXT, port: undefined },
    ],
    [
      'is left where nothing proves the agreed process any more',
      undefined,
      true,
      { is: 'noMoreTheDaemon', process: OWNER, port: undefined },
    ],
  ];
  for (const [what, holder, isThere, why] of agreed) {
    it(what, () => assert.deepEqual(whyNotAgreed(OWNER, undefined, holder, isThere), why));
  }

  const MARKED: Origin = { began: 'after', mark: 'there', parentIsManager: false };
  const FOREIGN: ProcessInfo = { ...NEXT, isOurs: false };
  const origins: [
    what: string,
    ProcessInfo | undefined,
    Origin | undefined,
    is: NotOurs['is'] | undefined,
  ][] = [
    ['is proven by the mark', NEXT, MARKED, undefined],
    ['is not proven where no process is known', undefined, undefined, 'unnamed'],
    ['is not proven where the process ran before', NEXT, { ...MARKED, began: 'before' }, 'ranBefore'],
    ['is not proven where the process is another user’s', FOREIGN, MARKED, 'otherUsers'],
    ['is not proven without the mark', NEXT, { ...MARKED, mark: 'missing' }, 'unproven'],
  ];
  for (const [what, listener, origin, is] of origins) {
    it(`a restart of it ${what}`, () => {
      const who = whyNotOurs(undefined, listener, origin, undefined);
      assert.deepEqual([who?.is, who?.port], [is, undefined]);
    });
  }

  it('has its start command in the terminal, without an address', async () => {
    for (const mode of ['terminal', 'background'] as const) {
      const daemon = { ...DAEMON, restart: { command: 'run', args: ['x'], mode } };
      assert.deepEqual(await startCommandFor(daemon, undefined, START_CONTEXT, { unlooked: true }), {
        cwd: '/project',
        kind: 'process',
        command: 'run',
        args: ['x'],
      });
    }
  });
});

describe('the texts of a restart without an address', () => {
  const watch = new Watch();
  const report = goodReport(watch.time);
  const edges: RestartEdges = {
    ...newInstance(DAEMON, watch),
    findListener: () => Promise.resolve(OWNER),
    isThere: () => Promise.resolve(true),
    stop: () => Promise.resolve('onTerm'),
    isPortFree: () => Promise.reject(new Error('there is no port')),
    beginStart: () => Promise.resolve(),
    start: () => Promise.resolve({ ended: new Promise<never>(() => undefined) }),
  };
  const before = { ...report, instance: { id: 'old' } };

  const outcomes: [what: string, changes: Partial<RestartEdges>, kind: string, text: RegExp][] = [
    ['when it is cured', {}, 'cured', /^x restarted in \d+ ms\.$/],
    [
      'when who answers is not proven, and its work is known all the same',
      {
        start: () => Promise.resolve({ ended: Promise.resolve(0) }),
        whyNotOurs: () => Promise.resolve({ is: 'unproven', port: undefined, process: NEXT }),
        workTold: () => ({ resumed: 0, interrupted: 2 }),
      },
      'unproven',
      /^x answers after \d+ ms, but the answer is of process 6 \(y\), which this restart is not proven to have started\. 2 sessions interrupted\.$/,
    ],
    [
      'when the old process stays',
      { stop: () => Promise.resolve(undefined) },
      'failed',
      /^The old process 5 \(x\) could not be ended and still runs\. Nothing was started\.$/,
    ],
    [
      'when the daemon is another process by then',
      { findListener: () => Promise.resolve(NEXT) },
      'failed',
      /^The daemon is another process now, 6 \(y\)\. Nothing was ended and nothing was started\.$/,
    ],
    [
      'when the command fails and the daemon answers',
      { start: () => Promise.resolve({ ended: Promise.resolve(7) }) },
      'failed',
      /^The start command ended with exit code 7, though process 5 \(x\), which the command started, answers\.$/,
    ],
  ];
  for (const [what, changes, kind, text] of outcomes) {
    it(what, async () => {
      const steps: string[] = [];
      const outcome = await restart(
        {
          daemon: DAEMON,
          owner: OWNER,
          before,
          signal: new AbortController().signal,
          onStep: (step) => steps.push(restartStepText(step)),
          proofTimeoutMs: 1,
        },
        { ...edges, ...changes },
      );
      const said = outcomeText(outcome);
      assert.match(said, text);
      assert.equal(outcome.kind, kind);
      assert.doesNotMatch([...steps, said].join('\n'), /\bport\b/);
    });
  }
});
