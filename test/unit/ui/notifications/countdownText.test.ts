import { idAt } from '../../../support/target';
import assert from 'node:assert/strict';
import type { Entry } from '../../../../src/health/countdown';
import type { Session } from '../../../../src/health/report';
import {
  countdownText,
  timedOutText,
  timedOutTogetherText,
} from '../../../../src/ui/notifications/countdownText';

const session: Session = { id: 's-1', title: 'build', status: 'running' };
const entry = (more: Partial<Entry> = {}): Entry => ({
  daemonId: idAt('http://127.0.0.1:3470'),
  daemon: 'dispatchd',
  session,
  stage: 'soon',
  prospect: 'ends',
  remainingMs: 41_200,
  canExtend: false,
  ...more,
});
const sentence = (...entries: readonly Entry[]) => countdownText(entries).split(' [')[0];

describe('the text of a countdown', () => {
  const extension = { byMs: 120_000, seenMs: 0, used: 1, max: 3 };
  const assumed = { ...session, deadlineAssumed: true, extensionsUsed: 0, maxExtensions: 3 };
  const cases: [string, Partial<Entry>][] = [
    ['“build” times out in 42 s.', {}],
    ['Last 9 s of “build”!', { stage: 'last', remainingMs: 8_400 }],
    [
      '“build” extended by 120 s (1 of 3), 2 min left.',
      { stage: 'extended', remainingMs: 120_000, extension },
    ],
    [
      '“build” extended by 120 s on request, 1 min 5 s left.',
      { stage: 'extended', remainingMs: 64_100, extension: { byMs: 120_000, seenMs: 0 } },
    ],
    ['“build” is out of time; it is being ended.', { stage: 'due', remainingMs: 0 }],
    [
      '“build” will be extended by itself in 9 s.',
      { stage: 'last', remainingMs: 8_400, prospect: 'extended' },
    ],
    ['“build” will be extended by itself in 29 s.', { remainingMs: 28_400, prospect: 'extended' }],
    ['“build” is being extended.', { stage: 'due', remainingMs: 0, prospect: 'extended' }],
    ['“build” times out in 42 s unless active.', { prospect: 'extendedIfActive' }],
    ['“build” may time out in 42 s (assumed).', { session: assumed }],
    ['“build” may time out in 9 s (assumed)!', { session: assumed, stage: 'last', remainingMs: 8_400 }],
    ['“build” times out in 42 s (assumed).', { session: { ...assumed, extensionsUsed: 3 } }],
    ['“build” is past its assumed limit.', { session: assumed, stage: 'due' }],
    ['“build” times out in 42 s (assumed).', { session: { ...session, deadlineAssumed: true } }],
    [
      '“a title with one face …” times out in 42 s.',
      { session: { ...session, title: 'a title with one face 👩‍💻👩‍💻' } },
    ],
    [
      '“a title of many, many c…” times out in 42 s.',
      { session: { ...session, title: 'a title of many, many characters' } },
    ],
  ];
  for (const [text, more] of cases) it(text, () => assert.equal(sentence(entry(more)), text));

  it('is one sentence for several', () => {
    const other = entry({ session: { ...session, title: 'test' }, remainingMs: 50_000 });
    assert.equal(sentence(entry(), other), '2 sessions time out: “build” in 42 s, “test” in 50 s.');
    assert.equal(sentence(entry(), other, other), '3 sessions time out: “build” in 42 s, “test” in 50 s, …');
  });

  it('says of several which may go on, and what is assumed', () => {
    const of = (title: string, more: object, is: Partial<Entry> = {}) =>
      entry({ session: { ...session, title, ...more }, remainingMs: 50_000, ...is });
    const may = { deadlineAssumed: true, extensionsUsed: 0, maxExtensions: 3 };
    const rows: [string, Entry, Entry][] = [
      ['2 sessions may time out (assumed): “a” in 50 s, “b” in 50 s.', of('a', may), of('b', may)],
      ['2 sessions may time out: “a” in 50 s (assumed), “b” in 50 s.', of('a', may), of('b', {})],
      [
        '2 sessions time out (assumed): “a” in 50 s, “b” now.',
        of('a', { deadlineAssumed: true }),
        of('b', { deadlineAssumed: true }, { stage: 'due' }),
      ],
      [
        '2 sessions may time out (assumed): “a” past its limit, “b” in 50 s.',
        of('a', may, { stage: 'due' }),
        of('b', may),
      ],
    ];
    for (const [text, ...entries] of rows) assert.equal(sentence(...entries), text);
  });

  it('alarms about several only as far as they are not extended by themselves', () => {
    const of = (title: string, is: Partial<Entry> = {}) =>
      entry({ session: { ...session, title }, remainingMs: 9_000, stage: 'last', ...is });
    const extended = { prospect: 'extended' } as const;
    assert.equal(
      sentence(of('a', extended), of('b', extended)),
      '2 sessions will be extended by themselves: “a” in 9 s, “b” in 9 s.',
    );
    assert.equal(
      sentence(of('a', { ...extended, stage: 'due' }), of('b', extended)),
      '2 sessions will be extended by themselves: “a” now, “b” in 9 s.',
    );
    assert.equal(
      sentence(of('a'), of('b', extended)),
      '2 sessions reach their limit: “a” in 9 s, “b” in 9 s (will be extended).',
    );
  });

  it('does not say that several time out which their daemon extends if they are active', () => {
    const of = (title: string, is: Partial<Entry> = {}) =>
      entry({ session: { ...session, title }, remainingMs: 40_000, ...is });
    const may = { prospect: 'extendedIfActive' } as const;
    const rows: [string, Entry, Entry][] = [
      ['2 sessions time out unless active: “a” in 40 s, “b” in 40 s.', of('a', may), of('b', may)],
      ['2 sessions may time out: “a” in 40 s, “b” in 40 s.', of('a', may), of('b')],
      [
        '2 sessions reach their limit: “a” in 40 s, “b” in 40 s (will be extended).',
        of('a', may),
        of('b', { prospect: 'extended' }),
      ],
    ];
    for (const [text, ...entries] of rows) assert.equal(sentence(...entries), text);
  });

  it('cuts a title between characters, not within one', () => {
    const rockets = entry({ session: { ...session, title: '🚀'.repeat(40) } });
    for (const text of [sentence(rockets), sentence(rockets, rockets)]) assert.doesNotMatch(text!, /\p{Cs}/u);
  });

  it('links to the row, and extends where that is possible', () => {
    const text = countdownText([entry({ canExtend: true })]);
    const row = encodeURIComponent(JSON.stringify(['http://127.0.0.1:3470#session#s-1']));
    assert.ok(
      text.endsWith(
        `[Extend…](command:daemonHealth.extendSession?${row}) · [Show](command:daemonHealth.showDetails?${row})`,
      ),
    );
    assert.doesNotMatch(countdownText([entry()]), /Extend/);
  });

  it('draws no link that a daemon wrote, in its title or by its id', () => {
    const title = '[x](command:evil)';
    const text = countdownText([entry({ session: { ...session, title, id: 'a)[y](command:evil)' } })]);
    const links = [...text.matchAll(/\]\(command:([\w.]+)/g)].map(([, command]) => command);
    assert.deepEqual(links, ['daemonHealth.showDetails']);
  });

  it('of nothing is nothing', () => assert.equal(countdownText([]), ''));
});

