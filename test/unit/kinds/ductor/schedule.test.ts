import assert from 'node:assert/strict';
import { isClockMoved, nextDue } from '../../../../src/kinds/ductor/schedule';

const AFTER = '2026-11-26T12:34:56.789Z';

describe('when a cron expression falls due', () => {
  const rows: readonly [expression: string, zone: string | undefined, expected: string | undefined][] = [
    ['* * * * *', 'UTC', '2026-11-26T12:35:00.000Z'],
    ['*/15 * * * *', 'UTC', '2026-11-26T12:45:00.000Z'],
    ['0 14 * * *', 'UTC', '2026-11-26T14:00:00.000Z'],
    ['34 12 * * *', 'UTC', '2026-11-27T12:34:00.000Z'],
    ['0 9 * * 1-5', 'Europe/Berlin', '2026-11-27T08:00:00.000Z'],
    ['0 9 * * 7', 'UTC', '2026-11-29T09:00:00.000Z'],
    ['0 9 * * 0', 'UTC', '2026-11-29T09:00:00.000Z'],
    ['30 6 1,15 * *', 'America/New_York', '2026-12-01T11:30:00.000Z'],
    ['0 0 29 2 *', 'UTC', '2028-02-29T00:00:00.000Z'],
    ['5 8-18/5 * * *', 'UTC', '2026-11-26T13:05:00.000Z'],
    ['0 9 * 6 *', 'UTC', '2027-06-01T09:00:00.000Z'],
    // What another library may understand differently, or does not understand.
    ['0 9 1 * 1', 'UTC', undefined],
    ['0 9 * * MON', 'UTC', undefined],
    ['0 9 * * 5-7', 'UTC', undefined],
    ['0 9 * * 1#2', 'UTC', undefined],
    ['0 9 L * *', 'UTC', undefined],
    ['5/15 * * * *', 'UTC', undefined],
    ['@daily', 'UTC', undefined],
    ['0 0 9 * * *', 'UTC', undefined],
    ['0 25 * * *', 'UTC', undefined],
    ['0 18-8 * * *', 'UTC', undefined],
    ['0 0 31 2 *', 'UTC', undefined],
    ['', 'UTC', undefined],
    ['0 9 * * *', 'Mars/Olympus', undefined],
  ];
  for (const [expression, zone, expected] of rows) {
    it(`"${expression}" in ${zone}: ${expected ?? 'not understood'}`, () => {
      const at = nextDue(expression, zone, Date.parse(AFTER));
      assert.equal(at && new Date(at).toISOString(), expected);
    });
  }

  it('in the zone of this machine where none is named', () => {
    const at = nextDue('0 9 * * *', undefined, Date.parse(AFTER))!;
    assert.deepEqual([new Date(at).getHours(), new Date(at).getMinutes()], [9, 0]);
  });

  const moves: readonly [from: string, to: string, expected: boolean][] = [
    ['2026-10-24T12:00:00Z', '2026-10-26T12:00:00Z', true],
    ['2026-10-25T00:00:00Z', '2026-10-25T00:30:00Z', true],
    ['2026-10-26T12:00:00Z', '2026-10-27T12:00:00Z', false],
  ];
  for (const [from, to, expected] of moves) {
    it(`the clock of Berlin ${expected ? 'is' : 'is not'} moved from ${from} to ${to}`, () => {
      assert.equal(isClockMoved('Europe/Berlin', Date.parse(from), Date.parse(to)), expected);
      assert.equal(isClockMoved('UTC', Date.parse(from), Date.parse(to)), false);
    });
  }
});
