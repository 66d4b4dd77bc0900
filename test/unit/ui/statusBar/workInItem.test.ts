import assert from 'node:assert/strict';
import { advanceDeadlines } from '../../../../src/health/deadlines';
import type { Session } from '../../../../src/health/report';
import type { DaemonModel } from '../../../../src/model/daemonModel';
import { Rendered } from '../../../../src/ui/shared/rendered';
import { daemonRows } from '../../../../src/ui/tree/daemonRows';
import { countWaiting } from '../../../../src/ui/shared/problems';
import { renderStatus } from '../../../../src/ui/statusBar/statusText';
import type { StatusView } from '../../../../src/ui/statusBar/statusView';
import { badgeText } from '../../../../src/ui/tree/treeText';
import { Watch, goodReport, wedgedReport, type Parts } from '../../health/support';
import { modelOf, texts } from '../support';

/** A daemon with this work, and what its deadlines are. */
function daemonWith(
  sessions: (nowAt: number) => readonly Session[],
  parts: Parts = {},
  name = 'dispatchd',
): { watch: Watch; model: () => DaemonModel } {
  const watch = Watch.healthy();
  watch.answer(
    goodReport(watch.time, { kind: 'dispatchd', sessions: sessions(watch.time.wallAt), ...parts }),
  );
  const { deadlines } = advanceDeadlines(undefined, watch.track, watch.time.now());
  return { watch, model: () => ({ ...modelOf(watch, name, 3470), ...(deadlines && { deadlines }) }) };
}

const running = (id: string, deadlineAt: number, more: Partial<Session> = {}): Session => ({
  id,
  title: id,
  status: 'running',
  startedAt: 0,
  deadlineAt,
  ...more,
});
const waiting = (id: string, question = 'Which colour?'): Session => ({
  id,
  title: id,
  status: 'waiting',
  question,
});

describe('the last minute of a countdown, in the status item', () => {
  const rows: [leftMs: number, more: Partial<Session>, text: string][] = [
    [61_000, {}, '$(pulse) dispatchd'],
    [60_000, {}, '$(pulse) dispatchd · 1:00 left'],
    [41_200, {}, '$(pulse) dispatchd · 0:42 left'],
    [8_400, {}, '$(pulse) dispatchd · 0:09 left'],
    [-3_000, {}, '$(pulse) dispatchd · 0:00 left'],
    [8_400, { stopping: 'timeout' }, '$(pulse) dispatchd · 0:00 left'],
  ];
  for (const [leftMs, more, text] of rows) {
    it(`${leftMs} ms before it: ${text}`, () => {
      const { watch, model } = daemonWith((nowAt) => [running('a', nowAt + leftMs, more)]);
      assert.equal(renderStatus([model()], [], watch.time.now()).text, text);
    });
  }

  it('is not cut behind a long name: VS Code gives an item two fifths of the window', () => {
    const name = 'unresponsive (payment-service-refactoring)';
    const { watch, model } = daemonWith((nowAt) => [running('a', nowAt + 30_000)], {}, name);
    const other = Watch.healthy();
    other.answer(
      goodReport(other.time, { queue: { readyUnassignedTasks: 3, availableWorkers: 0, stuck: true } }),
    );
    const stuck = modelOf(other, name, 3471);
    const { text, spoken } = renderStatus([model(), stuck], [], watch.time.now());
    assert.equal(text, '$(warning) unresponsive (payment-service-refacto… stuck · 0:30 left');
    assert.ok(spoken.includes(name), spoken);
    assert.equal(renderStatus([model()], [], watch.time.now()).text, `$(pulse) ${name} · 0:30 left`);
  });

  it('is that of the nearest, and says so of one that is extended by itself', () => {
    const { watch, model } = daemonWith((nowAt) => [
      running('far', nowAt + 50_000),
      running('near', nowAt + 9_000, { lastActivityAt: nowAt, maxExtensions: 3 }),
    ]);
    assert.equal(renderStatus([model()], [], watch.time.now()).text, '$(pulse) dispatchd · extends in 0:09');
  });

  it('is hidden by what silences countdowns', () => {
    const { watch, model } = daemonWith((nowAt) => [running('a', nowAt + 30_000)]);
    watch.answer(wedgedReport(watch.time, 3 * 60_000));
    const { deadlines } = advanceDeadlines(model().deadlines, watch.track, watch.time.now());
    const view = renderStatus([{ ...model(), deadlines: deadlines! }], [], watch.time.now());
    assert.equal(view.text, '$(error) dispatchd wedged 3 min');
  });

  it('is written once a second, however often it is drawn', () => {
    const { watch, model } = daemonWith((nowAt) => [running('a', nowAt + 60_000)]);
    const writes: StatusView[] = [];
    const drawn = new Rendered<StatusView>((view) => writes.push(view));
    for (let ms = 0; ms < 60_000; ms += 100) {
      drawn.set(renderStatus([model()], [], watch.time.now()));
      watch.wait(100);
    }
    assert.equal(writes.length, 60);
    assert.deepEqual(
      [...new Set(writes.map(({ spoken }) => spoken))],
      ['Daemon Health: dispatchd healthy, a session is at its limit within a minute'],
    );
  });
});

