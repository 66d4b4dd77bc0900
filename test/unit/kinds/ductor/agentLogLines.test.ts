import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { localTime, readLogLine, type LogLine } from '../../../../src/kinds/ductor/agentLogLines';

const AT = new Date(2026, 10, 25, 15, 6, 7).getTime();
const line = (message: string, level = 'INFO', logger = 'ductor_bot.cli.executor:executor.py:9') =>
  `2026-11-25 15:06:07 [${level}] ${logger}: ${message}`;

describe('a line of the log of a ductor', () => {
  const rows: readonly [what: string, text: string, expected: object | undefined][] = [
    ['its beginning', line('PID lock acquired (pid=6909)'), { is: 'began', pid: 6_909 }],
    [
      'that it was told to end',
      line(
        'Termination signal received, shutting down gracefully...',
        'INFO',
        'ductor_bot.__main__:__main__.py:208',
      ),
      { is: 'ending' },
    ],
    [
      'an extension, with its context',
      line('[main:msg:1001:9f3a2b1c] Timeout extended (1/3): +120s'),
      { is: 'extended', used: 1, max: 3, byMs: 120_000 },
    ],
    [
      'an extension without an end of them',
      line('Timeout extended (4/0): +90s'),
      { is: 'extended', used: 4, max: 0, byMs: 90_000 },
    ],
    [
      'the process of a turn that timed out',
      line('[main:1001] CLI stream timed out after 95s', 'WARNING'),
      { is: 'timedOut', of: 'process', afterMs: 95_000, said: 'CLI stream timed out after 95s' },
    ],
    [
      'a process that does not stream',
      line('Codex timed out after 600s', 'WARNING'),
      { is: 'timedOut', of: 'process', afterMs: 600_000, said: 'Codex timed out after 600s' },
    ],
    [
      'a turn that timed out, without its model',
      line('[main:1001] Session timed out after 95s model=opus', 'WARNING'),
      { is: 'timedOut', of: 'turn', afterMs: 95_000, said: 'Session timed out after 95s' },
    ],
    [
      'an error',
      line('Error handling request', 'ERROR', 'aiohttp.server:web_protocol.py:410'),
      { is: 'error', said: 'Error handling request', isHelpless: false },
    ],
    [
      'that no command line can be used',
      line('No authenticated providers found! CLI calls will fail.', 'ERROR'),
      { is: 'error', said: 'No authenticated providers found! CLI calls will fail.', isHelpless: true },
    ],
    [
      'an error, cleaned and without the token of its bot',
      line('GET https://t.example/bot123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw-x\u202e failed', 'ERROR'),
      { is: 'error', said: 'GET https://t.example/bot<redacted> failed', isHelpless: false },
    ],
    ['that command lines can be used', line('Available providers: claude'), { is: 'works' }],
    ['that a turn was answered', line('[main:msg:1001] Streaming flow completed'), { is: 'works' }],
    ['nothing: that none can be used', line('Available providers: '), undefined],
    ['nothing: a cron job that timed out', line('[main:cron] CLI stream timed out after 95s'), undefined],
    ['nothing: a heartbeat', line('[main:hb:1001] Timeout extended (1/3): +120s'), undefined],
    ['nothing: what a person wrote', line('Message text=Timeout extended (1/3): +120s'), undefined],
    [
      'nothing: a library with the same words',
      line('PID lock acquired (pid=1)', 'INFO', 'other.lock:lock.py:1'),
      undefined,
    ],
    ['nothing: a line of a traceback', '  File "x.py", line 3, in [ERROR] run', undefined],
    ['nothing: half a line', '2026-11-25 15:0', undefined],
    ['nothing: an error without words', line(' ', 'ERROR'), undefined],
  ];
  for (const [what, text, expected] of rows) {
    it(`tells ${what}`, () => {
      assert.deepEqual(readLogLine(text, AT), expected && { at: AT, ...expected });
    });
  }

  it('is bounded', () => {
    const told = readLogLine(line('x'.repeat(100_000), 'ERROR'), AT);
    assert.equal(told?.is === 'error' && told.said.length, 160);
  });

  it('as recorded: three lives, of which two were told to end or killed', () => {
    const text = readFileSync(join(__dirname, '../../../fixtures/ductor/logs/later.log'), 'utf8');
    const told = text.split('\n').flatMap((each) => readLogLine(each, AT) ?? []);
    const words = (each: LogLine) => (each.is === 'began' ? `began ${each.pid}` : each.is);
    assert.deepEqual(told.map(words), [
      'began 6909',
      'ending',
      'released',
      'began 6982',
      'stale',
      'began 7286',
    ]);
  });

  it('as recorded: errors of a server', () => {
    const text = readFileSync(join(__dirname, '../../../fixtures/ductor/logs/state.log'), 'utf8');
    const told = text.split('\n').flatMap((each) => readLogLine(each, AT) ?? []);
    assert.deepEqual(
      told.map((each) => each.is === 'error' && each.said),
      ['Error handling request', 'Error handling request', 'API dispatch error key=<redacted>'],
    );
  });
});

describe('a time of the clock on the wall', () => {
  const zone = process.env['TZ'];
  before(() => {
    process.env['TZ'] = 'Europe/Berlin';
  });
  after(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  const rows: readonly [what: string, parts: readonly number[], now: string, expected: string][] = [
    ['of a summer', [2026, 7, 1, 12, 0, 0], '2026-07-01T10:00:01Z', '2026-07-01T10:00:00Z'],
    [
      'that is there twice, the first',
      [2026, 10, 25, 2, 30, 0],
      '2026-10-25T00:31:00Z',
      '2026-10-25T00:30:00Z',
    ],
    [
      'that is there twice, the second',
      [2026, 10, 25, 2, 30, 0],
      '2026-10-25T01:31:00Z',
      '2026-10-25T01:30:00Z',
    ],
    [
      'an hour before the clock is put back',
      [2026, 10, 25, 1, 30, 0],
      '2026-10-25T01:31:00Z',
      '2026-10-24T23:30:00Z',
    ],
    [
      'after the clock was put forward',
      [2026, 3, 29, 3, 0, 0],
      '2026-03-29T01:00:01Z',
      '2026-03-29T01:00:00Z',
    ],
    ['that is skipped', [2026, 3, 29, 2, 30, 0], '2026-03-29T01:31:00Z', '2026-03-29T01:30:00Z'],
  ];
  for (const [what, parts, now, expected] of rows) {
    it(`is the moment ${what}`, () => {
      assert.equal(new Date(localTime(parts, Date.parse(now))).toISOString(), expected.replace('Z', '.000Z'));
    });
  }
});
