import assert from 'node:assert/strict';
import type { DaemonModel } from '../../../../src/model/daemonModel';
import type { Life } from '../../../../src/health/incidentLog';
import { readStatus } from '../../../../src/kinds/smithy/status';
import { daemonRows, problemRow, rowHover } from '../../../../src/ui/tree/daemonRows';
import { valueOf, type Row } from '../../../../src/ui/tree/row';
import { MINUTE_MS, Watch, goodReport, reportWith, wedgedReport, type Parts } from '../../health/support';
import { clockTime } from '../../../../src/base/time';
import { cyclesOf } from '../../../../src/health/staleness';
import { HOSTILE, modelOf } from '../support';

const ORIGIN = 'http://127.0.0.1:3457';

interface Rows {
  readonly roots: readonly string[];
  readonly byId: ReadonlyMap<string, Row>;
}

function rowsOf(watch: Watch, problems: readonly string[] = []): Rows {
  const sections = [daemonRows(modelOf(watch), watch.time.now(), undefined), ...problems.map(problemRow)];
  return {
    roots: sections.map(([root]) => root.id),
    byId: new Map(sections.flat().map((row) => [row.id, row])),
  };
}

function row(rows: Rows, key = ''): Row {
  const found = rows.byId.get(key === '' ? ORIGIN : `${ORIGIN}#${key}`);
  assert.ok(found, `no row ${key}: ${[...rows.byId.keys()].join(', ')}`);
  return found;
}

