import assert from 'node:assert/strict';
import type { Offspring } from '../../../src/model/outliving';
import { offspringList } from '../../../src/words/outlivingText';

const process = (pid: number, session?: string): Offspring => ({
  pid,
  name: 'sh',
  ...(session !== undefined && { session }),
});
const of = (session: string, ...pids: readonly number[]) => pids.map((pid) => process(pid, session));

describe('the processes that a daemon has started, in a sentence', () => {
  it('are named, each with its session', () => {
    assert.equal(
      offspringList([process(1, 'a'), process(2, 'b'), process(3)]),
      'sh (1, session “a”), sh (2, session “b”), sh (3)',
    );
  });

  it('are counted by session where a session has several', () => {
    const nine = [...of('lint', 1, 2, 3), ...of('build', 4, 5, 6), ...of('docs', 7, 8, 9)];
    assert.equal(offspringList(nine), '3 sessions with 9 processes (“lint”, “build”, “docs”)');
    assert.equal(
      offspringList([...of('lint', 1, 2), process(3)]),
      '1 session with 2 processes (“lint”), sh (3)',
    );
  });

  it('are bounded', () => {
    const sessions = Array.from({ length: 9 }, (_, index) =>
      of(`s${index}`, index * 2 + 1, index * 2 + 2),
    ).flat();
    assert.match(offspringList(sessions), /^9 sessions with 18 processes \(“s0”, .*“s4” and 4 more\)$/);
    const alone = Array.from({ length: 9 }, (_, index) => process(index + 1));
    assert.match(offspringList(alone), /sh \(5\) and 4 more$/);
  });
});