describe('what waits for a person', () => {
  it('is counted in the item, with its question in the hover, and on the view', () => {
    const { watch, model } = daemonWith(
      () => [waiting('task'), waiting('other', '')],
      { kind: 'ductor' },
      'ductor',
    );
    const view = renderStatus([model()], [], watch.time.now());
    assert.equal(view.text, '$(pulse) ductor · 2 wait for you');
    assert.equal(view.spoken, 'Daemon Health: ductor healthy, 2 wait for you');
    assert.equal(view.severity, 'plain');
    const hover = texts(view.tooltip);
    assert.ok(hover.includes('“task” on ductor waits for you: Which colour?'), hover);
    assert.ok(hover.indexOf('“task”') < hover.indexOf('Since '), 'first');
    assert.equal(countWaiting([model()]), 2);
  });

  it('is as many in the row of its daemon as in the item', () => {
    const { watch, model } = daemonWith(() => [waiting('task'), { ...waiting('b'), status: 'interrupted' }]);
    const [row] = daemonRows(model(), watch.time.now(), undefined);
    assert.equal(row.description, 'healthy · 2 wait for you');
    assert.match(renderStatus([model()], [], watch.time.now()).text, / · 2 wait for you$/);
  });

  it('is also what a restart interrupted, until somebody has dealt with it', () => {
    const interrupted = (id: string, more: Partial<Session> = {}): Session => ({
      id,
      title: id,
      status: 'interrupted',
      ...more,
    });
    const { watch, model } = daemonWith(() => [interrupted('a'), interrupted('b', { handled: true })]);
    const lost = [interrupted('c'), interrupted('a'), interrupted('d', { status: 'timed-out' })];
    const view = renderStatus([{ ...model(), lost }], [], watch.time.now());
    assert.equal(view.text, '$(pulse) dispatchd · 2 wait for you');
    const hover = texts(view.tooltip);
    assert.ok(hover.includes('“a” on dispatchd was interrupted and waits to be run again'), hover);
    assert.equal(countWaiting([{ ...model(), lost }]), 2);
  });

  it('is not counted of a daemon that hangs or fails, as its row says that it was waiting', () => {
    for (const kind of ['timeout', 'errors', 'refused'] as const) {
      const { watch, model } = daemonWith(() => [waiting('task')], { kind: 'ductor' });
      watch.repeat(3, 5_000, () => watch.fail(kind));
      const view = renderStatus([model()], [], watch.time.now());
      assert.doesNotMatch(view.text + view.spoken + texts(view.tooltip), /waits? for you/);
      watch.wait(5_000).answer(goodReport(watch.time, { kind: 'ductor', sessions: [waiting('task')] }));
      assert.equal(countWaiting([model()]), 1);
    }
  });

  it('is counted until somebody has answered, also where an answer of the daemon is missing', () => {
    const { watch, model } = daemonWith(() => [waiting('task')], { kind: 'ductor' });
    watch.wait(5_000).fail('timeout');
    assert.equal(countWaiting([model()]), 1);
    watch.wait(5_000).answer(goodReport(watch.time, { kind: 'ductor', sessions: [] }));
    assert.equal(countWaiting([model()]), 0);
  });

  it('is not counted of a daemon that is gone: nobody could answer', () => {
    const { watch, model } = daemonWith(() => [waiting('task')], { kind: 'ductor' });
    watch.repeat(3, 5_000, () => watch.fail('refused'));
    assert.equal(countWaiting([model()]), 0);
  });

  it('stands beside problems, countdowns and news', () => {
    const { watch, model } = daemonWith((nowAt) => [waiting('task'), running('a', nowAt + 30_000)], {
      queue: { readyUnassignedTasks: 3, availableWorkers: 0, stuck: true },
    });
    const { text } = renderStatus([model()], [], watch.time.now(), 2);
    assert.equal(text, '$(warning) dispatchd stuck · 1 waits for you · 0:30 left $(bell-dot) 2');
  });

  const badges: [problems: number, news: number, waits: number, text: string][] = [
    [1, 0, 0, '1 problem'],
    [0, 0, 1, '1 waits for you'],
    [2, 1, 3, '2 problems, 3 wait for you, 1 thing happened while you were away'],
  ];
  for (const [problems, news, waits, text] of badges) {
    it(`on the view: ${text}`, () => assert.equal(badgeText(problems, news, waits), text));
  }
});
