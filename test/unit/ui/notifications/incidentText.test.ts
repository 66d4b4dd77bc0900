import assert from 'node:assert/strict';
import { clockTime } from '../../../../src/base/time';
import type { Notice } from '../../../../src/health/incident';
import { SEVERITY, type DaemonState } from '../../../../src/health/states';
import { STATE_LABELS } from '../../../../src/words/states';
import { incidentsText } from '../../../../src/ui/notifications/incidentText';
import { incidentNotice } from '../../../../src/ui/notifications/noticeOf';
import { messageOf } from '../../../support/messageOf';
import { MINUTE_MS, Watch, goodReport, reportWith, wedgedReport } from '../../health/support';
import { INTO } from '../intoStates';
import { HOSTILE, modelOf } from '../support';

function wedged(forMs: number): Watch {
  const watch = Watch.healthy();
  watch.wait(5_000).answer(wedgedReport(watch.time, forMs));
  return watch;
}

/** The message of the last notice a daemon gave. */
function lastMessage(watch: Watch) {
  const noted = watch.notices.at(-1);
  assert.ok(noted, 'it gave a notice');
  return messageOf(modelOf(watch), noted.notice, watch.time.now());
}

describe('a notification', () => {
  it('of a wedge is an error that says since when, and what it means', () => {
    const watch = wedged(3 * MINUTE_MS);
    const lastCycleAt = watch.time.wallAt - 3 * MINUTE_MS - 5_000;
    assert.deepEqual(lastMessage(watch), {
      level: 'error',
      text:
        'smithy is wedged: the process answers, but its poll loop has completed no cycle ' +
        `since ${clockTime(lastCycleAt, watch.time.wallAt)}. ` +
        'Nothing is dispatched until the poll cycle in flight ends, or a restart.',
      offersRestart: true,
    });
  });

  it('of a wedge without a cycle in flight says that a restart is what helps', () => {
    const watch = Watch.healthy();
    const lastPollCompletedAt = watch.time.wallAt - 3 * MINUTE_MS;
    watch.answer(
      goodReport(watch.time, {
        lastPollStartedAt: lastPollCompletedAt - 8,
        lastPollCompletedAt,
        pollStale: true,
      }),
    );
    assert.match(lastMessage(watch).text, /Nothing is dispatched until a restart\.$/);
  });

  it('of a wedge of unknown age says "for a while"', () => {
    const watch = Watch.healthy();
    watch
      .wait(5_000)
      .answer(goodReport(watch.time, { pollStale: true, lastPollCompletedAt: watch.time.wallAt }));
    assert.match(lastMessage(watch).text, /no cycle for a while\./);
  });

  it('of an outage is an error, as the item is red, with its figures', () => {
    const watch = Watch.healthy();
    watch.repeat(3, 5_000, () => watch.fail('refused'));
    const { level, text, offersRestart } = lastMessage(watch);
    assert.deepEqual([level, offersRestart], ['error', true]);
    assert.equal(
      text,
      'smithy is unreachable: connection refused 3 times in 10 s; the daemon answered before.',
    );
  });

  it('of a stuck queue is a warning that offers no restart: that would not cure it', () => {
    const watch = Watch.healthy();
    const queue = { readyUnassignedTasks: 3, availableWorkers: 0, stuck: true };
    watch.repeat(3, 5_000, () => watch.answer(goodReport(watch.time, { queue })));
    assert.deepEqual(lastMessage(watch), {
      level: 'warning',
      text: 'smithy is stuck: 3 ready tasks, no available worker.',
      offersRestart: false,
    });
  });

  it('of a recovery is information that says what it was, and for how long', () => {
    const watch = wedged(61_000);
    watch.repeat(24, 5_000, () => watch.answer(wedgedReport(watch.time, 70_000)));
    watch.wait(5_000).stayHealthy(30_000);
    assert.deepEqual(lastMessage(watch), {
      level: 'info',
      text: 'smithy is healthy again. It was wedged for 2 min 5 s.',
      offersRestart: false,
    });
  });

  const UNTOLD = { kind: 'ductor' } as const;

  it('of a recovery calls nothing healthy of which that is not known', () => {
    const untold = new Watch();
    untold.answer(reportWith(UNTOLD));
    untold.repeat(6, 5_000, () => untold.fail('refused'));
    untold.repeat(8, 5_000, () => untold.answer(reportWith(UNTOLD)));
    const paused = Watch.healthy();
    paused.repeat(6, 5_000, () => paused.fail('refused'));
    paused.repeat(8, 5_000, () => paused.answer(goodReport(paused.time, { pause: { isPaused: true } })));
    assert.deepEqual(
      [untold, paused].map((watch) => lastMessage(watch).text),
      [
        'smithy was unreachable for 20 s, and has been unverified since.',
        'smithy was unreachable for 20 s, and has been paused since.',
      ],
    );
    const notices = [untold, paused].map((watch) =>
      incidentNotice(modelOf(watch), watch.notices.at(-1)!.notice, watch.time.now()),
    );
    assert.equal(
      incidentsText(notices),
      '2 daemons were unreachable for up to 20 s, which is over: smithy and smithy.',
    );
  });

  it('of another program is a sentence, alone and in a group', () => {
    const watch = new Watch();
    watch.repeat(8, 5_000, () => watch.fail('wrongAnswer'));
    assert.equal(lastMessage(watch).text, 'smithy is giving a wrong answer: the answer is not JSON.');
    const wrong = watch.notices.at(-1)!.notice;
    const notice = incidentNotice(modelOf(watch), wrong, watch.time.now());
    assert.equal(incidentsText([notice, notice]), '2 daemons are giving a wrong answer: smithy and smithy.');
    watch.stayHealthy(30_000);
    assert.match(lastMessage(watch).text, /^smithy is healthy again\. It was giving a wrong answer for /);
  });

  it('of one that keeps changing its state is one sentence', () => {
    const watch = INTO.unstable();
    const notice: Notice = { kind: 'problem', state: 'unstable', openedAt: watch.time.now() };
    assert.equal(
      messageOf(modelOf(watch), notice, watch.time.now()).text,
      'smithy is unstable: the daemon keeps changing its state.',
    );
  });

  it('that reminds says "still"', () => {
    const watch = wedged(61_000);
    watch.repeat(800, 5_000, () => watch.answer(wedgedReport(watch.time, 70_000)));
    assert.match(lastMessage(watch).text, /^smithy is still wedged/);
  });

  it('names the state, whichever it is', () => {
    const watch = wedged(61_000);
    for (const state of Object.keys(SEVERITY) as DaemonState[]) {
      if (SEVERITY[state] === 'plain') continue;
      const notice: Notice = { kind: 'problem', state, openedAt: watch.time.now() };
      const { level, text } = messageOf(modelOf(watch), notice, watch.time.now());
      assert.ok(text.includes(STATE_LABELS[state].label), text);
      assert.notEqual(level, 'info');
    }
  });

  it('is one bounded line, whatever the daemon says', () => {
    for (const hostile of HOSTILE) {
      const watch = Watch.healthy();
      // What the probe makes of it is tested there; this is the most that can get here.
      const error = hostile.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 300);
      watch.repeat(5, 5_000, () => watch.fail('wrongAnswer', { cause: { is: 'unexpected', error } }));
      const { text } = lastMessage(watch);
      assert.ok(text.length <= 400);
      assert.doesNotMatch(text, /[\p{Cc}]/u);
    }
  });
});
