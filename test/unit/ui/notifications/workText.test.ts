import assert from 'node:assert/strict';
import type { Session } from '../../../../src/health/report';
import type { WorkEnd } from '../../../../src/health/workNews';
import { endedText, endedTogetherText, waitsText } from '../../../../src/ui/notifications/workText';

const session: Session = { id: 's-1', title: 'Lint', status: 'failed' };
const end = (more: Partial<WorkEnd>, about: Partial<Session> = {}): WorkEnd => ({
  session: { ...session, ...about },
  end: 'failed',
  endedMs: 0,
  ...more,
});

describe('the end of work whose daemon tells whole seconds, or a sentence', () => {
  const session = { id: 'a', title: 'lint', status: 'failed' };
  const cases: readonly (readonly [string, Parameters<typeof endedText>[1]])[] = [
    [
      '“lint” failed on dispatchd (exit code 3).',
      { session: { ...session, exitCode: 3 }, end: 'failed', ranMs: 0 },
    ],
    ['“lint” finished on dispatchd.', { session, end: 'completed', ranMs: 0 }],
    [
      '“lint” failed on dispatchd: out of memory!',
      { session: { ...session, outcome: 'out of memory!' }, end: 'failed' },
    ],
  ] as never;
  for (const [text, ended] of cases) it(text, () => assert.equal(endedText('dispatchd', ended), text));
});

describe('the text about work that ended', () => {
  const rows: [string, WorkEnd][] = [
    ['“Lint” failed on dispatchd after 12 s (exit code 3).', end({ ranMs: 12_300 }, { exitCode: 3 })],
    ['“Lint” failed on dispatchd (exit code 3).', end({}, { exitCode: 3 })],
    [
      '“Lint” failed on dispatchd: Ended by signal SIGSEGV after 12 s.',
      end({ ranMs: 12_300 }, { outcome: 'Ended by signal SIGSEGV after 12 s.' }),
    ],
    ['“Lint” failed on dispatchd: no such model.', end({}, { outcome: 'no such model' })],
    ['“Lint” failed on dispatchd after 12 s.', end({ ranMs: 12_300 })],
    ['“Lint” finished on dispatchd in 1 min 15 s.', end({ end: 'completed', ranMs: 75_400 })],
    ['“Lint” finished on dispatchd.', end({ end: 'completed' })],
  ];
  for (const [text, ended] of rows) it(text, () => assert.equal(endedText('dispatchd', ended), text));

  it('is one sentence for several, each end by itself', () => {
    const named = (is: WorkEnd['end'], ...titles: string[]) =>
      titles.map((title) => ({ name: 'dispatchd', ended: end({ end: is }, { title }) }));
    assert.equal(
      endedTogetherText(named('failed', 'Lint', 'Test')),
      '2 sessions failed on dispatchd: “Lint”, “Test”.',
    );
    assert.equal(
      endedTogetherText([...named('completed', 'a', 'b', 'c'), ...named('failed', 'Lint')]),
      '“Lint” failed on dispatchd. 3 sessions finished on dispatchd: “a”, “b”, ….',
    );
    const [one, other] = named('completed', 'a', 'b');
    assert.equal(endedTogetherText([one!, { ...other!, name: 'ductor' }]), '2 sessions finished: “a”, “b”.');
  });

  it('about work that waits has the question', () => {
    assert.equal(
      waitsText('ductor', { ...session, status: 'waiting', question: 'Which colour?' }),
      '“Lint” on ductor waits for you: Which colour?',
    );
    assert.equal(waitsText('ductor', { ...session, status: 'waiting' }), '“Lint” on ductor waits for you.');
  });
});
