import assert from 'node:assert/strict';
import { duration } from '../../../../src/base/time';
import type { DaemonModel } from '../../../../src/model/daemonModel';
import type { SeriesUnknown } from '../../../../src/health/cause';
import type { Fleet, Series } from '../../../../src/health/progress';
import type { Notice } from '../../../../src/health/incident';
import { readDaemons } from '../../../../src/settings/daemonList';
import { incidentNotice } from '../../../../src/ui/notifications/noticeOf';
import { incidentText } from '../../../../src/ui/notifications/incidentText';
import { renderStatus } from '../../../../src/ui/statusBar/statusText';
import { daemonRows } from '../../../../src/ui/tree/daemonRows';
import { canStop, usableOnDaemons } from '../../../../src/ui/shared/usable';
import { MINUTE_MS, reportWith, SECOND_MS, Watch } from '../../health/support';
import { HOSTILE, markdown, texts } from '../support';
import { cutRows } from './widths';

const ENTRY = {
  name: 'api {{instance}}',
  prometheus: 'http://127.0.0.1:9090',
  query: 'time() - x',
  value: 'age',
  redAbove: 600,
};

const LONG_INSTANCE = 'worker-7.eu-west-1.compute.example.internal:9100';

/** A fleet that is looked at every five seconds. */
class FleetWatch extends Watch {
  readonly daemon = readDaemons([ENTRY], { configured: true, allowRemote: false }).daemons[0]!;

  get model(): DaemonModel {
    return { daemon: this.daemon, track: this.track };
  }

  /** @param ages of its series in seconds, by their names; `undefined` for one that vanished */
  told(ages: Readonly<Record<string, number | undefined>>, more: Partial<Fleet> = {}) {
    const daemonNow = this.time.wallAt;
    const series = Object.entries(ages).map(([name, age]): Series => {
      const key = `instance="${name}",zone="${name.startsWith('e') ? 'eu' : 'us'}"`;
      if (age === undefined) return { key, name, unknown: { is: 'vanished' } };
      const at = daemonNow - age * SECOND_MS;
      return { key, name, provenAt: at, owedSinceAt: at };
    });
    const limit = 10 * MINUTE_MS;
    const progress: Fleet = { kind: 'fleet', by: 'age', limit, series, unread: 0, ...more };
    this.answer(reportWith({ kind: 'generic', progress, daemonNow, pollStaleThresholdMs: limit }));
  }

