import assert from 'node:assert/strict';
import { advanceInstance, isAnnounced } from '../../../src/health/instances';
import type { KnownInstance } from '../../../src/health/knownInstance';
import {
  FAILURES_BEFORE_RED,
  RECOVERY_HOLD_MS,
  RESTART_ELSEWHERE_LONGEST_MS,
  STOP_LONGEST_MS,
  UNDECIDED_POLL_INTERVAL_MS,
} from '../../../src/health/policy';
import { PORT_FREE_TIMEOUT_MS, RESTART_PROOF_TIMEOUT_MS } from '../../../src/restart/policy';
import { Watch, goodReport, wedgedReport, SECOND_MS } from './support';

describe('a restart in another window', () => {
  let watch: Watch;
  beforeEach(() => (watch = Watch.healthy()));

  const begin = () => (watch.elsewhere = { beganAt: watch.time.wallAt });
  const failing = (times: number) => watch.repeat(times, SECOND_MS, () => watch.fail('refused'));

  it('is shown from the first failure on, for as long as it lasts', () => {
    begin();
    assert.deepEqual(new Set(failing(60)), new Set(['restarting']));
    assert.deepEqual(watch.reason, { is: 'restartingElsewhere' });
    assert.equal(watch.nextDelayMs({ focused: false }), UNDECIDED_POLL_INTERVAL_MS);
    watch.wait(SECOND_MS);
    assert.equal(watch.answer(), 'restarting', 'its proof is still awaited');
    watch.elsewhere = undefined;
    watch.wait(SECOND_MS);
    assert.equal(watch.answer(), 'healthy');
    watch.stayHealthy(2 * RECOVERY_HOLD_MS);
    assert.deepEqual(watch.spoken, []);
  });

  it('is not looked for as long as the daemon answers, nor where the daemon was never up', () => {
    begin();
    assert.equal(watch.answer(), 'healthy');
    const fresh = new Watch();
    fresh.elsewhere = { beganAt: fresh.time.wallAt };
    assert.equal(fresh.fail('refused'), 'offline');
  });

  it('is seen also where only the next life answers', () => {
    const life = (id: string) => goodReport(watch.time, { kind: 'dispatchd', instance: { id } });
    watch.answer(life('one'));
    begin();
    watch.wait(SECOND_MS);
    assert.equal(watch.answer(life('two')), 'restarting');
  });

  it('leaves a fresh streak: what fails afterwards is as long on its way to red as ever', () => {
    begin();
    failing(30);
    watch.elsewhere = undefined;
    const states = failing(11);
    assert.deepEqual(states.slice(0, FAILURES_BEFORE_RED), ['notAnswering', 'notAnswering', 'notAnswering']);
    assert.equal(states[9], 'notAnswering');
    assert.equal(states[10], 'unreachable');
    assert.deepEqual(watch.spoken, ['problem unreachable']);
  });

  it('is no excuse for longer than any restart lasts, whatever the clocks say', () => {
    begin();
    const polls = RESTART_ELSEWHERE_LONGEST_MS / SECOND_MS;
    assert.equal(failing(polls - 1).at(-1), 'restarting');
    assert.deepEqual(watch.spoken, []);
    assert.equal(failing(12).at(-1), 'unreachable');
    for (const aheadMs of [3_600_000, -RESTART_ELSEWHERE_LONGEST_MS]) {
      const other = Watch.healthy();
      other.elsewhere = { beganAt: other.time.wallAt + aheadMs };
      const states = other.repeat(polls + 20, SECOND_MS, () => other.fail('refused'));
      assert.equal(states[0], aheadMs > 0 ? 'restarting' : 'notAnswering');
      assert.equal(states.at(-1), 'unreachable');
    }
  });

  it('is given all the time that a restart may take', () => {
    const longestMs = 2 * STOP_LONGEST_MS + PORT_FREE_TIMEOUT_MS + 2 * RESTART_PROOF_TIMEOUT_MS;
    assert.ok(RESTART_ELSEWHERE_LONGEST_MS > longestMs);
  });

  it('begins anew where another window restarts it after the first', () => {
    begin();
    failing(RESTART_ELSEWHERE_LONGEST_MS / SECOND_MS + 1);
    assert.equal(watch.state, 'notAnswering');
    begin();
    watch.wait(SECOND_MS);
    assert.equal(watch.fail('refused'), 'restarting');
  });

  it('ends the incident that it cured without a word: the other window tells how the restart ended', () => {
    for (let forMs = 0; forMs < 90 * SECOND_MS; forMs += 5 * SECOND_MS) {
      watch.wait(5 * SECOND_MS).answer(wedgedReport(watch.time, forMs));
    }
    assert.deepEqual(watch.spoken, ['problem wedged']);
    begin();
    failing(5);
    watch.elsewhere = undefined;
    watch.wait(SECOND_MS).answer();
    watch.stayHealthy(2 * RECOVERY_HOLD_MS);
    assert.deepEqual(watch.spoken, ['problem wedged']);
  });

  it('keeps the incident that it did not cure, and does not tell that again', () => {
    let forMs = 0;
    const wedged = () => watch.wait(5 * SECOND_MS).answer(wedgedReport(watch.time, (forMs += 5 * SECOND_MS)));
    while (watch.spoken.length === 0) wedged();
    begin();
    failing(5);
    watch.elsewhere = undefined;
    for (let polls = 0; polls < 10; polls++) wedged();
    assert.equal(watch.state, 'wedged');
    assert.deepEqual(watch.spoken, ['problem wedged']);
  });

  it('gives way to our own', () => {
    begin();
    failing(1);
    watch.restart({ restarting: true });
    assert.deepEqual(watch.reason, { is: 'restarting' });
    watch.restart({ restarting: false, proven: true });
    assert.equal(watch.track.elsewhere, undefined);
    assert.notEqual(watch.state, 'restarting');
  });

  describe('of a daemon that names its lives', () => {
    let life: KnownInstance | undefined;
    beforeEach(() => {
      life = undefined;
      look('one');
    });

    /** @returns whether the window that looks on would tell of a new life; `undefined` where there is none */
    function look(id: string | undefined): boolean | undefined {
      watch.wait(SECOND_MS);
      if (id === undefined) watch.fail('refused');
      else
        watch.answer(
          goodReport(watch.time, {
            kind: 'dispatchd',
            instance: { id },
            recovery: { resumed: 1, interrupted: 1 },
          }),
        );
      const step = advanceInstance(life, watch.track);
      life = step.life;
      return step.newLife && isAnnounced(step.newLife.restarted, step.newLife.announce);
    }

    it('is not told here, also where the lock is released before the next life is seen', () => {
      begin();
      look(undefined);
      watch.elsewhere = undefined;
      assert.equal(look('two'), false);
    });

    it('hides no later restart', () => {
      begin();
      look(undefined);
      assert.equal(look('two'), false);
      look(undefined);
      watch.elsewhere = undefined;
      assert.equal(look('two'), undefined);
      look(undefined);
      assert.equal(look('three'), true);
    });

    it('hides none that nobody makes', () => {
      look(undefined);
      assert.equal(look('two'), true);
    });
  });
});
