import assert from 'node:assert/strict';
import type { Session } from '../../../src/health/report';
import type { WorkMade } from '../../../src/health/workMade';
import { CADENCE, Steps } from './steps';
import { goodReport, type Parts } from './support';

type Said = Parts | undefined;

const work = (...sessions: readonly Partial<Session>[]): Parts['sessions'] =>
  sessions.map((session, index) => ({ id: `s${index}`, title: `s${index}`, status: 'running', ...session }));
const smithy = (...sessions: readonly Partial<Session>[]): Parts => ({
  kind: 'smithy',
  sessions: work(...sessions) ?? [],
});
const dispatchd = (id: string, ...sessions: readonly Partial<Session>[]): Parts => ({
  ...smithy(...sessions),
  kind: 'dispatchd',
  instance: { id },
});

/** What the core tells of the work of a restart that is proven to have brought a new instance. */
function told(before: Said, after: Parts): WorkMade | undefined {
  const steps = new Steps();
  if (before) steps.answer(goodReport(steps.time, before));
  steps.input({ kind: 'restartBegan' });
  steps.wait(1_000).answer(goodReport(steps.time, after));
  steps.input({ kind: 'instanceProven' });
  const [event, more] = steps.events.filter(({ kind }) => kind === 'restarted');
  assert.equal(more, undefined, 'told once');
  if (event?.kind !== 'restarted') return undefined;
  assert.equal(event.announce, 'told', 'the outcome tells of the work, and no second message does');
  const { resumed, interrupted } = event.restarted;
  return { resumed, interrupted };
}

describe('what our restart made of the work', () => {
  const again = { recovered: true };
  const NOTHING: WorkMade = { resumed: 0, interrupted: 0 };
  const cases: readonly [string, Said, Parts, WorkMade | undefined][] = [
    ['is nothing where nothing ran', dispatchd('a'), dispatchd('b'), NOTHING],
    [
      'is what runs again',
      dispatchd('a', {}, {}),
      dispatchd('b', again, again),
      { resumed: 2, interrupted: 0 },
    ],
    [
      'is what waits to be run again, too',
      dispatchd('a', {}, {}),
      dispatchd('b', again, { status: 'interrupted' }),
      { resumed: 1, interrupted: 1 },
    ],
    [
      'is not what was interrupted by an earlier end',
      dispatchd('a', { status: 'interrupted' }),
      dispatchd('b', { status: 'interrupted' }),
      NOTHING,
    ],
    [
      'is not what somebody dealt with',
      dispatchd('a', {}),
      dispatchd('b', { status: 'interrupted', handled: true }),
      NOTHING,
    ],
    ['is not what came to its end', dispatchd('a', {}), dispatchd('b', { status: 'completed' }), NOTHING],
    [
      'is what waits for a worker',
      dispatchd('a', { resumable: true }),
      dispatchd('b'),
      { resumed: 1, interrupted: 0 },
    ],
    [
      'is what the daemon counts, where it counts',
      dispatchd('a', {}),
      { ...dispatchd('b'), recovery: { resumed: 2, interrupted: 1 } },
      { resumed: 2, interrupted: 1 },
    ],
    [
      'is what the daemon counts where nobody saw the old instance',
      undefined,
      { ...dispatchd('b'), recovery: { resumed: 1, interrupted: 2 } },
      { resumed: 1, interrupted: 2 },
    ],
    [
      'is not known where nobody saw the old instance, and nobody counts',
      undefined,
      dispatchd('b'),
      undefined,
    ],
    [
      'of a smithy is what goes on in another session, and what does not',
      smithy({ id: 'old', providerSessionId: 'x' }, { id: 'lost', providerSessionId: 'y' }),
      smithy({ id: 'new', providerSessionId: 'x' }, { id: 'more', providerSessionId: 'z' }),
      { resumed: 1, interrupted: 1 },
    ],
    [
      'of a smithy is all that ran where nothing goes on',
      smithy({}, {}),
      smithy(),
      { resumed: 0, interrupted: 2 },
    ],
    ['of a smithy without work is nothing', smithy(), smithy(), NOTHING],
  ];
  for (const [what, before, after, expected] of cases) {
    it(what, () => assert.deepEqual(told(before, after), expected));
  }

  it('of a smithy is told later where its first cycle is not completed: it may still resume', () => {
    const steps = new Steps();
    steps.answer(goodReport(steps.time, smithy({ id: 'old' })));
    steps.input({ kind: 'restartBegan' });
    const young = { ...smithy(), lastPollCompletedAt: undefined };
    steps.wait(1_000).answer(goodReport(steps.time, young));
    steps.input({ kind: 'instanceProven' });
    assert.deepEqual(steps.restarts, []);
    steps.input({ kind: 'restartEnded', end: { is: 'notProven' }, cadence: CADENCE });
    steps.wait(16_000).answer(goodReport(steps.time, young));
    const [event] = steps.events.filter(({ kind }) => kind === 'restarted');
    assert.ok(event?.kind === 'restarted' && event.isNews);
    assert.deepEqual(steps.restarts, ['0 resumed, 1 interrupted']);
  });
});
