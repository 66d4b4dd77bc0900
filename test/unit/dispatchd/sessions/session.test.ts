import assert from 'node:assert/strict';
import { commandLine, readySessions, type Session } from '../../../../src/dispatchd/sessions/session';
import { expiredSessions } from '../../../../src/dispatchd/sessions/retention';
import { running, session, spec } from '../../../support/dispatchd/sessions';

const DAY_MS = 86_400_000;
const named = (name: string) => ({ spec: spec({ kind: 'named', name }) });
const queued = { status: 'queued' } as const;
const done = (endedAt: number) => ({ status: 'completed', endedAt, outcome: '' }) as const;
const interrupted = (endedAt: number) =>
  ({ status: 'interrupted', endedAt, outcome: '', seenAt: endedAt }) as const;

describe('dispatchd sessions', () => {
  for (const [command, args, expected] of [
    ['npm test && echo "ok"', undefined, 'npm test && echo "ok"'],
    ['node', ['-e', 'a b'], "node -e 'a b'"],
    ['node', [], 'node'],
    ['say', ["it's", ''], "say 'it'\\''s' ''"],
  ] as const) {
    it(`shows ${expected}`, () => assert.equal(commandLine({ command, ...(args && { args }) }), expected));
  }

  describe('ready', () => {
    it('takes waiting sessions in their order', () => {
      const all = [session(queued), session(running()), session(done(1)), session(queued)];
      assert.deepEqual(readySessions(all), [all[0], all[3]]);
    });

    it('takes one turn of a name at a time, in order', () => {
      const all = [session(queued, named('a')), session(queued, named('a')), session(queued, named('b'))];
      assert.deepEqual(readySessions(all), [all[0], all[2]]);
    });

    it('lets a follow-up wait for the turn that runs', () => {
      const all = [session(running(), named('a')), session(queued, named('a')), session(queued)];
      assert.deepEqual(readySessions(all), [all[2]]);
    });

    it('lets foreground sessions share a name', () => {
      const all = [session(running()), session(queued), session(queued)];
      assert.equal(readySessions(all).length, 2);
    });
  });

  describe('retention', () => {
    const nowMs = 100 * DAY_MS;
    const expired = (all: Session[]) => expiredSessions(all, nowMs);

    it('keeps finished sessions for the day', () => {
      const [old, fresh] = [session(done(nowMs - DAY_MS - 1)), session(done(nowMs - DAY_MS))];
      assert.deepEqual(expired([old, fresh]), [old]);
    });

    it('keeps the newest hundred', () => {
      const all = Array.from({ length: 103 }, (_, i) => session(done(nowMs - i)));
      assert.deepEqual(expired(all), all.slice(100));
    });

    it('keeps what waits for somebody, and the last turn of a name, for a week', () => {
      const sixDays = nowMs - 6 * DAY_MS;
      const [waiting, first, last] = [
        session(interrupted(sixDays)),
        session(done(sixDays), named('a')),
        session(done(sixDays), named('a')),
      ];
      assert.deepEqual(expired([waiting, first, last]), [first]);
      const eightDays = session(interrupted(nowMs - 8 * DAY_MS));
      assert.deepEqual(expired([eightDays]), [eightDays]);
    });

    it('keeps the last turn of a name, however much waits to be seen', () => {
      const { seenAt: _, ...unseen } = interrupted(nowMs);
      const turn = session(done(nowMs - 1), named('a'));
      assert.deepEqual(expired([turn, ...Array.from({ length: 150 }, () => session(unseen))]), []);
    });

    it('keeps interrupted work that nobody has seen, whatever its age and number', () => {
      const { seenAt: _, ...unseen } = interrupted(1);
      const all = Array.from({ length: 150 }, () => session(unseen));
      assert.deepEqual(expired(all), []);
    });

    const found = (foundAt: number, foundBy = 'earlier') =>
      ({ ...interrupted(1), foundAt, foundBy }) as const;
    const life = (upMs: number) => ({ instanceId: 'this', upMs });

    for (const [title, state, upMs, goes] of [
      ['counts from when it was found, not from its end', found(nowMs - 6 * DAY_MS), 2 * DAY_MS, false],
      ['goes a week after it was found', found(nowMs - 8 * DAY_MS), 2 * DAY_MS, true],
      ['stays until this life has listed it for a day', found(nowMs - 8 * DAY_MS), DAY_MS - 1, false],
      ['stays while the life that found it lives', found(nowMs - 8 * DAY_MS, 'this'), 30 * DAY_MS, false],
      ['stays where it was found in the future', found(nowMs + 9 * DAY_MS), 2 * DAY_MS, false],
      [
        'goes by its end once it was dealt with',
        { ...found(nowMs - 8 * DAY_MS), handled: 'run' },
        2 * DAY_MS,
        true,
      ],
    ] as const) {
      it(`of interrupted work: ${title}`, () => {
        const one = session(state);
        assert.deepEqual(expiredSessions([one], nowMs, life(upMs)), goes ? [one] : []);
      });
    }

    it('forgets no interrupted work by number before it was listed for a day, nor what this life found', () => {
      const earlier = Array.from({ length: 150 }, (_, i) => session(found(nowMs - i)));
      assert.deepEqual(expiredSessions(earlier, nowMs, life(0)), []);
      assert.deepEqual(expiredSessions(earlier, nowMs, life(DAY_MS)), earlier.slice(100));
      const own = Array.from({ length: 150 }, (_, i) => session(found(nowMs - i, 'this')));
      assert.deepEqual(expiredSessions(own, nowMs, life(30 * DAY_MS)), []);
    });

    it('forgets no result by its age before this life has listed it for a day', () => {
      const one = session(done(nowMs - 3 * DAY_MS));
      assert.deepEqual(expiredSessions([one], nowMs, life(DAY_MS - 1)), []);
      assert.deepEqual(expiredSessions([one], nowMs, life(DAY_MS)), [one]);
    });

    it('never forgets what waits or runs', () => {
      assert.deepEqual(expired([session(queued), session(running())]), []);
    });
  });
});
