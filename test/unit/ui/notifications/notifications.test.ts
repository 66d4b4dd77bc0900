import assert from 'node:assert/strict';
import type { Conflict } from '../../../../src/health/conflicts';
import type { Notice } from '../../../../src/ui/notifications/notice';
import { conflictNotice, incidentNotice, noticeOf } from '../../../../src/ui/notifications/noticeOf';
import { settled } from '../../../support/fakeScreen';
import { idAt } from '../../../support/target';
import { DoorWindow } from './doorSupport';

const names = (count: number) => Array.from({ length: count }, (_, index) => `daemon ${index + 1}`);

const party = {
  kind: 'smithy',
  database: '/x',
  databaseShown: '/x',
  isWorking: true,
  isWatched: true,
} as const;
const conflict: Conflict = {
  id: 'conflict#/x',
  database: '/x',
  parties: [
    { ...party, name: 'a', port: 3457 },
    { ...party, name: 'b', port: 3458 },
  ],
};

const restarted = { kind: 'restart', isInferred: false, resumed: 0, interrupted: 1, lost: [] } as const;

describe('the door to the user', () => {
  let window: DoorWindow;
  beforeEach(() => (window = new DoorWindow()));
  afterEach(() => window.door.dispose());

  const restart = (name: string): Notice =>
    noticeOf(window.model(name), {
      kind: 'restarted',
      restarted,
      isNews: true,
      announce: 'any',
      began: { afterAt: 1, byAt: 2 },
      instanceId: 'life 2',
    })!;
  const timeout = (name: string, id = 's-1'): Notice =>
    noticeOf(window.model(name), {
      kind: 'timedOut',
      session: { id, title: id, status: 'running' },
      isInferred: false,
    })!;

  it('tells an incident with what helps, and runs the button', async () => {
    window.door.tell([window.fails('a')]);
    await settled();
    const [message] = window.screen.messages;
    assert.match(
      message!.text,
      /^a is unreachable: connection refused 3 times .*; the daemon answered before\.$/,
    );
    assert.deepEqual(
      [message!.level, message!.buttons],
      ['error', ['Restart Daemon', 'Show Details', 'More…']],
    );
    message!.press('Show Details');
    await settled();
    const { id } = window.model('a').daemon;
    assert.deepEqual(window.screen.commands, [['daemonHealth.showDetails', id]]);
  });

  it('asks for more where that is wanted', async () => {
    window.door.tell([window.fails('a')]);
    await settled();
    window.screen.messages[0]!.press('More…');
    await settled();
    assert.deepEqual(window.own, [['more', [window.model('a').daemon.id, 'unreachable']]]);
  });

  describe('dedupes', () => {
    it('what two rules find before it was told, and after', async () => {
      const notice = window.fails('a');
      window.door.tell([notice, { ...notice }]);
      window.door.tell([{ ...notice }]);
      await settled();
      window.lease.told.clear();
      window.door.tell([notice]);
      await settled();
      assert.equal(window.screen.messages.length, 1);
      assert.match(window.screen.texts[0]!, /^a is unreachable/);
    });

    it('a clock that was set changes nothing: an incident began when it began', () => {
      window.fails('a');
      const { openedAt } = window.model('a').track.incident!;
      window.time.jumpWall(-86_400_000);
      const notice = (kind: 'problem' | 'recovered') => {
        const what = { kind, state: 'unreachable', openedAt, lastedMs: 1 } as const;
        return incidentNotice(window.model('a'), what, window.now()).toldFor;
      };
      const afterAt = openedAt.wallAt - 86_400_000;
      assert.deepEqual(notice('problem'), { afterAt });
      assert.deepEqual(notice('recovered'), { afterAt, byAt: window.time.wallAt });
    });

    it('not the next incident', async () => {
      window.door.tell([window.fails('a')]);
      await settled();
      window.recovers('a');
      window.door.update();
      window.door.tell([window.fails('a')]);
      await settled();
      assert.equal(window.screen.messages.length, 2);
      assert.equal(window.lease.over_.length, 1);
    });
  });

  describe('inhibits', () => {
    it('what the settings say, and what is snoozed', async () => {
      const notice = window.fails('a');
      window.settings = { level: 'none', muted: [] };
      window.door.tell([notice]);
      window.settings = { level: 'all', muted: ['unreachable'] };
      window.door.tell([notice]);
      window.settings = { level: 'all', muted: [] };
      window.snoozes.set('a', { kind: 'until', untilAt: 9 });
      window.door.tell([notice]);
      window.door.tell([timeout('a')]);
      window.door.tell([restart('a')]);
      await settled();
      assert.deepEqual(window.screen.texts, []);
      assert.equal(window.lease.told.size, 0, 'another window may tell it');
    });

    it('a snoozed incident until its snooze ends', async () => {
      window.snoozes.set('a', { kind: 'until', untilAt: 9 });
      window.fails('a');
      window.door.tell([window.fails('b')]);
      window.snoozes.set('b', { kind: 'until', untilAt: 9 });
      window.daemons.delete('b');
      window.door.tell([window.fails('b')]);
      window.door.update();
      await settled();
      assert.equal(window.screen.messages.length, 0);
      window.snoozes.clear();
      window.door.update();
      await settled();
      assert.equal(window.screen.messages.length, 1);
      assert.match(window.screen.texts[0]!, /^b is still unreachable/);
    });

    it('a snoozed incident that is over when the snooze ends for good', async () => {
      window.snoozes.set('a', { kind: 'until', untilAt: 9 });
      window.door.tell([window.fails('a')]);
      window.recovers('a');
      window.snoozes.clear();
      window.door.update();
      await settled();
      assert.deepEqual(window.screen.texts, []);
    });

    it('not how a restart of this window ended', () => {
      window.settings = { level: 'none', muted: [] };
      window.fails('a');
      const { id } = window.model('a').daemon;
      window.door.tell([
        {
          kind: 'outcome',
          outcome: { kind: 'cancelled', daemon: 'a', left: 'unchanged' },
          key: 'o',
          daemonIds: [id],
          level: 'info',
          isUrgent: true,
          offers: [],
          tells: [{ key: 'k' }],
        },
      ]);
      assert.deepEqual(window.screen.texts, ['Restart cancelled: nothing was changed.'], 'at once');
      assert.deepEqual(window.lease.marked, ['k']);
    });
  });

  describe('waits for its turn', () => {
    let giveTurn: () => void;
    beforeEach(() => {
      window.lease.waits = new Promise((resolve) => (giveTurn = resolve));
    });

    const overWhileWaiting: Record<string, () => { notice: Notice; end: () => void }> = {
      'an incident that is over': () => ({ notice: window.fails('a'), end: () => window.recovers('a') }),
      'an incident in whose place another one began': () => ({
        notice: window.fails('a'),
        end: () => {
          window.recovers('a');
          window.fails('a');
        },
      }),
      'what was withdrawn': () => {
        window.fails('a');
        const notice = timeout('a');
        return { notice, end: () => window.door.withdraw(notice.key) };
      },
      'a conflict that is over': () => {
        window.conflicts = [conflict];
        return { notice: conflictNotice(conflict, 1), end: () => (window.conflicts = []) };
      },
      'what is muted by then': () => ({
        notice: window.fails('a'),
        end: () => (window.settings = { level: 'none', muted: [] }),
      }),
    };
    for (const [what, begin] of Object.entries(overWhileWaiting)) {
      it(`and never shows ${what}`, async () => {
        const { notice, end } = begin();
        window.door.tell([notice]);
        end();
        giveTurn();
        await settled();
        assert.deepEqual(window.screen.texts, []);
        assert.deepEqual([...window.lease.told], [], 'nobody told it');
      });
    }
  });

  describe('tells a group', () => {
    const fail = (count: number) => names(count).map((name) => window.fails(name));

    it('of 40 in one message, with a list to open, and their recovery', async () => {
      window.door.tell(fail(40));
      await settled();
      assert.deepEqual(
        window.screen.messages.map(({ level, text, buttons }) => [level, text, buttons]),
        [['error', '40 daemons are unreachable.', ['Show List']]],
      );
      window.screen.messages[0]!.press('Show List');
      await settled();
      assert.deepEqual(window.own, [['list', [window.models().map(({ daemon }) => daemon.id)]]]);
      window.door.tell(names(40).map((name) => window.recovers(name)));
      await settled();
      assert.equal(window.screen.messages.length, 2);
      assert.match(
        window.screen.texts[1]!,
        /^40 daemons are healthy again\. They were unreachable for up to \d+ min/,
      );
    });

    it('of two by their names', async () => {
      window.door.tell(fail(2));
      await settled();
      assert.deepEqual(window.screen.texts, ['2 daemons are unreachable: daemon 1 and daemon 2.']);
    });

    it('of several states with how many are in each', async () => {
      window.door.tell([...fail(3), window.hangs('x')]);
      await settled();
      assert.deepEqual(window.screen.texts, ['4 daemons are unreachable (3) or wedged (1).']);
      assert.equal(window.screen.messages[0]!.level, 'error');
    });

    it('without those that are snoozed, told by another window, or over', async () => {
      const notices = fail(6);
      window.snoozes.set('daemon 1', { kind: 'until', untilAt: 9 });
      window.lease.told.add(notices[1]!.key);
      window.recovers('daemon 3');
      window.door.tell(notices);
      await settled();
      assert.deepEqual(window.screen.texts, ['3 daemons are unreachable.']);
    });

    it('of which one is left in the words of that one', async () => {
      const notices = fail(2);
      window.lease.told.add(notices[0]!.key);
      window.door.tell(notices);
      await settled();
      assert.match(
        window.screen.texts[0]!,
        /^daemon 2 is unreachable: connection refused 3 times .*; the daemon answered before\.$/,
      );
    });

    it('whose snoozes end together, once', async () => {
      for (const name of names(3)) window.snoozes.set(name, { kind: 'until', untilAt: 9 });
      window.door.tell(fail(3));
      window.snoozes.clear();
      window.door.update();
      await settled();
      assert.deepEqual(window.screen.texts, ['3 daemons are still unreachable.']);
    });

    it('of restarts and of time-outs', async () => {
      fail(3);
      window.door.tell(names(3).map(restart));
      window.door.tell(['s-1', 's-2', 's-3'].map((id) => timeout('daemon 1', id)));
      await settled();
      assert.deepEqual(window.screen.texts, [
        '3 daemons restarted; 3 sessions interrupted.',
        '3 sessions timed out on daemon 1: “s-1”, “s-2”, …',
      ]);
      assert.equal(window.log.length, 6, 'the log has each of them');
    });
  });

  describe('whose message VS Code rejects', () => {
    const broken = new Error('it is being closed');

    const made: Record<string, () => Notice> = {
      'of an incident': () => window.fails('a'),
      'of a conflict': () => {
        window.conflicts = [conflict];
        return conflictNotice(conflict, 1);
      },
      'of a restart that was seen': () => {
        window.fails('a');
        return restart('a');
      },
      'of a time-out': () => {
        window.fails('a');
        return timeout('a');
      },
    };
    for (const [what, make] of Object.entries(made)) {
      it(`tells that ${what} again, and lets another window tell it meanwhile`, async () => {
        const notice = make();
        window.screen.rejects = broken;
        window.door.tell([notice]);
        await settled();
        assert.match(window.errors.join(), /it is being closed\n +at /, 'with its stack');
        assert.deepEqual([...window.lease.told], [], 'given back');
        window.screen.rejects = undefined;
        window.door.update();
        await settled();
        assert.equal(window.screen.messages.length, 0, 'not at once');
        window.wait(10_000);
        window.door.update();
        await settled();
        assert.equal(window.screen.messages.length, 1);
        assert.deepEqual([...window.lease.told], [notice.key]);
        window.wait(60_000);
        window.door.update();
        await settled();
        assert.equal(window.screen.messages.length, 1, 'once');
      });
    }

    it('does not tell what is over by then', async () => {
      window.screen.rejects = broken;
      window.door.tell([window.fails('a')]);
      await settled();
      window.screen.rejects = undefined;
      window.recovers('a');
      window.wait(10_000);
      window.door.update();
      await settled();
      assert.deepEqual(window.screen.texts, []);
    });

    it('tells a group again without who recovered meanwhile', async () => {
      window.screen.rejects = broken;
      window.door.tell(names(4).map((name) => window.fails(name)));
      await settled();
      window.screen.rejects = undefined;
      window.recovers('daemon 1');
      window.wait(10_000);
      window.door.update();
      await settled();
      assert.deepEqual(window.screen.texts, ['3 daemons are unreachable.']);
    });

    it('tells the outcome of a restart again, and gives back what that tells', async () => {
      window.fails('a');
      const { id } = window.model('a').daemon;
      window.screen.rejects = broken;
      window.lease.told.add('k');
      window.door.tell([
        {
          kind: 'outcome',
          outcome: { kind: 'cured', daemon: 'a', tookMs: 1, isRestart: true },
          key: 'o',
          daemonIds: [id],
          level: 'info',
          isUrgent: true,
          offers: [],
          tells: [{ key: 'k' }],
        },
      ]);
      await settled();
      assert.deepEqual([...window.lease.told], []);
      window.screen.rejects = undefined;
      window.wait(10_000);
      window.door.update();
      assert.deepEqual(window.screen.texts, ['a restarted in 1 ms.']);
    });

    it('asks ever less often', async () => {
      window.screen.rejects = broken;
      window.door.tell([window.fails('a')]);
      const tries: number[] = [];
      for (let second = 0; second < 100; second++) {
        await settled();
        if (window.errors.splice(0).length > 0) tries.push(second);
        window.wait(1_000);
        window.door.update();
      }
      assert.deepEqual(tries, [0, 10, 30, 70]);
    });
  });

  it('says nothing of a conflict that the user muted, and mutes it', async () => {
    window.conflicts = [conflict];
    window.door.tell([conflictNotice(conflict, 1)]);
    await settled();
    assert.deepEqual(window.screen.messages[0]!.buttons, ['Show Details', "Don't Show Again"]);
    window.screen.messages[0]!.press("Don't Show Again");
    await settled();
    assert.deepEqual(window.own, [['mute', ['conflict']]]);
    window.settings = { level: 'all', muted: ['conflict'] };
    window.door.withdraw(conflict.id);
    window.door.tell([conflictNotice(conflict, 2)]);
    await settled();
    assert.equal(window.screen.messages.length, 1);
  });

  it('asks to restart with since when its incident goes on, so that an old message asks first', async () => {
    const notice = window.fails('a');
    assert.ok(notice.kind === 'problem');
    window.door.tell([notice]);
    await settled();
    window.screen.messages[0]!.press('Restart Daemon');
    await settled();
    assert.deepEqual(window.screen.commands, [
      ['daemonHealth.restart', idAt('http://127.0.0.1:3000'), notice.openedAt.monotonicMs],
    ]);
  });
});
