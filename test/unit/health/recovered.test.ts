import assert from 'node:assert/strict';
import type { Report, Session } from '../../../src/health/report';
import { recoveredBy, recoveredText } from '../../../src/health/recovered';
import { reportWith } from './support';

function report(id: string | undefined, sessions: readonly Partial<Session>[] | undefined): Report {
  return reportWith({
    kind: id === undefined ? 'smithy' : 'dispatchd',
    ...(id !== undefined && { instance: { id } }),
    ...(sessions && {
      sessions: sessions.map((session, index) => ({
        id: `s${index}`,
        title: `s${index}`,
        status: 'running',
        ...session,
      })),
    }),
  });
}

const counted = (resumed: number, interrupted: number): Report => ({
  ...report('b', []),
  recovery: { resumed, interrupted },
});

function told(before: Report | undefined, after: Report): string {
  return recoveredText(recoveredBy(before, after));
}

const again = { recovered: true };

describe('what a restart made of the work', () => {
  const cases: [string, Report | undefined, Report, string][] = [
    ['is nothing where nothing ran', report('a', []), report('b', []), ''],
    ['is what runs again', report('a', [{}, {}]), report('b', [again, again]), '2 sessions resumed'],
    [
      'is what waits to be run again, too',
      report('a', [{}, {}]),
      report('b', [again, { status: 'interrupted' }]),
      '1 session resumed, 1 interrupted',
    ],
    [
      'is that alone where nothing runs again',
      report('a', [{}]),
      report('b', [{ status: 'interrupted' }]),
      '1 session interrupted',
    ],
    [
      'is not what was interrupted by an earlier end',
      report('a', [{ status: 'interrupted' }]),
      report('b', [{ status: 'interrupted' }]),
      '',
    ],
    [
      'is not what somebody dealt with',
      report('a', [{}]),
      report('b', [{ status: 'interrupted', handled: true }]),
      '',
    ],
    ['is not what came to its end', report('a', [{}]), report('b', [{ status: 'completed' }]), ''],
    ['is what waits for a worker', report('a', [{ resumable: true }]), report('b', []), '1 session resumed'],
    [
      'is what runs again although the old life never answered',
      undefined,
      report('b', [again, {}]),
      '1 session resumed',
    ],
    [
      'is what the daemon counts, where it counts',
      report('a', [{}]),
      counted(2, 1),
      '2 sessions resumed, 1 interrupted',
    ],
    [
      'is what came back under its agent’s name in a smithy, which gives new ids',
      report(undefined, [
        { id: 'old', providerSessionId: 'x' },
        { id: 'lost', providerSessionId: 'y' },
      ]),
      report(undefined, [
        { id: 'new', providerSessionId: 'x' },
        { id: 'more', providerSessionId: 'z' },
      ]),
      '1 session resumed',
    ],
    [
      'is not known of a smithy whose sessions have no such name',
      report(undefined, [{ id: 'old' }]),
      report(undefined, [{ id: 'new' }]),
      '',
    ],
    [
      'is not known where the sessions are not',
      report(undefined, [{ providerSessionId: 'x' }]),
      report(undefined, undefined),
      '',
    ],
  ];
  for (const [what, before, after, expected] of cases) {
    it(what, () => assert.equal(told(before, after), expected));
  }
});
