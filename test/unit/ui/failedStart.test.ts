import assert from 'node:assert/strict';
import { appendState } from '../../../src/health/history';
import type { RestartRecord } from '../../../src/model/restartRecord';
import { isProblem, worstFirst } from '../../../src/words/states';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import { daemonRows } from '../../../src/ui/tree/daemonRows';
import { Watch, goodReport } from '../health/support';
import { modelOf, texts } from './support';

const WHY = 'the command "sf" was not found on PATH';

function failed(): Watch {
  const watch = Watch.healthy();
  watch.restart({ restarting: true });
  watch.restart({ restarting: false, proven: false, startFailed: WHY });
  watch.wait(1_000).fail('refused');
  return watch;
}

/** As the registry makes it: with a history without problems, and the restarts. */
function model(watch: Watch, restarts: readonly Partial<RestartRecord>[] = [{}], name = 'smithy') {
  const { time } = watch;
  const history = appendState(undefined, 'healthy', time.now(), 60_000);
  const record: RestartRecord = {
    at: time.wallAt - 5_000,
    why: 'wedged',
    kind: 'failed',
    text: `The daemon could not be started: ${WHY}.`,
    startFailed: WHY,
  };
  return { ...modelOf(watch, name), history, restarts: restarts.map((more) => ({ ...record, ...more })) };
}

describe('a start that failed, on the surfaces', () => {
  const row = (key: string, ...args: Parameters<typeof model>) => {
    const rows = daemonRows(model(...args), args[0].time.now(), undefined);
    return rows.find(({ id }) => id === `http://127.0.0.1:3457${key}`)!;
  };

  it('is amber in the status item, which says so in few words and speaks the reason', () => {
    const watch = failed();
    const view = renderStatus([model(watch)], [], watch.time.now());
    assert.equal(view.text, '$(circle-outline) smithy offline: start failed');
    assert.equal(view.severity, 'amber');
    assert.equal(view.spoken, `Daemon Health: smithy offline · start failed: ${WHY}`);
    const hover = texts(view.tooltip);
    assert.match(hover, /offline · start failed: the command "sf" was not found on PATHSince/);
    assert.match(hover, /Last 24 h: start failed \d\d:\d\d · the command "sf" was not found on PATH/);
  });

  it('is a problem that comes before what works badly, and after what is red', () => {
    const watch = failed();
    const stuck = new Watch({ time: watch.time });
    stuck.answer(
      goodReport(watch.time, { queue: { readyUnassignedTasks: 1, availableWorkers: 0, stuck: true } }),
    );
    const gone = Watch.healthy();
    gone.repeat(3, 5_000, () => gone.fail('refused'));
    const models = [
      model(stuck, [], 'stuck'),
      model(Watch.healthy(), [], 'well'),
      model(failed()),
      model(gone, [], 'gone'),
    ];
    assert.deepEqual(
      worstFirst(models).map(({ daemon }) => daemon.name),
      ['gone', 'smithy', 'stuck', 'well'],
    );
    assert.equal(isProblem(model(failed())), true);
  });

  it('is in the row, amber, with a way to dismiss it', () => {
    assert.equal(row('', failed()).description, `offline · start failed: ${WHY}`);
    assert.equal(row('', failed()).severity, 'amber');
    assert.equal(row('', failed()).contextValue, 'daemon.down');
    assert.equal(row('#state', failed()).contextValue, 'detail.startFailed');
    assert.equal(row('#state', Watch.healthy()).contextValue, 'detail.state');
  });

  it('is what the last 24 h were like, beside their problems', () => {
    const watch = failed();
    assert.match(row('#history', watch).description!, /^start failed \d\d:\d\d · the command/);
    const wedged = { ...model(watch), history: appendState(undefined, 'wedged', watch.time.now(), 60_000) };
    const rows = daemonRows(wedged, watch.time.now(), undefined);
    const description = rows.find(({ id }) => id.endsWith('#history'))?.description ?? '';
    assert.match(description, /^start failed \d\d:\d\d · .*; wedged once today/);
  });

  it('is not what they were like after a day, nor after a restart that worked', () => {
    const old = { at: Watch.healthy().time.wallAt - 25 * 3_600_000 };
    assert.match(row('#history', failed(), [old]).description!, /^no problems/);
    const cured = { kind: 'cured', startFailed: undefined } as unknown as Partial<RestartRecord>;
    assert.match(row('#history', Watch.healthy(), [cured]).description!, /^no problems/);
    assert.match(row('#history', Watch.healthy(), [cured, {}]).description!, /^start failed/);
  });

  it('makes the row of the restarts red, whose icon has no colour of its own', () => {
    assert.deepEqual(
      [row('#restarts', failed()).icon, row('#restarts', failed()).severity],
      ['history', 'red'],
    );
    const cured = { kind: 'cured', startFailed: undefined } as unknown as Partial<RestartRecord>;
    assert.equal(row('#restarts', Watch.healthy(), [cured, {}]).severity, 'plain');
  });
});
