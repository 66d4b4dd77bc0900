import assert from 'node:assert/strict';
import { advanceDeadlines, type KnownDeadlines } from '../../../src/health/deadlines';
import { isEnding } from '../../../src/health/ending';
import type { Ending, Session } from '../../../src/health/report';
import { MINUTE_MS, SECOND_MS, Watch, goodReport, type Parts } from './support';

const PART = (parts: number): Ending => ({ isWhole: false, parts });
const WHOLE: Ending = { isWhole: true, parts: 3 };

describe('a daemon that says of itself that it ends', () => {
  const rows: readonly [what: string, said: readonly (Ending | undefined)[], everyMs: number, is: boolean][] =
    [
      ['does', [undefined, WHOLE], SECOND_MS, true],
      ['does for as long as it says so', [undefined, WHOLE, WHOLE], 10 * MINUTE_MS, true],
      ['does when it is first seen', [WHOLE], SECOND_MS, true],
      ['does in a part of it', [undefined, PART(1)], SECOND_MS, true],
      ['does not where a part was stopped when it was first seen', [PART(1), PART(1)], SECOND_MS, false],
      ['does in one more part', [PART(1), PART(2)], SECOND_MS, true],
      ['does not in a part that was stopped alone', [undefined, PART(1), PART(1)], MINUTE_MS, false],
      ['does in another part long after', [undefined, PART(1), PART(1), PART(2)], MINUTE_MS, true],
      ['does as a whole long after', [undefined, PART(1), PART(1), WHOLE], MINUTE_MS, true],
      ['does not once it says so no more', [undefined, WHOLE, undefined], SECOND_MS, false],
    ];
  for (const [what, said, everyMs, is] of rows) {
    it(what, () => {
      const watch = new Watch();
      for (const ending of said) {
        watch.wait(everyMs).answer(goodReport(watch.time, { kind: 'ductor', ...(ending && { ending }) }));
      }
      assert.equal(isEnding(watch.track, watch.time.now()), is);
    });
  }
});

describe('a session whose daemon lists it only while it runs', () => {
  const turn: Session = { id: 'turn', title: 'turn', status: 'running', endUntold: true };

  /** What is told of it when it is missed 2 s after its deadline. */
  function missed(parts: Parts, session = turn): readonly string[] {
    const watch = new Watch();
    let known: KnownDeadlines | undefined;
    const told: string[] = [];
    const poll = (more: Parts) => {
      watch.wait(SECOND_MS).answer(goodReport(watch.time, { kind: 'ductor', ...more }));
      const step = advanceDeadlines(known, watch.track, watch.time.now());
      known = step.deadlines;
      told.push(
        ...step.timedOut.map(
          ({ session: { title, status }, isInferred }) => `${title} ${status} ${isInferred}`,
        ),
      );
    };
    poll({ sessions: [{ ...session, deadlineAt: watch.time.wallAt + 3 * SECOND_MS }] });
    watch.wait(3 * SECOND_MS);
    poll(parts);
    poll({ sessions: [{ ...session, status: 'timed-out' }], ...(parts.ending && { sessions: [] }) });
    return told;
  }

  it('has timed out, as is concluded, and is told once though its daemon lists that later', () => {
    assert.deepEqual(missed({ sessions: [] }), ['turn timed-out true']);
  });

  it('has not where its daemon says in time how it ended', () => {
    assert.deepEqual(missed({ sessions: [{ ...turn, status: 'timed-out' }] }), ['turn timed-out false']);
  });

  it('is ended with a daemon that ends', () => {
    assert.deepEqual(missed({ sessions: [], isRunning: true, ending: PART(1) }), []);
  });

  it('may be there where part of the work is not known now', () => {
    const unknownWork = { subAgents: ['coder'], turns: false, tasks: false };
    assert.deepEqual(missed({ sessions: [], unknownWork }), ['turn timed-out false']);
  });

  it('is another than one whose end is listed', () => {
    const { endUntold: _, ...task } = turn;
    assert.deepEqual(missed({ sessions: [] }, task), ['turn timed-out false']);
  });
});
