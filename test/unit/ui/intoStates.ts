import type { DaemonState } from '../../../src/health/states';
import { MINUTE_MS, Watch, goodReport, reportWith, wedgedReport, type Parts } from '../health/support';

/** A daemon brought into each state by samples, as in life. */
export const INTO: Readonly<Record<DaemonState, () => Watch>> = {
  restarting: () => by(Watch.healthy(), (watch) => watch.restart({ restarting: true })),
  unresponsive: () => by(Watch.healthy(), (watch) => watch.repeat(3, 5_000, () => watch.fail('timeout'))),
  unreachable: () => by(Watch.healthy(), (watch) => watch.repeat(3, 5_000, () => watch.fail('refused'))),
  failing: () => by(Watch.healthy(), (watch) => watch.repeat(3, 5_000, () => watch.fail('errors'))),
  offline: () => by(new Watch(), (watch) => watch.fail('refused')),
  wrongAnswer: () => by(new Watch(), (watch) => watch.fail('wrongAnswer')),
  unavailable: () =>
    answered({ available: false, isRunning: false, unavailable: { is: 'said', said: 'no git repository' } }),
  stopped: () => answered({ isRunning: false, pollStale: true }),
  starting: () =>
    by(new Watch(), (watch) => {
      watch.answer(goodReport(watch.time, { lastPollCompletedAt: undefined }));
    }),
  wedged: () => by(new Watch(), (watch) => watch.answer(wedgedReport(watch.time, 3 * MINUTE_MS + 30_000))),
  stuck: () => answered({ queue: { readyUnassignedTasks: 3, availableWorkers: 0, stuck: true } }),
  unstable: () =>
    by(Watch.healthy(), (watch) =>
      watch.repeat(5, 5_000, () => {
        watch.fail('refused');
        return watch.wait(5_000).answer();
      }),
    ),
  notAnswering: () => by(Watch.healthy(), (watch) => watch.fail('refused')),
  paused: () => answered({ pause: { isPaused: true } }),
  unverified: () => by(new Watch(), (watch) => watch.answer(reportWith())),
  healthy: () => answered({}),
};
export const STATES = Object.keys(INTO) as DaemonState[];

export function by(watch: Watch, act: (watch: Watch) => unknown): Watch {
  act(watch);
  return watch;
}

function answered(parts: Parts): Watch {
  return by(new Watch(), (watch) => watch.answer(goodReport(watch.time, parts)));
}
