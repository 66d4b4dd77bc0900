import assert from 'node:assert/strict';
import { noted, type Entry } from '../../../src/health/incidentLog';
import { incidentsIn } from '../../../src/health/loggedIncidents';
import { entriesToldBy, type ToldPast } from '../../../src/health/toldPast';
import { readHistory } from '../../../src/kinds/dispatchd/history';
import { idAt } from '../../support/target';

const NOW = Date.parse('2026-03-02T08:00:00.000Z');
const DAEMON = { daemonId: idAt('http://127.0.0.1:3470'), name: 'dispatchd' };
const HUNG_AT = NOW - 3_600_000;

/** It hung for 25 s, was killed, and began anew 40 s later. Its clock is an hour ahead. */
const AHEAD_MS = 3_600_000;
const TOLD: ToldPast = {
  daemonNow: NOW + AHEAD_MS,
  lives: [
    {
      instanceId: 'one',
      startedAt: HUNG_AT - 50_000 + AHEAD_MS,
      lastAliveAt: HUNG_AT + 25_000 + AHEAD_MS,
      upMs: 75_000,
      end: 'killed',
    },
    {
      instanceId: 'two',
      startedAt: HUNG_AT + 65_000 + AHEAD_MS,
      lastAliveAt: NOW + AHEAD_MS,
      upMs: 1,
      end: 'running',
    },
  ],
  lateCycles: [{ instanceId: 'one', startedAt: HUNG_AT + AHEAD_MS }],
};

describe('what a daemon tells of the time that no window watched', () => {
  it('is a hang to the death of its process, and an outage to the next life, by our clock', () => {
    const log = entriesToldBy(TOLD, DAEMON, NOW).reduce<readonly Entry[]>(noted, []);
    const [incident, ...others] = incidentsIn(log);
    assert.equal(others.length, 0);
    assert.deepEqual(
      incident?.phases.map(({ state, fromAt, endedAt, toldByIt }) => [
        state,
        fromAt - HUNG_AT,
        endedAt! - HUNG_AT,
        toldByIt,
      ]),
      [
        ['wedged', 0, 25_000, true],
        ['unreachable', 25_000, 65_000, true],
      ],
    );
    assert.equal(incident?.endedBy?.at, HUNG_AT + 65_000);
    assert.equal(incident?.endedBy?.wasUpMs, 75_000);
  });

  it('changes nothing where it is told again', () => {
    const once = entriesToldBy(TOLD, DAEMON, NOW).reduce<readonly Entry[]>(noted, []);
    assert.deepEqual(entriesToldBy(TOLD, DAEMON, NOW).reduce(noted, once), once);
  });

  it('adds to what a window saw, and that was seen is not called told', () => {
    const seen: Entry = {
      ...DAEMON,
      is: 'phase',
      state: 'wedged',
      reason: { is: 'loopHangs', stale: { is: 'pollStale' } },
      fromAt: HUNG_AT,
      seenAt: HUNG_AT + 20_000,
      seenBy: { a: HUNG_AT },
    };
    const life: Entry = {
      ...DAEMON,
      is: 'life',
      at: HUNG_AT + 65_100,
      instanceId: 'two',
      by: 'us',
      isReboot: false,
      isInferred: false,
      work: { resumed: 0, interrupted: 2 },
    };
    for (const first of [true, false]) {
      const told = entriesToldBy(TOLD, DAEMON, NOW);
      const all = first ? [seen, life, ...told] : [...told, seen, life];
      const [incident, ...others] = incidentsIn(all.reduce<readonly Entry[]>(noted, []));
      assert.equal(others.length, 0);
      assert.equal(incident?.phases[0]?.endedAt, HUNG_AT + 25_000);
      assert.equal(incident?.phases[0]?.toldByIt, undefined);
      assert.deepEqual([incident?.endedBy?.by, incident?.endedBy?.work.interrupted], ['us', 2]);
    }
  });

  it('is no outage where a life ended in good order', () => {
    const [one, two] = TOLD.lives;
    const told = { ...TOLD, lateCycles: [], lives: [{ ...one!, end: 'clean' as const }, two!] };
    assert.deepEqual(
      entriesToldBy(told, DAEMON, NOW).map(({ is }) => is),
      ['life'],
    );
  });

  for (const body of [
    '',
    '[]',
    '{}',
    '{"now":5,"lives":[],"lateCycles":[]}',
    '{"now":"2026-03-02T08:00:00.000Z"}',
  ]) {
    it(`is nothing where it answers ${body}`, () => assert.equal(readHistory(body), undefined));
  }

  it('is what can be read of it', () => {
    const now = '2026-03-02T08:00:00.000Z';
    const life = { instanceId: 'two', startedAt: now, lastAliveAt: now, upMs: 5, end: 'running' };
    const lives = [
      life,
      { ...life, end: 'asleep' },
      null,
      { ...life, startedAt: 'yesterday' },
      { ...life, instanceId: '\u202e' },
    ];
    const read = readHistory(
      JSON.stringify({ now, lives, lateCycles: [{ instanceId: 'two', startedAt: now }, 7], outcomes: [] }),
    );
    assert.equal(read?.lives.length, 1);
    assert.equal(read?.lateCycles.length, 1);
  });
});
