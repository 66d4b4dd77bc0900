import assert from 'node:assert/strict';
import {
  advanceConflicts,
  findConflicts,
  type ConflictLog,
  type InvolvedDaemon,
} from '../../../src/health/conflicts';
import { AMBER_PENDING_MS, CONFLICT_OVER_MS } from '../../../src/health/policy';
import { party } from './support';

const at = (monotonicMs: number) => ({ wallAt: 0, monotonicMs, uptimeMs: monotonicMs });

describe('daemons on one database', () => {
  const ports = (parties: InvolvedDaemon[]) =>
    findConflicts(parties).map((c) => c.parties.map(({ port }) => port));

  it('are a conflict, watched or only found', () => {
    assert.deepEqual(ports([party(3458, { isWatched: false }), party(3457)]), [[3457, 3458]]);
  });

  it('are one conflict, however many they are', () => {
    assert.deepEqual(ports([party(3459), party(3457), party(3458)]), [[3457, 3458, 3459]]);
  });

  it('are grouped by database', () => {
    const other = { database: '/other.db' };
    assert.deepEqual(ports([party(1), party(2, other), party(3), party(4, other)]), [
      [1, 3],
      [2, 4],
    ]);
  });

  const none: Record<string, InvolvedDaemon[]> = {
    'with databases of their own': [party(3457), party(3458, { database: '/other.db' })],
    'that do not tell their database': [
      party(3457, { database: undefined }),
      party(3458, { database: undefined }),
    ],
    'of which one is stopped': [party(3457), party(3458, { isWorking: false })],
    'that are one daemon under two names': [party(3457, { name: 'a' }), party(3457, { name: 'b' })],
    'that are alone': [party(3457)],
  };
  for (const [what, parties] of Object.entries(none)) {
    it(`are no conflict ${what}`, () => assert.deepEqual(ports(parties), []));
  }
});

describe('the notification of a conflict', () => {
  const conflicts = findConflicts([party(3457), party(3458)]);
  /** Looks every 5 s as polls do; `present` says whether the conflict is there. */
  const toldAt = (present: readonly boolean[]) => {
    let log: ConflictLog = new Map();
    return present.flatMap((there, look) => {
      const step = advanceConflicts(log, there ? conflicts : [], at(look * 5_000));
      log = step.log;
      return step.tell.map(() => look * 5_000);
    });
  };

  it('comes once it lasts, and once only', () => {
    assert.deepEqual(toldAt(Array<boolean>(200).fill(true)), [AMBER_PENDING_MS]);
  });

  it('does not come for two that overlap for moments, as in a restart by hand', () => {
    assert.deepEqual(toldAt([true, true, false, true, true, false]), []);
  });

  it('does not come again where one look missed it', () => {
    assert.deepEqual(toldAt([true, true, true, false, true, true, true]), [10_000]);
  });

  it('comes again for a new conflict after the old one was over', () => {
    const gone = Array<boolean>(CONFLICT_OVER_MS / 5_000 + 1).fill(false);
    assert.deepEqual(toldAt([true, true, true, ...gone, true, true, true]), [10_000, 60_000]);
  });
});