  rows(filter?: string): string[] {
    const filters = new Map(filter === undefined ? [] : [[this.daemon.id, filter]]);
    const rows = daemonRows(this.model, this.time.now(), undefined, filters);
    return rows
      .filter(({ id }) => !/#(state|details|history)/.test(id))
      .map(({ label, description = '', severity }) => `${severity} ${label} ${description}`.trim());
  }
}

function fleetOf(count: number, ageOf: (n: number) => number | undefined) {
  return Object.fromEntries([...Array(count).keys()].map((n) => [`e${100 + n}`, ageOf(n)]));
}

describe('the rows of a fleet', () => {
  it('are one for each series, the worst first, and say how many are red', () => {
    const watch = new FleetWatch();
    watch.told({ alpha: 3, bravo: 1_200, charlie: undefined, delta: 90, echo: 900 });
    assert.deepEqual(watch.rows(), [
      'red api wedged 20 min · 2 of 5 red',
      'red no success for 20 min · bravo',
      'red no success for 15 min · echo',
      'plain vanished · charlie · unverified',
      'plain gets on · alpha',
      'plain last success 1 min ago · delta',
      'plain Prometheus · 127.0.0.1:9090 time() - x',
    ]);
  });

  it('stand by their names where they are alike, 2 before 10', () => {
    const watch = new FleetWatch();
    watch.told({ 'worker-10': 3, 'worker-1': 3, 'worker-2': 3, 'Worker-3': 3 });
    const names = watch.rows().filter((row) => row.includes('gets on'));
    assert.deepEqual(
      names.map((row) => row.split(' · ')[1]),
      ['worker-1', 'worker-2', 'Worker-3', 'worker-10'],
    );
  });

  it('are a hundred at most, and say how many more there are', () => {
    const watch = new FleetWatch();
    watch.told(fleetOf(130, (n) => (n === 129 ? 900 : 3)));
    const rows = watch.rows();
    assert.equal(rows[1], 'red no success for 15 min · e229');
    assert.equal(rows.filter((row) => row.includes('gets on')).length, 99);
    assert.equal(rows.at(-2), 'plain 30 more series');
  });

  it('are filtered by a text of their labels; the state is that of all', () => {
    const watch = new FleetWatch();
    watch.told({ alpha: 3, bravo: 1_200, echo: 3 });
    assert.deepEqual(watch.rows('ZONE="EU'), [
      'red api wedged 20 min · 1 of 3 red',
      'plain Filter: ZONE="EU · 1 of 3 shown',
      'plain gets on · echo',
      'plain Prometheus · 127.0.0.1:9090 time() - x',
    ]);
  });

  it('are not known, and none is red, while Prometheus does not answer', () => {
    const watch = new FleetWatch();
    watch.told({ alpha: 3, bravo: 3 });
    watch.time.advance(5_000);
    watch.fail('untold', { cause: { is: 'prometheusSilent', why: { is: 'connectionRefused' } } });
    assert.deepEqual(watch.rows().slice(0, 3), [
      'plain api unverified',
      'plain not told now · alpha · unverified',
      'plain not told now · bravo · unverified',
    ]);
  });

  it('have their figure inside a side bar of 300 px, whatever they are called', () => {
    const series = (more: Partial<Series>): Series => ({
      key: `instance="${LONG_INSTANCE}"${JSON.stringify(more)}`,
      name: LONG_INSTANCE,
      ...more,
    });
    const unknown: readonly SeriesUnknown[] = [
      { is: 'vanished' },
      { is: 'noSuccessYet' },
      { is: 'signInFuture' },
      { is: 'notMovedYet' },
      { is: 'ofBefore' },
      {
        is: 'malformed',
        malformed: [{ field: 'value', is: 'wrong', expected: 'a number', received: 'W'.repeat(40) }],
      },
    ];
    for (const by of ['age', 'counter', 'state'] as const) {
      const watch = new FleetWatch();
      const at = watch.time.wallAt;
      const all = [
        ...unknown.map((why) => series({ unknown: why })),
        series({ provenAt: at - 9 * MINUTE_MS, owedSinceAt: at - 9 * MINUTE_MS }),
        series({ provenAt: at - 59 * MINUTE_MS, owedSinceAt: at - 59 * MINUTE_MS }),
        series({ isBad: true, owedSinceAt: at - 59 * MINUTE_MS, value: 1.234567890123e300 }),
      ];
      watch.told({}, { by, series: all });
      assert.deepEqual(cutRows(daemonRows(watch.model, watch.time.now(), undefined)), []);
    }
  });

  it('have an id of their own, whatever is in their labels', () => {
    const watch = new FleetWatch();
    const series = [...HOSTILE, 'a#session#b', '\ud800'].map((text) => ({
      key: text,
      name: 'x',
      provenAt: 1,
    }));
    watch.told({}, { series });
    const ids = daemonRows(watch.model, watch.time.now(), undefined).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    assert.ok(ids.every((id) => !id.includes('#session#')));
  });

  it('offer nothing that would end or start the Prometheus', () => {
    const watch = new FleetWatch();
    watch.told({ alpha: 900 });
    assert.equal(canStop(watch.model), false);
    assert.deepEqual(usableOnDaemons([watch.model], []), ['snooze', 'filterSeries']);
    assert.equal(daemonRows(watch.model, watch.time.now(), undefined)[0].contextValue, 'fleet');
    const { tooltip } = renderStatus([watch.model], [], watch.time.now());
    assert.doesNotMatch(markdown(tooltip), /Restart|Start Daemon/);
    assert.match(texts(tooltip), /1 of 1 red/);
  });
});

describe('a fleet of which 200 fall together', () => {
  it('is one incident, and one message that counts them', () => {
    const watch = new FleetWatch();
    watch.told(fleetOf(250, () => 3));
    const told: Notice[] = [];
    for (let fallen = 0; fallen <= 200; fallen += 40) {
      watch.time.advance(5_000);
      watch.told(fleetOf(250, (n) => (n < fallen ? 700 + fallen : 3)));
      told.push(...watch.notices.splice(0).map(({ notice }) => notice));
    }
    assert.deepEqual(
      told.map(({ kind, state }) => [kind, state]),
      [['problem', 'wedged']],
    );
    const notice = incidentNotice(watch.model, told[0]!, watch.time.now());
    assert.deepEqual(
      notice.offers.map(({ action }) => action),
      ['details', 'more'],
    );
    assert.equal(
      incidentText(notice, watch.time.now()),
      `api: 200 of 250 red, the worst e100: no success for over ${duration(10 * MINUTE_MS)}.`,
    );
    assert.equal(renderStatus([watch.model], [], watch.time.now()).text, '$(error) api wedged 15 min');
  });
});
