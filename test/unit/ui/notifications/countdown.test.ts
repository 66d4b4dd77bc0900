import assert from 'node:assert/strict';
import type { KnownDeadlines, Watched } from '../../../../src/health/deadlines';
import type { Entry } from '../../../../src/health/countdown';
import { countdownNotice } from '../../../../src/ui/notifications/noticeOf';
import { Countdown } from '../../../../src/ui/notifications/countdown';
import { settled } from '../../../support/fakeScreen';
import { until } from '../../../support/until';
import { Watch } from '../../health/support';
import { DoorWindow } from './doorSupport';

describe('a countdown', () => {
  let window: DoorWindow;
  let countdown: Countdown;
  let watched: Map<string, Watched>;
  beforeEach(() => {
    window = new DoorWindow();
    window.daemons.set('a', Watch.healthy({ time: window.time }));
    watched = new Map();
    countdown = new Countdown({
      clock: window.time,
      models: () => [{ ...window.model('a'), deadlines: deadlines() }],
      door: window.door,
    });
  });
  afterEach(() => {
    countdown.dispose();
    window.door.dispose();
  });

  const deadlines = (): KnownDeadlines => ({
    canExtend: false,
    answer: window.daemons.get('a')!.track.last!,
    instanceId: undefined,
    isInhibited: false,
    wasGone: false,
    watched,
    timedOut: new Set(),
  });
  const run = (id: string, forMs: number) =>
    watched.set(id, {
      session: { id, title: id, status: 'running' },
      dueMs: window.time.monotonicMs + forMs,
    });
  const update = async () => {
    countdown.update();
    await settled();
  };
  const said = () => window.screen.progress.map((text) => text.split(' [')[0]);

  it('is one notification that changes, and closes when its session has ended', async () => {
    run('s-1', 50_000);
    await update();
    assert.deepEqual([said(), window.screen.openProgress], [['“s-1” times out in 50 s.'], 1]);
    window.wait(5_000);
    await update();
    assert.equal(said().at(-1), '“s-1” times out in 45 s.');
    watched.clear();
    await update();
    await until(() => window.screen.openProgress === 0);
    assert.equal(window.screen.messages.length, 0);
  });

  it('is no warning where its session is extended by itself', () => {
    const entry = (prospect: Entry['prospect']): Entry => ({
      daemonId: window.model('a').daemon.id,
      daemon: 'a',
      session: { id: 's-1', title: 's-1', status: 'running' },
      stage: 'last',
      prospect,
      remainingMs: 9_000,
      canExtend: true,
    });
    const levels = (['extended', 'extendedIfActive', 'ends'] as const).map(
      (each) => countdownNotice(entry(each)).level,
    );
    assert.deepEqual(levels, ['info', 'warning', 'warning']);
  });

  it('shows nothing of what another window counts down, and goes on when that one was closed', async () => {
    run('s-1', 50_000);
    const [{ id }] = [window.model('a').daemon];
    window.lease.told.add(`${id} countdown s-1`);
    await update();
    assert.equal(window.screen.openProgress, 0);
    window.lease.told.clear();
    window.wait(4_000);
    await update();
    assert.equal(window.screen.openProgress, 0, 'asked only now and then');
    window.wait(1_000);
    await update();
    assert.equal(window.screen.openProgress, 1);
  });

  it('shows nothing while its daemon is snoozed, or after the session ended while the turn was waited for', async () => {
    let giveTurn: () => void = () => undefined;
    window.lease.waits = new Promise((resolve) => (giveTurn = resolve));
    run('s-1', 50_000);
    window.snoozes.set('a', { kind: 'until', untilAt: 9 });
    // The model of the countdown has no snooze: the door looks by itself.
    await update();
    window.snoozes.clear();
    await update();
    watched.clear();
    await update();
    giveTurn();
    await settled();
    assert.equal(window.screen.openProgress, 0);
    assert.equal(window.lease.told.size, 0);
  });

  it('that VS Code rejects is given back, and shown again while the session runs', async () => {
    window.screen.rejects = new Error('it is being closed');
    run('s-1', 50_000);
    await update();
    assert.match(window.errors.join(), /it is being closed\n +at /);
    assert.equal(window.lease.told.size, 0, 'given back');
    await update();
    assert.equal(window.errors.length, 1, 'not at once');
    window.screen.rejects = undefined;
    window.wait(10_000);
    await update();
    await update();
    assert.deepEqual([said().at(-1), window.screen.openProgress], ['“s-1” times out in 40 s.', 1]);
  });
});
