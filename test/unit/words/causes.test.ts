import assert from 'node:assert/strict';
import type {
  Cause,
  LoopUnknown,
  Malformed,
  ProofBy,
  Shortage,
  Stale,
  Unavailable,
} from '../../../src/health/cause';
import { readStatus } from '../../../src/kinds/smithy/status';
import {
  causeText,
  failureText,
  loopUnknownText,
  malformedText,
  shortageText,
  staleText,
  unavailableText,
} from '../../../src/words/causes';
import { daemonRows } from '../../../src/ui/tree/daemonRows';
import { FAILURES, Watch } from '../health/support';
import { modelOf } from '../ui/support';
import { itSays, type Table } from './table';

describe('the words for a poll that brought no report', () => {
  const causes: Table<Cause> = {
    noAnswer: [{ is: 'noAnswer', withinMs: 5_000 }, 'no answer within 5 s'],
    commandLate: [
      { is: 'commandLate', command: 'tail', withinMs: 5_000 },
      'the command tail does not end within 5 s',
    ],
    connectTimedOut: [{ is: 'connectTimedOut' }, 'the connection timed out'],
    connectionRefused: [{ is: 'connectionRefused' }, 'connection refused'],
    unknownHost: [{ is: 'unknownHost' }, 'the host name is not known'],
    closed: [{ is: 'closed' }, 'connection closed without an answer'],
    connectionFailed: [{ is: 'connectionFailed', code: 'EPIPE' }, 'connection failed (EPIPE)'],
    noHttp: [{ is: 'noHttp' }, 'the listener does not speak HTTP'],
    badHttp: [{ is: 'badHttp' }, 'the answer breaks the rules of HTTP'],
    noFile: [{ is: 'noFile', file: '~/x' }, '~/x is not there'],
    tooManyParts: [
      { is: 'tooManyParts', most: 100_000 },
      'the answer has more than 100000 lists, objects or values',
    ],
    speaksTls: [{ is: 'speaksTls' }, 'the listener speaks TLS: https, where http is asked for'],
    tooLarge: [{ is: 'tooLarge', maxBytes: 4 * 1024 * 1024 }, 'the answer is larger than 4 MiB'],
    statusHangs: [
      { is: 'statusHangs', withinMs: 5_000, healthRoute: 'answers' },
      'the status does not answer, while /api/health answers',
    ],
    editorStoodStill: [
      { is: 'editorStoodStill', stoodStillMs: 6_000 },
      'cannot tell: this editor was busy for 6 s',
    ],
    unexpected: [{ is: 'unexpected', error: 'Error: a b' }, 'asking failed: Error: a b'],
    login: [
      { is: 'login', status: 401 },
      'HTTP 401: a login is asked for; another service or a proxy listens there',
    ],
    redirect: [
      { is: 'redirect', status: 302, to: '/login' },
      'HTTP 302: the answer redirects to /login; a daemon does not',
    ],
    noStatusRoute: [
      { is: 'noStatusRoute' },
      'HTTP 404: there is no daemon status; another service listens there',
    ],
    httpError: [{ is: 'httpError', status: 500, isPage: false }, 'HTTP 500'],
    webPage: [{ is: 'webPage' }, 'the answer is a web page; another service listens there'],
    asksToWait: [{ is: 'asksToWait', status: 429, waitMs: 60_000 }, 'HTTP 429: the daemon asks to wait 60 s'],
    cached: [
      { is: 'cached', ageMs: 125_000 },
      'the answer is 2 min old: a cache answers, and not the daemon',
    ],
    compressed: [{ is: 'compressed', by: 'gzip' }, 'the answer is compressed (gzip)'],
    empty: [{ is: 'empty' }, 'the answer is empty'],
    noJson: [{ is: 'noJson' }, 'the answer is not JSON'],
    noObject: [{ is: 'noObject' }, 'the answer is not an object'],
    noStatus: [
      { is: 'noStatus', malformed: [{ field: 'isRunning', is: 'missing' }] },
      "the answer is not a daemon's status (isRunning is missing)",
    ],
    answerOf: [{ is: 'answerOf', kind: 'smithy' }, 'the answer is that of a smithy'],
    otherVersion: [
      { is: 'otherVersion', kind: 'smithy' },
      'smithy answers, but has no daemon status: another version?',
    ],
    noHealthOf: [{ is: 'noHealthOf', kind: 'ductor' }, "the answer is not a ductor's health"],
    noInstance: [{ is: 'noInstance' }, 'the health route tells no instance'],
    noDatabase: [{ is: 'noDatabase' }, 'the health route tells no database'],
    noAddress: [{ is: 'noAddress' }, 'the daemon has no address'],
    noPrometheus: [{ is: 'noPrometheus' }, 'the answer is not that of a Prometheus'],
    noVector: [
      { is: 'noVector', type: 'scalar' },
      'the query gives a scalar, where a list of series (an instant vector) is needed',
    ],
    prometheusSilent: [
      { is: 'prometheusSilent', why: { is: 'connectionRefused' } },
      'Prometheus does not answer: connection refused',
    ],
    prometheusFails: [
      { is: 'prometheusFails', status: 503, said: 'Service Unavailable' },
      'Prometheus answers HTTP 503: Service Unavailable',
    ],
    nothingAtPath: [{ is: 'nothingAtPath' }, 'HTTP 404: nothing is at the path of the "url"'],
    noShape: [{ is: 'noShape' }, 'the answer has no usual shape of a health answer'],
    noPlainFile: [{ is: 'noPlainFile', file: '~/x' }, '~/x is not a plain file'],
    fileNotReadable: [{ is: 'fileNotReadable', file: '~/x' }, '~/x could not be read'],
    halfFile: [{ is: 'halfFile', file: '~/x' }, '~/x holds half of a JSON'],
    fileTooLong: [{ is: 'fileTooLong', file: '~/x', maxBytes: 4 * 1024 * 1024 }, '~/x is longer than 4 MiB'],
    noCommand: [{ is: 'noCommand', command: 'x' }, 'the command x was not found'],
    commandRefused: [{ is: 'commandRefused', command: 'x' }, 'the system does not start the command x'],
    commandTooLong: [
      { is: 'commandTooLong', command: 'x', maxBytes: 1024 * 1024 },
      'the command x prints over 1 MiB',
    ],
    commandFailed: [
      { is: 'commandFailed', command: 'x', exitCode: 3, said: 'no socket' },
      'the command x ended with exit code 3: no socket',
    ],
    unknownKind: [{ is: 'unknownKind' }, 'no daemon of a known kind is there'],
  };
  const more: readonly (readonly [Cause, string])[] = [
    [
      { is: 'statusHangs', withinMs: undefined, healthRoute: 'answered' },
      'the status does not answer, while /api/health answered',
    ],
    [
      { is: 'redirect', status: 307, to: undefined },
      'HTTP 307: the answer redirects to nowhere; a daemon does not',
    ],
    [{ is: 'login', status: 401, said: 'no token' }, 'HTTP 401: a login is asked for: no token'],
    [{ is: 'httpError', status: 502, isPage: true }, 'HTTP 502 (a web page)'],
    [
      { is: 'httpError', status: 500, isPage: false, said: 'database is locked' },
      'HTTP 500: database is locked',
    ],
  ];
  itSays<Cause>([...Object.values(causes), ...more], causeText);

  it('have the kind of the failure before them in diagnostics', () => {
    assert.equal(failureText(FAILURES.refused), 'refused: connection refused');
  });

  it('are one bounded line, however many fields are malformed', () => {
    const malformed: Malformed[] = Array.from({ length: 20 }, (_, index) => ({
      field: `health.${'x'.repeat(50)}${index}`,
      is: 'missing',
    }));
    const text = causeText({ is: 'noStatus', malformed });
    assert.ok(text.length <= 300, `${text.length} characters`);
    assert.match(text, /^the answer is not a daemon's status \(health\.x+0 is missing; .*…$/);
  });
});

describe('the words for a malformed field', () => {
  const field = 'health.pollStale';
  const fields: Table<Malformed> = {
    missing: [{ field, is: 'missing' }, 'health.pollStale is missing'],
    wrong: [
      { field, is: 'wrong', expected: 'boolean', received: '"no"' },
      'health.pollStale should be boolean, is "no"',
    ],
    noTime: [{ field, is: 'noTime' }, 'health.pollStale is not an ISO time with its zone'],
    noMoment: [
      { field, is: 'noMoment', received: '"soon"' },
      'health.pollStale should be a time with its zone, or seconds or milliseconds since 1970, is "soon"',
    ],
    noAbsolutePath: [{ field, is: 'noAbsolutePath' }, 'health.pollStale is not an absolute path'],
    noPathHere: [{ field, is: 'noPathHere' }, 'health.pollStale is not a path of a file on this machine'],
    noId: [{ field, is: 'noId' }, 'health.pollStale is not an id of one line'],
    noAgentHealth: [{ field, is: 'noAgentHealth' }, "health.pollStale is not an agent's health"],
    unreadableFile: [
      { field: 'inflight_turns.json', is: 'unreadableFile' },
      'inflight_turns.json could not be read',
    ],
  };
  itSays<Malformed>(Object.values(fields), (malformed) => malformedText([malformed]));

  it('stand side by side where there are several', () => {
    assert.equal(
      malformedText([
        { field: 'a', is: 'missing' },
        { field: 'b', is: 'noTime' },
      ]),
      'a is missing; b is not an ISO time with its zone',
    );
  });

  it('name a field that a status does not have, and not what a schema says of that', () => {
    const read = readStatus({ available: true }, undefined);
    assert.ok('is' in read && read.is === 'noStatus');
    assert.equal(malformedText(read.malformed), 'isRunning is missing');
    const watch = new Watch();
    watch.fail('wrongAnswer', { cause: read });
    const rows = daemonRows(modelOf(watch), watch.time.now(), undefined);
    const { description = '' } = rows.find(({ id }) => id.endsWith('#state'))!;
    assert.match(description, / · the answer is not a daemon's status \(isRunning is missing\)$/);
  });
});

describe('the words for too little CPU', () => {
  const shortages: Table<Shortage> = {
    manyProcesses: [{ is: 'manyProcesses', runnable: 9, cores: 2 }, '9 processes want to run on 2 cores'],
    cpuLimit: [{ is: 'cpuLimit' }, 'a CPU limit holds the daemon back'],
    editorLate: [{ is: 'editorLate', lateMs: 300 }, 'this editor got the CPU 300 ms late'],
  };
  itSays<Shortage>(
    [
      ...Object.values(shortages),
      [{ is: 'manyProcesses', runnable: 2, cores: 1 }, '2 processes want to run on 1 core'],
    ],
    shortageText,
  );
});

describe('the words for a daemon that says that it cannot work', () => {
  const whys: Table<Unavailable> = {
    said: [{ is: 'said', said: 'no git repository' }, 'no git repository'],
    agentCrashed: [
      { is: 'agentCrashed', agent: undefined, others: 0, said: 'OSError: disk full' },
      'the main agent crashed: OSError: disk full',
    ],
  };
  const crashed = { is: 'agentCrashed', agent: 'coder' } as const;
  itSays<Unavailable>(
    [
      ...Object.values(whys),
      [{ is: 'said', said: undefined }, 'the daemon calls itself unavailable and gives no reason'],
      [{ ...crashed, others: 0, said: undefined }, 'the sub-agent coder crashed'],
      [
        { ...crashed, others: 2, said: 'RuntimeError' },
        'the sub-agent coder crashed (and 2 more): RuntimeError',
      ],
    ],
    unavailableText,
  );
});

describe('the words for a loop', () => {
  const stale: Table<Stale> = {
    cycleLate: [{ is: 'cycleLate' }, 'the daemon told of a late poll cycle'],
    pollStale: [{ is: 'pollStale' }, 'the daemon itself says so'],
    cycleInFlight: [
      { is: 'cycleInFlight', thresholdMs: 60_000 },
      'a poll cycle in flight is older than 1 min',
    ],
    unchanged: [{ is: 'unchanged', thresholdMs: 60_000 }, 'no new poll cycle was seen for over 1 min'],
    lastCycle: [
      { is: 'lastCycle', thresholdMs: 60_000 },
      'the last completed poll cycle is older than 1 min',
    ],
    noSign: [
      { is: 'noSign', by: 'due', thresholdMs: 90_000 },
      'the next run is overdue by more than 1 min 30 s',
    ],
    seriesRed: [
      { is: 'seriesRed', by: 'age', name: 'bravo', count: 1, of: 3, limit: 600_000 },
      '1 of 3 red: bravo, no success for over 10 min',
    ],
  };
  const signs: readonly (readonly [ProofBy, hangs: string, notYet: string])[] = [
    [
      'time',
      'the time that proves progress is older than 1 min',
      'the time that proves progress is old, and a newer one is still to come',
    ],
    [
      'age',
      'the age that proves progress is over 1 min',
      'the age that proves progress is great, and a smaller one is still to come',
    ],
    [
      'counter',
      'the daemon has work, and the counter has not moved for over 1 min',
      'the counter of the work has not been seen to move yet',
    ],
    ['due', 'the next run is overdue by more than 1 min', 'only the next run will show whether work gets on'],
    ['beat', 'the beat has not changed for over 1 min', 'the beat has not been seen to change yet'],
  ];
  describe('that hangs', () => {
    itSays<Stale>(Object.values(stale), staleText);
    itSays<Stale>(
      [
        ...signs.map(([by, text]) => [{ is: 'noSign', by, thresholdMs: 60_000 }, text] as const),
        [
          { is: 'seriesRed', by: 'counter', name: 'bravo', count: 2, of: 3, limit: 600_000 },
          '2 of 3 red, the worst bravo: the counter has not moved for over 10 min',
        ],
        [
          { is: 'seriesRed', by: 'state', name: 'bravo', count: 1, of: 1, limit: 0.5 },
          '1 of 1 red: bravo, the value is above 0.5',
        ],
      ],
      staleText,
    );
  });

  const unknown: Table<LoopUnknown> = {
    noSeries: [
      { is: 'noSeries', targets: { up: 0, of: 2 } },
      'the query gives no series; 0 of 2 targets of Prometheus are up',
    ],
    seriesUnknown: [
      { is: 'seriesUnknown', name: 'bravo', count: 2, of: 3, why: { is: 'vanished' } },
      'of 2 of 3 series nothing is known; bravo: its series has vanished',
    ],
    seriesWarned: [
      { is: 'seriesWarned', said: 'no route' },
      'Prometheus warns, so that series may be missing: no route',
    ],
    seriesUnread: [
      { is: 'seriesUnread', read: 2_000, of: 2_500 },
      'the query gives 2500 series, and only 2000 are read: narrow the query',
    ],
    malformed: [
      { is: 'malformed', malformed: [{ field: 'health', is: 'missing' }] },
      'malformed: health is missing',
    ],
    untoldByKind: [{ is: 'untoldByKind', kind: 'toy' }, 'toy does not tell whether its loop advances'],
    intakeUntold: [
      { is: 'intakeUntold' },
      'the daemon answers, so its event loop turns; whether messages reach the daemon is not known',
    ],
    untoldByVersion: [
      { is: 'untoldByVersion' },
      'this daemon does not report its poll cycles, so a hung loop cannot be told from a working one',
    ],
    noCycleTimes: [{ is: 'noCycleTimes' }, 'the daemon gives no time of a poll cycle'],
    timesInFuture: [{ is: 'timesInFuture' }, "the poll times lie in the future of the daemon's own clock"],
    timesContradict: [
      { is: 'timesContradict' },
      'the daemon says its loop is not stale, but its poll times are old',
    ],
    begunInVain: [
      { is: 'begunInVain', forMs: 600_000 },
      'the loop begins poll cycles, but has completed none for 10 min',
    ],
    noSuccessYet: [
      { is: 'noSuccessYet' },
      'the daemon tells of no success yet: the time that proves progress is not set',
    ],
    signUntold: [
      { is: 'signUntold', cause: { is: 'noCommand', command: 'openclaw' } },
      'what proves progress is not told: the command openclaw was not found',
    ],
    signInFuture: [
      { is: 'signInFuture' },
      "the time that proves progress lies in the future of the daemon's own clock",
    ],
    noProofNamed: [
      { is: 'noProofNamed' },
      'the daemon answers, and "progress" in the settings names no proof that work gets on',
    ],
    nothingOwed: [
      { is: 'nothingOwed' },
      'the daemon has nothing to do, so nothing shows whether work would get on',
    ],
    nobodyWorks: [
      { is: 'nobodyWorks', waiting: 3 },
      '3 wait, and nothing is under way: no worker is there, or the queue is paused',
    ],
    noSignYet: [{ is: 'noSignYet', by: 'counter' }, 'the counter of the work has not been seen to move yet'],
  };
  describe('of which nothing is known', () => {
    itSays<LoopUnknown>(Object.values(unknown), loopUnknownText);
    itSays<LoopUnknown>(
      signs.map(([by, , text]) => [{ is: 'noSignYet', by }, text]),
      loopUnknownText,
    );
  });
});