describe('the text of a time-out', () => {
  it('says how long it ran, its limit and its extensions', () => {
    const ended = {
      ...session,
      startedAt: 1_000,
      endedAt: 23_100,
      timeoutMs: 14_000,
      extensionsUsed: 1,
      maxExtensions: 3,
    };
    assert.equal(
      timedOutText('dispatchd', { session: ended, isInferred: false }),
      '“build” on dispatchd timed out after 22 s (limit 14 s, 1 of 3 extensions).',
    );
  });

  it('says once what its limit was, where it ran for so long', () => {
    const at = { startedAt: 10_000, endedAt: 80_400, timeoutMs: 70_000 };
    const text = (more: object) =>
      timedOutText('dispatchd', { session: { ...session, ...at, ...more }, isInferred: false });
    assert.equal(text({}), '“build” on dispatchd timed out at its limit, 1 min 10 s.');
    assert.equal(
      text({ extensionsUsed: 0, maxExtensions: 3 }),
      '“build” on dispatchd timed out at its limit, 1 min 10 s (0 of 3 extensions).',
    );
    assert.equal(text({ endedAt: 10_000 }), '“build” on dispatchd timed out (limit 1 min 10 s).');
  });

  it('says of several which are assumed', () => {
    const assumed = { ...session, title: 'turn', endAssumed: true };
    const both = (...sessions: Session[]) => timedOutTogetherText(['ductor', 'ductor'], sessions);
    assert.equal(both(session, assumed), '2 sessions timed out on ductor: “build”, “turn” (assumed).');
    assert.equal(both(assumed, assumed), '2 sessions timed out (assumed) on ductor: “turn”, “turn”.');
  });

  it('says where it is only inferred', () => {
    assert.equal(
      timedOutText('smithy', { session, isInferred: true }),
      '“build” on smithy timed out (assumed): gone since its time was up.',
    );
  });
});