describe('the rows of the tree', () => {
  it('are one for each daemon, with its state, and one for each of its aspects', () => {
    const rows = rowsOf(Watch.healthy());
    assert.deepEqual(rows.roots, [ORIGIN]);
    assert.equal(row(rows).label, 'smithy');
    assert.equal(row(rows).description, 'healthy');
    assert.deepEqual(row(rows).children, [`${ORIGIN}#details`], 'one line, and what there is to open');
    assert.equal(row(rows, 'details').expanded, undefined);
    for (const key of ['state', 'loop', 'queue', 'instance'])
      assert.equal(row(rows, key).parentId, `${ORIGIN}#details`);
    assert.equal(row(rows, 'loop').description, 'completes cycles · every 5 s');
    assert.match(row(rows, 'queue').description ?? '', /^0 ready tasks · 2 workers$/);
  });

  it('say of the rate limit only that it pauses the daemon, or that it is not known', () => {
    const shown = (pause: Parts['pause']) => {
      const watch = new Watch();
      watch.answer(goodReport(watch.time, { ...(pause && { pause }) }));
      return rowsOf(watch).byId.get(`${ORIGIN}#pause`)?.description;
    };
    assert.deepEqual([undefined, { isPaused: false }, { isPaused: true }].map(shown), [
      'not known',
      undefined,
      'paused',
    ]);
  });

  it('tell by its icon, too, how bad the state is: colours may be none', () => {
    const broken = Watch.healthy();
    broken.answer(goodReport(broken.time, { available: false, unavailable: { is: 'said', said: 'no git' } }));
    const wedged = Watch.healthy();
    wedged.answer(wedgedReport(wedged.time, 3 * MINUTE_MS));
    assert.deepEqual(
      [Watch.healthy(), broken, wedged].map((watch) => {
        const { icon, severity } = row(rowsOf(watch), 'state');
        return [severity, icon];
      }),
      [
        ['plain', 'info'],
        ['amber', 'warning'],
        ['red', 'error'],
      ],
    );
  });

  it('name their children, and every child is there', () => {
    const rows = rowsOf(Watch.healthy());
    for (const [id, { children, parentId }] of rows.byId) {
      for (const child of children) assert.equal(rows.byId.get(child)?.parentId, id);
      if (parentId !== undefined) assert.ok(rows.byId.get(parentId)?.children.includes(id), id);
    }
  });

  it('say since when a loop hangs, and at which threshold', () => {
    const watch = Watch.healthy();
    watch.wait(5_000).answer(wedgedReport(watch.time, 3 * MINUTE_MS));
    const rows = rowsOf(watch);
    const now = watch.time.wallAt;
    const since = clockTime(cyclesOf(watch.track.last!.report).completedAt!, now);
    assert.equal(row(rows).description, 'wedged 3 min');
    assert.equal(row(rows).severity, 'red');
    assert.equal(row(rows, 'loop').description, `hangs · no cycle since ${since} · limit 1 min`);
    assert.equal(row(rows, 'loop').severity, 'red');
    assert.equal(row(rows).children[0], `${ORIGIN}#state`, 'the verdict comes first');
    assert.equal(row(rows, 'state').label, `No cycle since ${since}`);
    assert.equal(
      row(rows, 'state').description,
      `· noticed ${clockTime(now, now)} · the poll loop hangs (the daemon itself says so)`,
    );
    assert.equal(row(rows, 'state').severity, 'red');
  });

  it('have hovers that end once, and give no length to what was said this moment', () => {
    const watch = Watch.healthy();
    const model = {
      ...modelOf(watch),
      restarts: [
        {
          at: watch.time.wallAt - MINUTE_MS,
          why: 'wedged',
          kind: 'cured',
          text: 'smithy restarted in 4 s.',
        } as const,
      ],
    };
    for (const each of daemonRows(model, watch.time.now(), undefined)) {
      const hover = rowHover(each, model, watch.time.now());
      assert.doesNotMatch(hover, /\.\.|\b0 (ms|s)\b/);
      assert.match(hover, /\. As of just now, answering, /);
    }
  });

  it('list restarts of others beside ours, the newest first', () => {
    const watch = Watch.healthy();
    const { wallAt } = watch.time.now();
    const model = {
      ...modelOf(watch),
      restarts: [{ at: wallAt - MINUTE_MS, why: 'wedged', kind: 'cured', text: 'smithy restarted in 4 s.' }],
      lives: (['others', 'us'] as const).map((by): Life => ({
        is: 'life',
        daemonId: modelOf(watch).daemon.id,
        name: 'smithy',
        at: wallAt - (by === 'us' ? MINUTE_MS : 5_000),
        by,
        isReboot: false,
        isInferred: false,
        wasUpMs: 55_000,
        work: { resumed: 0, interrupted: 1 },
      })),
    } as const;
    const descriptionsOf = (of: DaemonModel) =>
      daemonRows(of, watch.time.now(), undefined)
        .filter(({ contextValue }) => contextValue === 'restartRecord')
        .map(({ description }) => description);
    const told = { ...model, lives: [{ ...model.lives[0]!, toldByIt: true as const }] };
    assert.equal(
      descriptionsOf(told)[0],
      'not from here · was up 55 s · 1 session interrupted · told by the daemon',
    );
    assert.deepEqual(descriptionsOf(model), [
      'not from here · was up 55 s · 1 session interrupted',
      'was wedged · smithy restarted in 4 s.',
    ]);
  });

  it('name the other program that the name of the address leads to', () => {
    const beside = (more: object) => {
      const watch = new Watch();
      watch.answer(goodReport(watch.time, { beside: { place: '[::1]:3457', ...more } }));
      const { label, description } = row(rowsOf(watch), 'beside');
      return `${label}: ${description}`;
    };
    assert.equal(beside({ kind: 'dispatchd' }), 'Other address: · [::1]:3457 is another daemon: a dispatchd');
    assert.equal(
      beside({ cause: { is: 'noAnswer', withinMs: 1_000 } }),
      'Other address: · [::1]:3457 is another program: no answer within 1 s',
    );
    assert.equal(rowsOf(Watch.healthy()).byId.has(`${ORIGIN}#beside`), false);
  });

  it('keep the last answer through failures, and say once how old it is', () => {
    const watch = Watch.healthy();
    const before = rowsOf(watch);
    watch.repeat(30, 5_000, () => watch.fail('refused'));
    const rows = rowsOf(watch);
    assert.equal(row(rows).description, 'unreachable');
    assert.match(row(rows, 'lastKnown').label, /^Last known \d\d:\d\d: work unknown$/);
    for (const key of ['queue', 'sessions']) {
      assert.equal(row(rows, key).description, row(before, key).description);
    }
    assert.equal(row(rows, 'loop').description, 'last cycle 2 min ago · every 5 s');
    assert.deepEqual(
      row(rows).children.map((id) => id.split('#')[1]),
      ['state', 'lastKnown', 'details'],
    );
    watch.answer();
    assert.deepEqual(rowsOf(watch).byId.has(`${ORIGIN}#lastKnown`), false);
  });

  it('name the process that holds the port, and of a dead daemon the one that held it', () => {
    const watch = Watch.healthy();
    const holder = { pid: 4242, startedAtMs: watch.time.wallAt - 3 * MINUTE_MS };
    const instance = () =>
      daemonRows({ ...modelOf(watch), holder }, watch.time.now(), undefined).find(({ id }) =>
        id.endsWith('#instance'),
      )?.description;
    const since = clockTime(holder.startedAtMs, watch.time.wallAt);
    assert.equal(instance(), `smithy · port 3457 · pid 4242 since ${since}`);
    watch.repeat(3, 5_000, () => watch.fail('refused'));
    assert.equal(instance(), `smithy · port 3457 · pid 4242 since ${since}`);
  });

  it('say since when the process runs, or ran, which does not change by the minute', () => {
    const watch = new Watch();
    const startedAt = watch.time.wallAt - 3 * MINUTE_MS;
    watch.answer(goodReport(watch.time, { instance: { id: 'a', pid: 7, startedAt } }));
    const since = clockTime(startedAt, watch.time.wallAt);
    assert.ok(row(rowsOf(watch), 'instance').description!.endsWith(` · pid 7 since ${since}`));
    watch.wait(5_000).fail('refused');
    assert.ok(row(rowsOf(watch), 'instance').description!.endsWith(` · pid 7 since ${since}`));
  });

  it('of a ductor leave out what no ductor has', () => {
    const watch = new Watch();
    watch.answer(reportWith({ kind: 'ductor' }));
    const rows = rowsOf(watch);
    assert.deepEqual(
      [...rows.byId.keys()].map((id) => id.slice(ORIGIN.length)),
      ['', '#state', '#details', '#loop', '#sessions', '#instance'],
    );
    assert.equal(row(rows).description, 'unverified');
    const loop = () => [row(rowsOf(watch), 'loop').label, row(rowsOf(watch), 'loop').description];
    assert.deepEqual(loop(), ['Event loop', 'turns']);
    watch.wait(5_000).fail('timeout');
    assert.deepEqual(loop(), ['Event loop', 'not known']);
    assert.match(
      row(rows, 'state').description ?? '',
      /the daemon answers, so its event loop turns; whether messages reach the daemon is not known$/,
    );
  });

  describe('of the errors in its log', () => {
    const rowsWith = (startErrors: readonly string[], startErrorCount = startErrors.length) => {
      const watch = new Watch();
      watch.answer({ ...reportWith({ kind: 'ductor' }), startErrors, startErrorCount });
      return rowsOf(watch);
    };

    it('say the one', () => {
      const errors = row(rowsWith(['no route']), 'errors');
      assert.deepEqual([errors.label, errors.description], ['Errors', '· 1 since its start: no route']);
      assert.deepEqual([errors.severity, errors.children], ['plain', []]);
    });

    it('say how many there were, and have the last ones below', () => {
      const rows = rowsWith(['no route', 'no token'], 9);
      assert.equal(row(rows, 'errors').description, '· 9 since its start, the last: no token');
      const below = row(rows, 'errors').children.map((id) => rows.byId.get(id)?.label);
      assert.deepEqual(below, ['no route', 'no token']);
    });

    it('are not there where there are none', () => {
      assert.equal(rowsWith([]).byId.has(`${ORIGIN}#errors`), false);
    });
  });

  const queue = { readyUnassignedTasks: 1, availableWorkers: 2 };
  const queues: readonly [what: string, parts: Parts, rows: readonly string[]][] = [
    ['never tells of its loop and has no queue', { progress: { kind: 'untold', by: 'kind' } }, []],
    [
      'never tells of its loop and has a queue',
      { progress: { kind: 'untold', by: 'kind' }, queue },
      ['1 ready task · 2 workers', 'not known'],
    ],
    [
      'tells that more wait than are ready',
      { progress: { kind: 'untold', by: 'kind' }, queue: { ...queue, waiting: 300 } },
      ['1 ready task of 300 that wait · 2 workers', 'not known'],
    ],
    [
      'tells of its loop and its queue in other versions',
      { progress: { kind: 'untold', by: 'version' } },
      ['ready tasks: not known · workers: not known', 'not known'],
    ],
    [
      'tells of its loop, and nothing of its queue',
      { progress: { kind: 'cycles' } },
      ['ready tasks: not known · workers: not known', 'not known'],
    ],
  ];
  for (const [what, parts, expected] of queues) {
    it(`show the queue and the rate limit as they are known, of an unheard-of kind that ${what}`, () => {
      const watch = new Watch();
      watch.answer(reportWith({ kind: 'toy', ...parts }));
      const { byId } = rowsOf(watch);
      const shown = ['queue', 'pause'].flatMap((key) => byId.get(`${ORIGIN}#${key}`)?.description ?? []);
      assert.deepEqual(shown, expected);
    });
  }

  it('say what is not known, and never a default', () => {
    const watch = new Watch();
    watch.answer(reportWith());
    const rows = rowsOf(watch);
    assert.equal(row(rows).description, 'unverified');
    assert.equal(row(rows, 'loop').description, 'not known');
    assert.equal(row(rows, 'queue').description, 'ready tasks: not known · workers: not known');
    assert.equal(row(rows, 'pause').description, 'not known');
  });

  it('have one for each problem of the settings', () => {
    const rows = rowsOf(Watch.healthy(), ['daemonHealth.daemons[1] needs a "url"']);
    assert.deepEqual(rows.roots, [ORIGIN, 'settings#0']);
    assert.equal(rows.byId.get('settings#0')?.description, '· daemonHealth.daemons[1] needs a "url"');
    assert.equal(valueOf(rows.byId.get('settings#0')!), 'daemonHealth.daemons[1] needs a "url"');
  });

  it('are the same for an unchanged daemon, whenever they are made', () => {
    const watch = Watch.healthy();
    const before = rowsOf(watch);
    watch.stayHealthy(10 * MINUTE_MS);
    assert.deepEqual(rowsOf(watch), before);
  });

  it('of a daemon in trouble are written at most once a minute, from its first second on', () => {
    const watch = Watch.healthy();
    const completedAt = watch.time.wallAt;
    const texts = new Map<string, Set<string>>();
    for (let second = 0; second < 3 * 60; second++) {
      const hung = { pollStale: true, lastPollStartedAt: completedAt + 10, lastPollCompletedAt: completedAt };
      watch.wait(1_000).answer(goodReport(watch.time, hung));
      for (const [id, row] of rowsOf(watch).byId) {
        const seen = texts.get(id) ?? new Set();
        texts.set(id, seen.add(JSON.stringify(row)));
      }
    }
    for (const [id, seen] of texts) assert.ok(seen.size <= 4, `${id}: ${seen.size} texts in three minutes`);
  });

  it('tell the precise age on hover', () => {
    const watch = Watch.healthy();
    watch.wait(2_500);
    const hover = rowHover(row(rowsOf(watch), 'queue'), modelOf(watch), watch.time.now());
    assert.match(
      hover,
      /^Queue: 0 ready tasks · 2 workers\. As of 2\.5 s ago, answering, checked every 5 s\.$/,
    );
    const never = new Watch();
    assert.match(
      rowHover(row(rowsOf(never)), modelOf(never), never.time.now()),
      /Never answered, not asked yet/,
    );
  });

  it('offer a restart where there is something to restart, a start where there is not', () => {
    const context = (watch: Watch) => row(rowsOf(watch)).contextValue;
    const offline = new Watch();
    offline.fail('refused');
    const restarting = Watch.healthy();
    restarting.restart({ restarting: true });
    assert.deepEqual([Watch.healthy(), offline, restarting].map(context), [
      'daemon.up',
      'daemon.down',
      'daemon.busy',
    ]);
  });

  for (const hostile of HOSTILE) {
    it(`are single bounded lines, whatever a daemon says: ${JSON.stringify(hostile.slice(0, 30))}`, () => {
      const watch = new Watch();
      const report = readStatus(
        {
          isRunning: true,
          available: false,
          reason: hostile,
          instance: { id: hostile, version: hostile, workspace: `/home/${hostile}`, stateDir: hostile },
          sessions: [{ id: hostile, name: hostile, status: 'running', command: hostile }],
        },
        watch.time.wallAt,
      );
      assert.ok(!('is' in report));
      watch.answer({ ...goodReport(watch.time), ...report });
      for (const row of rowsOf(watch).byId.values()) {
        const { id, label, description = '' } = row;
        for (const text of [label, description, valueOf(row)]) {
          assert.doesNotMatch(text, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u, id);
          assert.ok(text.length <= 700, `${id}: ${text.length} characters`);
        }
      }
    });
  }
});
