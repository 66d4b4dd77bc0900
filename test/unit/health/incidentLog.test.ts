import assert from 'node:assert/strict';
import { noted, recent, withEvidence, type Entry, type Life } from '../../../src/health/incidentLog';
import { incidentsIn } from '../../../src/health/loggedIncidents';
import { lookAtPhase, type SeenPhase } from '../../../src/health/watchedPhase';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, Watch, goodReport, wedgedReport } from './support';
import { idAt } from '../../support/target';

const DAEMON = { id: idAt('http://127.0.0.1:3457'), name: 'smithy' };

/** A window that looks at one daemon, and the log that it notes into. */
class Window {
  seen: SeenPhase | undefined;

  constructor(
    readonly name: string,
    readonly log: { entries: readonly Entry[] },
    readonly watch = Watch.healthy(),
  ) {}

  look(): this {
    const now = this.watch.time.now();
    const { seen, notes } = lookAtPhase(this.seen, DAEMON, this.watch.track, this.name, now);
    this.seen = seen;
    this.log.entries = notes.reduce(noted, this.log.entries);
    return this;
  }

  answer(report = goodReport(this.watch.time)): this {
    this.watch.answer(report);
    return this.look();
  }

  fail(): this {
    this.watch.fail('refused');
    return this.look();
  }

  wait(ms: number): this {
    this.watch.wait(ms);
    return this;
  }
}

const newLog = () => ({ entries: [] as readonly Entry[] });

function life(at: number, more: Partial<Life> = {}): Life {
  return {
    is: 'life',
    daemonId: DAEMON.id,
    name: DAEMON.name,
    at,
    by: 'others',
    isReboot: false,
    isInferred: false,
    work: { resumed: 0, interrupted: 0 },
    ...more,
  };
}

