import assert from 'node:assert/strict';
import { commandLine, readySessions, type Session } from '../../../src/dispatchd/session';
import { expiredSessions } from '../../../src/dispatchd/retention';
import { running, session, spec } from '../../support/dispatchd/sessions';

const DAY_MS = 86_400_000;
const named = (name: string) => ({ spec: spec({ kind: 'named', name }) });
const queued = { status: 'queued' } as const;
const done = (endedAt: number) => ({ status: 'completed', endedAt, outcome: '' }) as const;
const interrupted = (endedAt: number) => ({ status: 'interrupted', endedAt, outcome: '' }) as const;

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

    it('never forgets what waits or runs', () => {
      assert.deepEqual(expired([session(queued), session(running())]), []);
    });
  });
});
