import assert from 'node:assert/strict';
import { restartStepText } from '../../../src/words/restartSteps';
import type { DaemonConfig } from '../../../src/model/daemonConfig';
import type { Target } from '../../../src/model/target';
import type { ProcessInfo } from '../../../src/system/processInfo';
import { whyNotOurs, type Origin } from '../../../src/restart/provenance';
import { whyNotHere, whyNotToEnd } from '../../../src/restart/refusals';
import { restart, whyNotAgreed, type RestartEdges } from '../../../src/restart/restart';
import { startCommandFor } from '../../../src/restart/startCommand';
import { Watch, goodReport } from '../health/support';
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

  const kept: [what: string, owner: ProcessInfo, text: string | undefined][] = [
    ['is ended when its process is of the user', OWNER, undefined],
    [
      'is left when its process is another user’s',
      { ...OWNER, isOurs: false },
      'Process 5 (x) belongs to another user.',
    ],
    [
      'is left when this editor runs in its process',
      { ...OWNER, pid: 42 },
      'Process 42 (x) runs this editor, or this editor was started from it.',
    ],
    [
      'is left when its process is in a container',
      { ...OWNER, inContainer: true },
      'Process 5 (x) runs in a container: restart it there.',
    ],
    [
      'is left when its process only passes connections on',
      { ...OWNER, name: 'ssh' },
      'Process 5 (x) only passes connections on: x runs elsewhere, such as in a container or on another machine. Restart it there.',
    ],
    [
      'is left when its process is a service manager',
      { ...OWNER, name: 'systemd' },
      'Process 5 (x) starts and ends services: start and stop x by its own tools.',
    ],
  ];
  for (const [what, owner, text] of kept) {
    it(what, () => {
      assert.equal(whyNotToEnd({ daemon: DAEMON, track: Watch.healthy().track }, [owner], EDITOR), text);
    });
  }

  const agreed: [what: string, holder: ProcessInfo | undefined, isThere: boolean, why: string | undefined][] =
    [
      ['is ended where it is still the agreed process', OWNER, true, undefined],
      ['is started where the agreed process has ended', undefined, false, undefined],
      [
        'is left where it is another process now',
        NEXT,
        true,
        'The daemon is another process now, 6 (y); nothing was ended',
      ],
      [
        'is left where nothing proves the agreed process any more',
        undefined,
        true,
        'Process 5 (x) is not proven to be the daemon any more, but still runs: nothing was ended',
      ],
    ];
  for (const [what, holder, isThere, why] of agreed) {
    it(what, () => assert.equal(whyNotAgreed(OWNER, undefined, holder, isThere), why));
  }

  const MARKED: Origin = { began: 'after', mark: 'there', parentIsManager: false };
  const origins: [what: string, ProcessInfo | undefined, Origin | undefined, why: string | undefined][] = [
    ['is proven by the mark', NEXT, MARKED, undefined],
    [
      'is not proven where no process is known',
      undefined,
      undefined,
      'nothing proves which process answers, so that nothing shows that this restart started it',
    ],
    [
      'is not proven where the process ran before',
      NEXT,
      { ...MARKED, began: 'before' },
      'the answer is of process 6 (y), which ran before and which this restart did not start',
    ],
    [
      'is not proven where the process is another user’s',
      { ...NEXT, isOurs: false },
      MARKED,
      'the answer is of process 6 (y) of another user, which this restart did not start',
    ],
    [
      'is not proven without the mark',
      NEXT,
      { ...MARKED, mark: 'missing' },
      'the answer is of process 6 (y), which this restart is not proven to have started',
    ],
  ];
  for (const [what, listener, origin, why] of origins) {
    it(`a restart of it ${what}`, () =>
      assert.equal(whyNotOurs(undefined, listener, origin, undefined)?.why, why));
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
    findListener: () => Promise.resolve(OWNER),
    isThere: () => Promise.resolve(true),
    stop: () => Promise.resolve('ended on SIGTERM'),
    isPortFree: () => Promise.reject(new Error('there is no port')),
    beginStart: () => Promise.resolve(),
    start: () => Promise.resolve({ ended: new Promise<never>(() => undefined) }),
    whyNotOurs: () => Promise.resolve(undefined),
    ask: () =>
      Promise.resolve({
        ok: true,
        startedMs: 0,
        latencyMs: 1,
        report: { ...report, instance: { id: 'new' } },
      }),
    workMade: () => Promise.resolve(undefined),
    workTold: () => undefined,
    onUnexpected: (error) => assert.fail(String(error)),
  };
  const before = { ...report, instance: { id: 'old' } };

  const outcomes: [what: string, changes: Partial<RestartEdges>, kind: string, text: RegExp][] = [
    ['when it is cured', {}, 'cured', /^x restarted in \d+ ms\.$/],
    [
      'when who answers is not proven, and its work is known all the same',
      {
        start: () => Promise.resolve({ ended: Promise.resolve(0) }),
        whyNotOurs: () => Promise.resolve({ why: 'nobody knows it', isStranger: false }),
        workTold: () => ({ resumed: 0, interrupted: 2 }),
      },
      'unproven',
      /^x answers after \d+ ms, but nobody knows it\. 2 sessions interrupted\.$/,
    ],
    [
      'when the old process stays',
      { stop: () => Promise.resolve(undefined) },
      'failed',
      /^The old process 5 \(x\) could not be ended and still runs; nothing was started\.$/,
    ],
    [
      'when the daemon is another process by then',
      { findListener: () => Promise.resolve(NEXT) },
      'failed',
      /^The daemon is another process now, 6 \(y\); nothing was ended and nothing started\.$/,
    ],
    [
      'when the command fails and the daemon answers',
      { start: () => Promise.resolve({ ended: Promise.resolve(7) }) },
      'failed',
      /^The start command ended with exit code 7, though process 5 \(x\), which it started, answers\.$/,
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
      assert.match(outcome.text, text);
      assert.equal(outcome.kind, kind);
      assert.doesNotMatch([...steps, outcome.text].join('\n'), /\bport\b/);
    });
  }
});
