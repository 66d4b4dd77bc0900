import assert from 'node:assert/strict';
import type { OverdueJob, Report } from '../../../src/health/report';
import { HOUR_MS, MINUTE_MS, SECOND_MS, Watch, reportWith } from './support';

/** A ductor that answers with these parts. */
const ductor = (watch: Watch, parts: Partial<Report>): Report => ({
  ...reportWith({ kind: 'ductor', daemonNow: watch.time.wallAt }),
  ...parts,
});
const answer = (watch: Watch, parts: Partial<Report>) => watch.answer(ductor(watch, parts));
/** Answers with these parts, every 5 s for so long. */
const answers = (watch: Watch, forMs: number, parts: Partial<Report>): void => {
  watch.repeat(forMs / 5_000, 5_000, () => answer(watch, parts));
};
const A: Partial<Report> = { turnsWithoutProcess: ['turn a'] };

describe('a turn without a process', () => {
  it('seems to hang after ten seconds, and is told once', () => {
    const watch = new Watch();
    answer(watch, A);
    assert.equal(watch.wait(5_000).answer(ductor(watch, A)), 'unverified');
    assert.equal(watch.wait(5_000).answer(ductor(watch, A)), 'stuck');
    assert.deepEqual(watch.reason, { is: 'turnHangs', count: 1 });
    assert.equal(watch.reasonInWords, 'its turn seems to hang: the turn has no process');
    answers(watch, 10 * MINUTE_MS, A);
    assert.deepEqual(watch.spoken, ['problem stuck']);
  });

  it('is no longer told once a process is there, or the turn is over', () => {
    for (const over of [{ turnsWithoutProcess: [] }, {}]) {
      const watch = new Watch();
      answers(watch, 30 * SECOND_MS, A);
      assert.equal(watch.state, 'stuck');
      watch.wait(5_000);
      assert.equal(answer(watch, over), 'unverified');
    }
  });

  it('is counted where there are several', () => {
    const watch = new Watch();
    answers(watch, 30 * SECOND_MS, { turnsWithoutProcess: ['turn a', 'turn b'] });
    assert.equal(watch.reasonInWords, '2 turns seem to hang: the turns have no process');
  });

  const good: readonly (readonly [what: string, at: (second: number) => Partial<Report>])[] = [
    ['that is another one at each look', (second) => ({ turnsWithoutProcess: [`turn ${second}`] })],
    ['that has one now and then', (second) => (second % 10 === 0 ? A : { turnsWithoutProcess: [] })],
    ['of which that is not known now and then', (second) => (second % 10 === 0 ? A : {})],
    ['of a daemon that ends', () => ({ ...A, isRunning: false })],
    ['of a daemon that starts', () => ({ ...A, starting: true })],
  ];
  for (const [what, at] of good) {
    it(`claims nothing of one ${what}`, () => {
      const watch = new Watch();
      for (let second = 0; second < 120; second += 5) {
        watch.wait(5_000);
        assert.notEqual(answer(watch, at(second)), 'stuck', `after ${second} s`);
      }
    });
  }

  it('is looked at three times at least, also where it is asked seldom', () => {
    const watch = new Watch();
    answer(watch, A);
    assert.equal(watch.wait(15_000).answer(ductor(watch, A)), 'unverified');
    assert.equal(watch.wait(15_000).answer(ductor(watch, A)), 'stuck');
  });

  it('counts anew after the machine slept', () => {
    const watch = new Watch();
    answer(watch, A);
    watch.wait(5_000);
    answer(watch, A);
    watch.time.sleep(MINUTE_MS);
    assert.equal(answer(watch, A), 'unverified');
    assert.equal(watch.wait(5_000).answer(ductor(watch, A)), 'unverified');
    assert.equal(watch.wait(5_000).answer(ductor(watch, A)), 'stuck');
  });
});

describe('a job of a daemon that is overdue', () => {
  const jobs = (...overdueJobs: readonly OverdueJob[]) => ({ overdueJobs });
  /** One for which the daemon has waited for an hour. */
  const job = (name: string, dueAt: number): OverdueJob => ({ name, dueAt, waitsSinceAt: dueAt - HOUR_MS });
  const nightly = (watch: Watch) => job('nightly report', watch.time.wallAt);

  it('is told after five minutes, by its name and since when', () => {
    const watch = new Watch();
    const late = jobs(nightly(watch));
    answers(watch, 5 * MINUTE_MS, late);
    assert.equal(watch.state, 'unverified');
    watch.wait(5_000);
    assert.equal(answer(watch, late), 'stuck');
    assert.match(watch.reasonInWords, /^its cron job nightly report is overdue since \d\d:\d\d$/);
    answers(watch, 10 * MINUTE_MS, late);
    assert.deepEqual(watch.spoken, ['problem stuck']);
    watch.wait(5_000);
    assert.equal(answer(watch, jobs()), 'unverified');
  });

  it('is told with how many more there are', () => {
    const watch = new Watch();
    const late = jobs(nightly(watch), { ...nightly(watch), name: 'weekly' });
    answers(watch, 6 * MINUTE_MS, late);
    assert.match(watch.reasonInWords, /^its cron job nightly report is overdue since \d\d:\d\d, and 1 more$/);
  });

  it('counts from when this window first saw that', () => {
    const watch = new Watch();
    const late = jobs(job('nightly', watch.time.wallAt - 24 * HOUR_MS));
    answers(watch, 5 * MINUTE_MS, late);
    assert.equal(watch.state, 'unverified');
  });

  it('is waited for once more where the machine slept: a timer stands still then', () => {
    const watch = new Watch();
    answer(watch, jobs());
    const due = job('hourly', watch.time.wallAt + 10 * MINUTE_MS);
    watch.time.sleep(3 * HOUR_MS);
    answers(watch, HOUR_MS, jobs(due));
    assert.equal(watch.state, 'unverified');
    answers(watch, 6 * MINUTE_MS, jobs(due));
    assert.equal(watch.state, 'stuck');
  });

  it('counts at once where the daemon waits since the machine woke', () => {
    const watch = new Watch();
    answer(watch, jobs());
    watch.time.sleep(3 * HOUR_MS);
    answer(watch, jobs());
    const due = { ...nightly(watch), waitsSinceAt: watch.time.wallAt };
    answers(watch, 6 * MINUTE_MS, jobs(due));
    assert.equal(watch.state, 'stuck');
  });

  it('is another one where it is due at another time', () => {
    const watch = new Watch();
    watch.repeat(120, 5_000, () =>
      answer(watch, jobs(job('often', Math.floor(watch.time.wallAt / 60_000) * 60_000))),
    );
    assert.equal(watch.state, 'unverified');
  });

  it('comes after a turn that hangs', () => {
    const watch = new Watch();
    answers(watch, 6 * MINUTE_MS, { ...A, ...jobs(nightly(watch)) });
    assert.equal(watch.reason.is, 'turnHangs');
  });
});

describe('a daemon whose answer comes from its loop', () => {
  it('is unverified: what is known is said, and what is not', () => {
    const watch = new Watch();
    answer(watch, {});
    assert.equal(watch.state, 'unverified');
    assert.equal(
      watch.reasonInWords,
      'the daemon answers, so its event loop turns; whether messages reach the daemon is not known',
    );
  });
});
