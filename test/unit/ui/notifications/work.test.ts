import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Session } from '../../../../src/health/report';
import type { FinishedWish } from '../../../../src/health/workNews';
import { INSTANCE_TOLD_MS, TOLD_WINDOW_MS } from '../../../../src/store/policy';
import { Notices } from '../../../../src/ui/notifications/notices';
import { endTold, waitsNotice } from '../../../../src/ui/notifications/workNotice';
import { settled } from '../../../support/fakeScreen';
import { goodReport } from '../../health/support';
import { Watch } from '../../health/support';
import { DoorWindow } from './doorSupport';

describe('work that ends or asks', () => {
  let window: DoorWindow;
  let notices: Notices;
  let wish: FinishedWish;
  let focusedSinceMs: number | undefined;
  /** What waits to be told together. */
  let due: (() => void)[];

  beforeEach(() => {
    window = new DoorWindow();
    wish = 'longOrAway';
    focusedSinceMs = -Infinity;
    due = [];
    const watch = Watch.healthy({ time: window.time });
    watch.answer(
      goodReport(window.time, { kind: 'dispatchd', sessions: [waiting('task', 'Which colour?')] }),
    );
    window.daemons.set('dispatchd', watch);
    notices = new Notices({
      clock: window.time,
      current: (id) => window.models().find(({ daemon }) => daemon.id === id),
      door: window.door,
      finished: () => wish,
      focusedSinceMs: () => focusedSinceMs,
      later: (run) => {
        due.push(run);
        return () => (due = due.filter((each) => each !== run));
      },
    });
  });
  afterEach(() => {
    notices.dispose();
    window.door.dispose();
  });

  const session = (id: string, more: Partial<Session> = {}): Session => ({
    id,
    title: id,
    status: 'failed',
    ...more,
  });
  const waiting = (id: string, question: string): Session => ({ id, title: id, status: 'waiting', question });
  const ended = (id: string, end: 'completed' | 'failed', ranMs = 5_000, more: Partial<Session> = {}) =>
    notices.happened(window.model('dispatchd'), {
      kind: 'ended',
      session: session(id, more),
      end,
      ranMs,
      endedMs: window.time.monotonicMs,
    });
  const timedOut = (id: string) =>
    notices.happened(window.model('dispatchd'), {
      kind: 'timedOut',
      session: session(id),
      isInferred: false,
    });
  const told = async () => {
    for (const run of due.splice(0)) run();
    await settled();
    return window.screen.messages.map(({ level, text, buttons }) => [level, text, ...buttons].join(' | '));
  };

  it('that fails is told, with its output, and stays until somebody has answered', async () => {
    ended('Lint', 'failed', 2_000, { exitCode: 3 });
    assert.deepEqual(await told(), [
      "error | “Lint” failed on dispatchd after 2 s (exit code 3). | Show Output | Run Again | Don't Show Again",
    ]);
    const row = `${window.model('dispatchd').daemon.id}#session#Lint`;
    window.screen.messages[0]!.press('Show Output');
    await settled();
    assert.deepEqual(window.screen.commands, [['daemonHealth.showOutput', row]]);
  });

  it('of a daemon that shows no output has a way to its row', async () => {
    window.daemons.get('dispatchd')!.answer(goodReport(window.time, { kind: 'ductor', sessions: [] }));
    ended('Ask', 'failed', 2_000, { outcome: 'no such model' });
    assert.deepEqual(await told(), [
      "error | “Ask” failed on dispatchd: no such model. | Show Session | Don't Show Again",
    ]);
  });

  it('that finishes in a minute before the eyes of the user is not told, neither here nor in another window', async () => {
    ended('Lint', 'completed', 60_000);
    assert.deepEqual(await told(), []);
    assert.equal(window.lease.marked.length, 1);
    ended('Build', 'completed', 60_001);
    assert.deepEqual(await told(), [
      "info | “Build” finished on dispatchd in 1 min. | Show Output | Run Again | Don't Show Again",
    ]);
  });

  it('that finishes while the window has no focus is told; not so where the user wants none of it', async () => {
    focusedSinceMs = undefined;
    wish = 'never';
    ended('a', 'completed', 90_000);
    assert.deepEqual([await told(), window.lease.marked], [[], []]);
    wish = 'longOrAway';
    ended('b', 'completed', 1_000);
    assert.equal((await told()).length, 1);
  });

  for (const [kind, muted] of [
    ['failed', 'commandFailed'],
    ['completed', 'commandFinished'],
  ] as const) {
    it(`that ${kind} is muted by its kind, and by the button of that`, async () => {
      ended('a', kind, 90_000);
      await told();
      window.screen.messages[0]!.press("Don't Show Again");
      await settled();
      assert.deepEqual(window.own, [['mute', [muted]]]);
      window.settings = { level: 'all', muted: [muted] };
      ended('b', kind, 90_000);
      assert.equal((await told()).length, 1);
    });
  }

  it('that fails is told also to who wants errors only', async () => {
    window.settings = { level: 'errors', muted: [] };
    ended('a', 'completed', 90_000);
    ended('b', 'failed');
    assert.deepEqual(
      (await told()).map((text) => text.slice(0, 19)),
      ['error | “b” failed '],
    );
  });

  it('together is one message, as loud as the loudest', async () => {
    ended('a', 'completed', 90_000);
    ended('b', 'completed', 90_000);
    ended('c', 'failed');
    timedOut('d');
    timedOut('e');
    assert.deepEqual(await told(), [
      'error | “c” failed on dispatchd after 5 s. 2 sessions timed out on dispatchd: “d”, “e”. ' +
        '2 sessions finished on dispatchd: “a”, “b”. | Show Details | What Happened?',
    ]);
  });

  it('is told once, whichever window saw it first', async () => {
    ended('a', 'failed', 5_000, { endedAt: 7 });
    await told();
    ended('a', 'failed', 5_000, { endedAt: 7 });
    assert.equal((await told()).length, 1);
    ended('a', 'failed', 5_000, { endedAt: 9 });
    assert.equal((await told()).length, 2, 'it ran again under its name');
  });

  it('that waits for a person is told with its question; not any more once it goes on', async () => {
    const asks = () =>
      notices.happened(window.model('dispatchd'), {
        kind: 'waits',
        session: waiting('task', 'Which colour?'),
      });
    asks();
    assert.deepEqual(await told(), [
      "warning | “task” on dispatchd waits for you: Which colour? | Show Session | Don't Show Again",
    ]);
    window.lease.told.clear();
    window.daemons.get('dispatchd')!.answer(goodReport(window.time, { kind: 'dispatchd', sessions: [] }));
    asks();
    assert.equal((await told()).length, 1);
  });

  it('that asks while its daemon is snoozed is told when the snooze ends, if it still asks', async () => {
    const watch = window.daemons.get('dispatchd')!;
    window.snoozes.set('dispatchd', { kind: 'until', untilAt: 9 });
    const asking = [waiting('task', 'Which colour?'), waiting('other', 'Which size?')];
    for (const each of [...asking, waiting('gone', 'Which one?')]) {
      notices.happened(window.model('dispatchd'), { kind: 'waits', session: each });
    }
    assert.deepEqual(await told(), []);
    watch.answer(goodReport(window.time, { kind: 'dispatchd', sessions: asking }));
    window.door.update();
    assert.deepEqual(await told(), [], 'it is still snoozed');
    window.snoozes.clear();
    for (let update = 0; update < 2; update++) window.door.update();
    assert.deepEqual(
      (await told()).map((text) => text.slice(0, 54)),
      ['warning | 2 sessions wait for you: “task”, “other”. | '],
    );
  });

  it('that asks again in the same words, having gone on, counts as told for minutes, and not for days', () => {
    const [asks, model] = [waiting('task', 'Allow Bash?'), window.model('dispatchd')];
    const toldFor = (isAgain: boolean) => waitsNotice(model, asks, isAgain).toldFor;
    assert.deepEqual([toldFor(false), toldFor(true)], [INSTANCE_TOLD_MS, TOLD_WINDOW_MS]);
  });

  it('that fails without a time of its end counts as told for minutes: it may fail again', () => {
    const toldFor = (more: Partial<Session>) =>
      endTold(window.model('dispatchd').daemon.id, session('a', more)).toldFor;
    assert.deepEqual([toldFor({ endedAt: 1 }), toldFor({})], [INSTANCE_TOLD_MS, TOLD_WINDOW_MS]);
  });

  it('of long ids is told of each, and of each of its questions', () => {
    const id = 'a'.repeat(200);
    const key = (of: string, question: string) =>
      waitsNotice(window.model('dispatchd'), waiting(of, question)).key;
    assert.equal(new Set([key(id, 'Which?'), key(id, 'When?'), key(`${id}b`, 'Which?')]).size, 3);
  });

  it('can be muted by kinds, and chosen by wishes, that the manifest explains', () => {
    interface Setting {
      readonly enum?: string[];
      readonly default: unknown;
      readonly items?: { enum: string[] };
    }
    const { contributes } = JSON.parse(readFileSync(join(__dirname, '../../../../package.json'), 'utf8')) as {
      contributes: { configuration: { properties: Record<string, Setting> } };
    };
    const { properties } = contributes.configuration;
    const muted = properties['daemonHealth.mutedNotifications']!.items!.enum;
    const kinds = ['commandFailed', 'commandFinished', 'waitsForAnswer'];
    assert.deepEqual(
      kinds.filter((kind) => !muted.includes(kind)),
      [],
    );
    const finished = properties['daemonHealth.notifyFinished'];
    const wishes: FinishedWish[] = ['longOrAway', 'long', 'always', 'never'];
    assert.deepEqual([finished?.enum, finished?.default], [wishes, 'longOrAway']);
  });

  it('is not told after the window was closed', async () => {
    ended('a', 'failed');
    notices.dispose();
    assert.deepEqual(await told(), []);
  });
});
