import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { systemClock } from '../../../../src/dispatchd/clock';
import { stopOrphan } from '../../../../src/dispatchd/processes/orphans';
import type { RunningSession, RunningState } from '../../../../src/dispatchd/sessions/session';
import { identify } from '../../../../src/system/identity';
import type { ProcessIdentity } from '../../../../src/system/processInfo';
import { alive } from '../../../support/dispatchd/daemonProcess';
import { notRun } from '../../../support/notRun';
import { running, session } from '../../../support/dispatchd/sessions';

const BOOT = '11111111-1111-1111-1111-111111111111';
const OTHER_BOOT = '22222222-2222-2222-2222-222222222222';

/** Of no other test that runs at the same time. */
const MARK = `session-orphans-${process.pid}`;

describe('dispatchd orphans', function () {
  this.timeout(10_000);
  let child: ChildProcess;
  // In a group of its own, as dispatchd starts commands.
  beforeEach(
    () => (child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { detached: true })),
  );
  afterEach(() => child.kill('SIGKILL'));

  const left = (state: Partial<RunningState>) =>
    session(running({ bootId: BOOT, ...state })) as RunningSession;
  const itself = () => identify(child.pid!, Date.now());

  it('are stopped', async () => {
    const gone = once(child, 'exit');
    assert.equal(await stopOrphan(systemClock, left({ process: itself() }), BOOT), true);
    await gone;
  });

  const spared: [string, () => { process?: ProcessIdentity; bootId?: string }][] = [
    ['another process has got the pid', () => ({ process: { ...itself(), startTicks: 1, startedAtMs: 1 } })],
    [
      'the machine was started anew: it cannot be the same',
      () => ({ process: itself(), bootId: OTHER_BOOT }),
    ],
    ['nothing of it had been started', () => ({})],
  ];
  for (const [what, state] of spared) {
    it(`are no business of ours where ${what}`, async () => {
      const { process: known, ...rest } = state();
      const { process: _, ...without } = running({ bootId: BOOT, ...rest });
      const orphan = session({ ...without, ...(known && { process: known }) }) as RunningSession;
      assert.equal(await stopOrphan(systemClock, orphan, BOOT), false);
      assert.equal(alive(child.pid!), true);
    });
  }

  for (const [what, isOurs] of [
    ['carries the mark of the session', true],
    ['does not: the number of the leader led another group later', false],
  ] as const) {
    it(`are a group without its leader only where one of them ${what}`, async function () {
      if (process.platform !== 'linux') notRun(this, 'only Linux shows environments');
      const shell = spawn('sh', ['-c', 'sleep 60 & echo $!'], {
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, ...(isOurs && { DISPATCHD_SESSION_ID: MARK }) },
      });
      const ended = once(shell, 'exit');
      const member = Number(String((await once(shell.stdout, 'data'))[0]));
      await ended;
      try {
        const known = { pid: shell.pid!, startedAtMs: 1, startTicks: 1 };
        const orphan = { ...left({ process: known }), id: MARK };
        assert.equal(await stopOrphan(systemClock, orphan, BOOT), isOurs);
        assert.equal(alive(member), !isOurs);
      } finally {
        if (!isOurs) process.kill(member, 'SIGKILL');
      }
    });
  }

  it('are looked for although the clock was set, where boots are told by their time', async () => {
    const gone = once(child, 'exit');
    const orphan = left({ process: itself(), bootId: 'time:1700000000000' });
    assert.equal(await stopOrphan(systemClock, orphan, 'time:1700007200000'), true);
    await gone;
  });
});
