import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { noted, type Entry } from '../../../../src/health/incidentLog';
import { entriesToldBy } from '../../../../src/health/toldPast';
import { livesIn } from '../../../../src/kinds/ductor/agentPast';
import { idAt } from '../../../support/target';
import { HOUR_MS, SECOND_MS } from '../../health/support';

const FIXTURE = join(__dirname, '../../../fixtures/ductor/logs/later.log');
const at = (hour: number, minute = 0, second = 0) => new Date(2026, 10, 25, hour, minute, second).getTime();
const NOW = at(18);
const line = (time: string, message: string) =>
  `2026-11-25 ${time} [INFO] ductor_bot.infra.pidlock:pidlock.py:128: ${message}`;
const DAEMON = { daemonId: idAt('http://127.0.0.1:8799'), name: 'ductor' };
const ENDING = 'Termination signal received, shutting down gracefully...';

const entriesOf = (lines: readonly string[]) =>
  entriesToldBy({ daemonNow: NOW, lives: livesIn(lines, NOW), lateCycles: [] }, DAEMON, NOW);

describe('the lives of a ductor in its log', () => {
  it('are those that were recorded: one that was told to end, one that was killed, and the one that runs', () => {
    const lives = livesIn(readFileSync(FIXTURE, 'utf8').split('\n'), NOW);
    assert.deepEqual(
      lives.map(({ startedAt, end, upMs }) => [startedAt, end, upMs]),
      [
        [at(15, 5, 56), 'clean', 19 * SECOND_MS],
        [at(15, 6, 16), 'killed', undefined],
        [at(15, 6, 24), 'running', undefined],
      ],
    );
  });

  it('say how one ended, as far as the log tells', () => {
    const rows: readonly [string, readonly string[], object][] = [
      [
        'a crash, or a restart that a chat asked for: not told',
        [line('15:00:00', 'PID lock acquired (pid=1)'), line('15:10:00', 'PID lock released')],
        { end: 'notTold', lastAliveAt: at(15, 10), upMs: 600_000 },
      ],
      [
        'killed long after its last line: when is not known',
        [
          line('15:00:00', 'PID lock acquired (pid=1)'),
          line('15:20:00', 'Stale PID file found (pid=1), overwriting'),
        ],
        { end: 'killed', lastAliveAt: at(15, 20, 1) },
      ],
      [
        'the file of another process says nothing of it',
        [
          line('15:00:00', 'PID lock acquired (pid=1)'),
          line('15:20:00', 'Stale PID file found (pid=7), overwriting'),
        ],
        { end: 'notTold', lastAliveAt: at(15, 20, 1) },
      ],
      [
        'of one whose beginning is out of sight',
        [line('15:00:00', 'Cron job ran'), line('15:01:00', ENDING)],
        { end: 'clean', lastAliveAt: at(15, 1) },
      ],
    ];
    for (const [what, before, expected] of rows) {
      const [life] = livesIn([...before, line('15:20:01', 'PID lock acquired (pid=2)')], NOW);
      assert.deepEqual({ ...life, startedAt: undefined }, { ...expected, startedAt: undefined }, what);
    }
  });

  it('are none where the log has no line of it', () => {
    assert.deepEqual(livesIn(['', 'Traceback (most recent call last):'], NOW), []);
  });

  it('become restarts that the daemon told, and an outage only where one was killed', () => {
    const entries = entriesOf(readFileSync(FIXTURE, 'utf8').split('\n'));
    assert.deepEqual(
      entries.map((entry) => [entry.is, entry.toldByIt, entry.is === 'phase' ? entry.reason : undefined]),
      [
        ['life', true, undefined],
        ['phase', true, { is: 'lifeEnded', how: 'killed' }],
        ['life', true, undefined],
      ],
    );
    const twice = [...entries, ...entries].reduce<readonly Entry[]>(noted, []);
    assert.equal(twice.length, 3, 'two lives in half a minute are two, and told again they are the same');
  });

  it('are one with what a window saw of the same restart', () => {
    const [told] = entriesOf([
      line('15:00:00', 'PID lock acquired (pid=1)'),
      line('15:10:00', ENDING),
      line('15:10:05', 'PID lock acquired (pid=2)'),
    ]);
    const seen: Entry = {
      ...DAEMON,
      is: 'life',
      at: at(15, 10, 7),
      instanceId: '2026-11-25T15:10:07.000Z',
      by: 'us',
      isReboot: false,
      isInferred: false,
      work: { resumed: 1, interrupted: 0 },
    };
    for (const order of [
      [told!, seen],
      [seen, told!],
    ]) {
      const [life, ...others] = order.reduce<readonly Entry[]>(noted, []);
      assert.deepEqual(others, []);
      assert.ok(life?.is === 'life' && life.by === 'us' && life.work.resumed === 1);
    }
    const later = { ...seen, at: seen.at + HOUR_MS, instanceId: 'other' };
    assert.equal([told!, later].reduce<readonly Entry[]>(noted, []).length, 2);
  });
});