describe('the log of incidents', () => {
  it('has a hang from the begin of the cycle that hangs to its end', () => {
    const log = newLog();
    const window = new Window('a', log).answer();
    const hungAt = window.watch.time.wallAt;
    window.wait(61 * SECOND_MS).answer(wedgedReport(window.watch.time, 61 * SECOND_MS));
    window.wait(9 * SECOND_MS).answer(wedgedReport(window.watch.time, 70 * SECOND_MS));
    const [open] = incidentsIn(log.entries);
    assert.deepEqual([open?.worst.state, open?.fromAt, open?.endedAt], ['wedged', hungAt, undefined]);

    // The cycle completed two seconds before it was looked for.
    window.wait(5 * SECOND_MS).answer(goodReport(window.watch.time, { cycleAgoMs: 2_000 }));
    const [incident, ...others] = incidentsIn(log.entries);
    assert.equal(others.length, 0);
    assert.deepEqual([incident?.fromAt, incident?.endedAt], [hungAt, hungAt + 73 * SECOND_MS]);
  });

  it('has an outage from the first failure to the begin of the new life that ended it', () => {
    const log = newLog();
    const window = new Window('a', log).answer().wait(5 * SECOND_MS);
    const goneAt = window.watch.time.wallAt;
    for (let poll = 0; poll < 4; poll++) window.fail().wait(5 * SECOND_MS);
    const startedAt = window.watch.time.wallAt - 3_000;
    window.answer(goodReport(window.watch.time, { instance: { id: 'two', startedAt } }));
    log.entries = noted(
      log.entries,
      life(startedAt, { instanceId: 'two', work: { resumed: 1, interrupted: 2 } }),
    );
    const [incident] = incidentsIn(log.entries);
    assert.deepEqual([incident?.fromAt, incident?.endedAt], [goneAt, startedAt]);
    assert.deepEqual(incident?.endedBy?.work, { resumed: 1, interrupted: 2 });
  });

  it('ends a hang with the begin of the next life, which a first cycle follows', () => {
    const log = newLog();
    const window = new Window('a', log).answer();
    window
      .wait(70 * SECOND_MS)
      .answer(wedgedReport(window.watch.time, 70 * SECOND_MS))
      .wait(5 * SECOND_MS)
      .fail()
      .wait(5 * SECOND_MS);
    const startedAt = window.watch.time.wallAt - 2_500;
    const instance = { id: 'two', startedAt };
    window.answer(goodReport(window.watch.time, { cycleAgoMs: 2_000, instance }));
    const [incident, ...others] = incidentsIn(log.entries);
    assert.equal(others.length, 0);
    assert.deepEqual([incident?.worst.state, incident?.endedAt], ['wedged', startedAt]);
  });

  it('ends a hang with the death of its process, and both are one incident', () => {
    const log = newLog();
    const window = new Window('a', log).answer();
    window
      .wait(70 * SECOND_MS)
      .answer(wedgedReport(window.watch.time, 70 * SECOND_MS))
      .wait(5 * SECOND_MS);
    const killedAt = window.watch.time.wallAt;
    for (let poll = 0; poll < 4; poll++) window.fail().wait(5 * SECOND_MS);
    const [incident, ...others] = incidentsIn(log.entries);
    assert.equal(others.length, 0);
    assert.deepEqual(
      incident?.phases.map(({ state, fromAt, endedAt }) => [state, killedAt - fromAt, endedAt]),
      [
        ['wedged', 75 * SECOND_MS, killedAt],
        ['unreachable', 0, undefined],
      ],
    );
    assert.equal(incident?.worst.state, 'unreachable');
  });

  it('has each incident once though two windows watch', () => {
    const log = newLog();
    const [one, other] = [new Window('a', log).answer(), new Window('b', log).answer()];
    const hungAt = one.watch.time.wallAt;
    one.wait(61 * SECOND_MS).answer(wedgedReport(one.watch.time, 61 * SECOND_MS));
    other.wait(75 * SECOND_MS).answer(wedgedReport(other.watch.time, 75 * SECOND_MS));
    one.wait(19 * SECOND_MS).answer(goodReport(one.watch.time, { cycleAgoMs: 1_000 }));
    other.wait(15 * SECOND_MS).answer(goodReport(other.watch.time, { cycleAgoMs: 3_000 }));
    const incidents = incidentsIn(log.entries);
    assert.equal(incidents.length, 1);
    assert.deepEqual([incidents[0]!.fromAt, incidents[0]!.endedAt], [hungAt, hungAt + 79 * SECOND_MS]);
    assert.equal(Object.keys(incidents[0]!.phases[0]!.seenBy).length, 2);
  });

  it('is the same whichever window notes first, and however often', () => {
    const notes: Entry[] = [];
    for (const [name, lateMs] of [
      ['a', 0],
      ['b', 7_000],
    ] as const) {
      const log = newLog();
      const window = new Window(name, log).answer();
      window.wait(61_000 + lateMs).answer(wedgedReport(window.watch.time, 61_000 + lateMs));
      notes.push(...log.entries);
      window.wait(20_000 - lateMs).answer(goodReport(window.watch.time, { cycleAgoMs: 2_000 }));
      notes.push(...log.entries);
    }
    const times = (log: readonly Entry[]) => incidentsIn(log).map(({ fromAt, endedAt }) => [fromAt, endedAt]);
    const forward = notes.reduce(noted, [] as readonly Entry[]);
    assert.deepEqual(times([...notes].reverse().reduce(noted, [] as readonly Entry[])), times(forward));
    assert.deepEqual(times([...notes, ...notes].reduce(noted, [] as readonly Entry[])), times(forward));
    assert.equal(forward.length, 1);
  });

  it('takes what clears for moments for one incident, and what comes a minute later for another', () => {
    const log = newLog();
    const window = new Window('a', log).answer();
    const wedge = () => window.answer(wedgedReport(window.watch.time, 70 * SECOND_MS, { pollStale: true }));
    window.wait(70 * SECOND_MS);
    wedge()
      .wait(5 * SECOND_MS)
      .answer()
      .wait(10 * SECOND_MS);
    wedge()
      .wait(5 * SECOND_MS)
      .answer();
    assert.equal(incidentsIn(log.entries).length, 1);
    for (let poll = 0; poll < 40; poll++) window.wait(5 * SECOND_MS).answer();
    wedge();
    assert.equal(incidentsIn(log.entries).length, 2);
  });

  for (const byMs of [HOUR_MS, -HOUR_MS]) {
    it(`moves an incident with a clock that is set by ${byMs / MINUTE_MS} min, once for two windows`, () => {
      const log = newLog();
      const windows = ['a', 'b'].map((name) => new Window(name, log).answer());
      for (const window of windows) {
        window.wait(61 * SECOND_MS).answer(wedgedReport(window.watch.time, 61 * SECOND_MS));
      }
      const [before] = incidentsIn(log.entries);
      for (const window of windows) {
        window.watch.time.jumpWall(byMs);
        window.wait(60 * SECOND_MS).answer(wedgedReport(window.watch.time, 121 * SECOND_MS));
      }
      const incidents = incidentsIn(log.entries);
      assert.equal(incidents.length, 1);
      assert.equal(incidents[0]!.fromAt, before!.fromAt + byMs);
      assert.equal(incidents[0]!.seenAt, before!.seenAt + byMs + 60 * SECOND_MS);
    });
  }

  it('leaves an incident open where no window saw its end', () => {
    const log = newLog();
    const window = new Window('a', log).answer();
    window.wait(61 * SECOND_MS).answer(wedgedReport(window.watch.time, 61 * SECOND_MS));
    // Nobody watches for an hour; then it hangs anew.
    const later = new Window('b', log).wait(HOUR_MS).answer();
    later.wait(61 * SECOND_MS).answer(wedgedReport(later.watch.time, 61 * SECOND_MS));
    const [, first] = incidentsIn(log.entries);
    assert.equal(first?.endedAt, undefined);
    assert.equal(first?.seenAt, window.watch.time.wallAt);
  });

  it('keeps the evidence with the incident that went on', () => {
    const log = newLog();
    const window = new Window('a', log).answer();
    window.wait(61 * SECOND_MS).answer(wedgedReport(window.watch.time, 61 * SECOND_MS));
    const { wallAt } = window.watch.time;
    const report = { file: '/e.md', found: 'waited for 28 s; 0 % CPU' };
    const [kept] = incidentsIn(withEvidence(log.entries, DAEMON.id, report, wallAt + 10_000));
    assert.deepEqual([kept?.evidence, kept?.found], ['/e.md', 'waited for 28 s; 0 % CPU']);
    // What was found at an earlier look is not what this file says.
    const next = withEvidence(kept!.phases, DAEMON.id, { file: '/f.md' }, wallAt + 11_000);
    assert.deepEqual([incidentsIn(next)[0]?.evidence, incidentsIn(next)[0]?.found], ['/f.md', undefined]);
    assert.equal(withEvidence(log.entries, DAEMON.id, report, wallAt + HOUR_MS), log.entries);
  });

  it('knows a restart of ours for ours, whichever window says so', () => {
    const seen = [life(1_000, { instanceId: 'two' }), life(1_400, { instanceId: 'two', by: 'us' })];
    for (const order of [seen, [...seen].reverse()]) {
      const [one, ...others] = order.reduce(noted, [] as readonly Entry[]);
      assert.equal(others.length, 0);
      assert.equal(one?.is === 'life' && one.by, 'us');
    }
  });

  it('joins the time that several windows watched', () => {
    const watch = (fromAt: number, toAt: number) =>
      ({ is: 'watch', daemonId: DAEMON.id, fromAt, toAt }) as const;
    const log = [watch(0, 10), watch(20, 30), watch(8, 22), watch(50, 60)].reduce(
      noted,
      [] as readonly Entry[],
    );
    assert.deepEqual(log, [watch(0, 30), watch(50, 60)]);
  });

  it('forgets what is older than a week', () => {
    const log = [life(0), life(DAY_MS)];
    assert.deepEqual(recent(log, 7.5 * DAY_MS), [log[1]]);
    assert.equal(recent(log, 2 * DAY_MS), log);
  });
});
