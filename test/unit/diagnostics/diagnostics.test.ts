import { at, http, watchedAt } from '../../support/target';
import type { Target } from '../../../src/model/target';
import assert from 'node:assert/strict';
import type { Malformed } from '../../../src/health/cause';
import { appendState } from '../../../src/health/history';
import { SAMPLES_KEPT } from '../../../src/health/policy';
import type { Session } from '../../../src/health/report';
import { readStatus } from '../../../src/kinds/smithy/status';
import { appendSample, type CompactSample } from '../../../src/health/samples';
import { RULES } from '../../../src/health/verdict';
import { diagnostics, type DiagnosticsInput } from '../../../src/diagnostics/diagnostics';
import { RULE_TEXTS } from '../../../src/words/rules';
import { STATE_LABELS } from '../../../src/words/states';
import { redact, redactValue } from '../../../src/diagnostics/redact';
import { FAILURES, Watch, goodReport, reportWith, wedgedReport } from '../health/support';

const HOME = '/home/ada';
const HEX = 'a1b2c3d4'.repeat(8);

describe('redaction', () => {
  const cases: readonly [text: string, expected: string][] = [
    // Addresses
    ['http://ada:hunter2@127.0.0.1:3457/x', 'http://<redacted>@127.0.0.1:3457/x'],
    ['http://ada:p@ss@host/', 'http://<redacted>@host/'],
    ['https://x9f2@host/path', 'https://<redacted>@host/path'],
    ['http://host/?access_token=abc&page=2', 'http://host/?access_token=<redacted>&page=2'],
    ['http://host/?page=2&sig=a%2Fb', 'http://host/?page=2&sig=<redacted>'],
    ['http://host/?key=abc#top', 'http://host/?key=<redacted>#top'],
    // Variables, flags, headers, JSON
    ['API_KEY=abc node x', 'API_KEY=<redacted> node x'],
    ['GITHUB_TOKEN="a b" node x', 'GITHUB_TOKEN=<redacted> node x'],
    ["DB_PASSWORD='a b' node x", 'DB_PASSWORD=<redacted> node x'],
    ['sf serve --token abc --port 1', 'sf serve --token <redacted> --port 1'],
    ['sf serve --api-key=abc --port 1', 'sf serve --api-key=<redacted> --port 1'],
    ['sf --password --port 1', 'sf --password --port 1'],
    ['Authorization: Bearer abcdef123', 'Authorization: <redacted>'],
    ['a Bearer abcdef123 b', 'a Bearer <redacted> b'],
    ['{"clientSecret": "a\\"b", "n": 1}', '{"clientSecret": <redacted>, "n": 1}'],
    // By their looks
    ['x ghp_0123456789abcdefghijABCDEFGHIJ012345 y', 'x <redacted> y'],
    ['sk-ant-api03-abcdefgh', '<redacted>'],
    ['AKIAIOSFODNN7EXAMPLE', '<redacted>'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', '<redacted>'],
    [`it said ${HEX}.`, 'it said <redacted>.'],
    ['dGhpc0lzQVNlY3JldFRva2VuMTIzNDU2Nzg5MA==', '<redacted>'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', '<redacted>'],
    // The home directory
    ['/home/ada/project', '~/project'],
    ['"/home/ada"', '"~"'],
    ['file:///home/ada/x', 'file://~/x'],
    ['/home/adam/project', '/home/adam/project'],
    // What must stay
    ['3 failures in 12 s, limit 3 in 10 s', '3 failures in 12 s, limit 3 in 10 s'],
    ['id 3b241101-e2bb-4255-8caf-4136c566a962', 'id 3b241101-e2bb-4255-8caf-4136c566a962'],
    ['/opt/tools/node_modules/.bin/sf serve smithy', '/opt/tools/node_modules/.bin/sf serve smithy'],
    ['http://127.0.0.1:3457', 'http://127.0.0.1:3457'],
    ['2026-03-02T08:00:00.000Z', '2026-03-02T08:00:00.000Z'],
  ];
  for (const [text, expected] of cases) {
    it(`${JSON.stringify(text)} → ${JSON.stringify(expected)}`, () =>
      assert.equal(redact(text, HOME), expected));
  }

  it('knows a Windows home as it is written in JSON and in addresses', () => {
    const home = 'C:\\Users\\Ada';
    for (const text of [
      'C:\\Users\\Ada\\x',
      'c:\\users\\ada\\x',
      '"C:\\\\Users\\\\Ada\\\\x"',
      'file:///C:/Users/Ada/x',
    ]) {
      assert.doesNotMatch(redact(text, home), /ada/i);
    }
  });

  it('takes no root directory for a home', () => {
    for (const home of ['/', '', 'C:\\']) assert.equal(redact('/usr/bin C:\\x', home), '/usr/bin C:\\x');
  });

  it('is quick on text made to be slow', () => {
    const startedMs = performance.now();
    for (const text of [
      'a'.repeat(50_000),
      'token'.repeat(10_000),
      'http://' + 'a@'.repeat(20_000),
      '"\\'.repeat(20_000),
    ]) {
      redact(text, HOME);
    }
    assert.ok(performance.now() - startedMs < 2_000);
  });

  it('leaves only the names of an environment', () => {
    const value = { restart: { command: 'sf', env: { PATH: '/secret-place', PLAIN: 'swordfish' } } };
    assert.deepEqual(redactValue(value, HOME), { restart: { command: 'sf', env: ['PATH', 'PLAIN'] } });
    for (const env of ['A=swordfish', ['A=swordfish'], 7]) {
      assert.deepEqual(redactValue({ env }, HOME), { env: '<redacted>' });
    }
  });

  it('leaves out the argument after a flag with the name of a secret', () => {
    assert.deepEqual(redactValue(['--token', 'swordfish', '--port', '1'], HOME), [
      '--token',
      '<redacted>',
      '--port',
      '1',
    ]);
    assert.deepEqual(redactValue({ password: { a: 'swordfish' } }, HOME), { password: '<redacted>' });
  });
});

describe('the diagnostics', () => {
  it('tell for each rule whether it matched, and which decided', () => {
    const text = diagnostics(input(wedged()));
    for (const { state } of RULES)
      assert.ok(text.includes(`${STATE_LABELS[state].label.padEnd(13)} ${RULE_TEXTS[state]}`), state);
    const marked = text.split('\n').filter((line) => line.startsWith('> '));
    assert.deepEqual(marked, [
      '> wedged        pollStale, a poll cycle older than the threshold, or no progress for longer than redAfterMs → the poll loop hangs (the daemon itself says so)',
    ]);
    assert.match(text, /^reason +the poll loop hangs/m);
    assert.match(text, /^since +2026-03-02T08:00:\d\d\.\d{3}Z \(\d+/m);
    assert.match(text, /^incident +wedged, open since 2026-03-02T08:/m);
  });

  it('tell moments by the clock as it is, where that was set: beside their age nothing else is true', () => {
    const watch = wedged();
    watch.time.jumpWall(-3_600_000);
    const text = diagnostics(input(watch));
    assert.match(text, /^since +2026-03-02T07:00:\d\d\.\d{3}Z \(\d+/m);
    assert.match(text, /^as of +2026-03-02T07:/m);
    assert.match(text, /^incident +wedged, open since 2026-03-02T07:/m);
  });

  it('tell the last samples, the last answer, the history and the versions', () => {
    const text = diagnostics(input(wedged()));
    assert.match(text, /### Last 6 samples/);
    assert.match(text, /^2026-03-02T08:\S+Z {2}wedged {7} {2}3\.0 ms {2}cycle 2 min 6 s ago$/m);
    assert.match(text, /"lastPollCompletedAt": "2026-03-02T07:/);
    assert.match(text, /wedged once/);
    assert.match(text, /^VS Code {2}1\.100\.0$/m);
  });

  const PLACES: [target: Target, line: RegExp][] = [
    [http('http://127.0.0.1:3457'), /^address {3}http:\/\/127\.0\.0\.1:3457, polled every 5 s$/m],
    [
      { kind: 'file', paths: [`${HOME}/x/state.json`, '/b'] },
      /^file {6}~\/x\/state\.json, polled every 5 s$/m,
    ],
    [
      { kind: 'command', argv: ['x', '--token', 'swordfish1'] },
      /^command {3}x --token \S+, polled every 5 s$/m,
    ],
  ];
  for (const [target, line] of PLACES) {
    it(`tell where a daemon is watched: ${target.kind}`, () => {
      const given = input(Watch.healthy());
      const [{ model, samples }] = given.daemons as [DiagnosticsInput['daemons'][number]];
      const watched = { ...model, daemon: { ...model.daemon, ...watchedAt(target) } };
      const text = diagnostics({ ...given, daemons: [{ model: watched, samples }] });
      assert.match(text, line);
      assert.doesNotMatch(text, /swordfish1/);
    });
  }

  it('tell the settings with their scope', () => {
    const text = diagnostics({
      ...input(),
      settings: [
        { key: 'daemonHealth.notifications', scope: 'workspace', value: 'errors' },
        { key: 'daemonHealth.notifications', scope: 'user', value: 'all' },
      ],
    });
    assert.match(text, /^daemonHealth\.notifications \(workspace\): "errors"\n.* \(user\): "all"$/m);
  });

  it('say so when nothing is watched', () => {
    assert.match(diagnostics(input()), /No daemon is watched\./);
  });

  it('hold nothing that is secret, wherever it comes from', () => {
    const watch = new Watch();
    const secrets = { title: 'API_KEY=swordfish run', command: `curl -H "Authorization: Bearer ${HEX}" x` };
    watch.answer(
      goodReport(watch.time, {
        sessions: [{ id: 's', status: 'running', ...secrets }],
        instance: { id: 'i', stateDir: `${HOME}/.state`, workspace: `${HOME}/project` },
      }),
    );
    watch.fail('refused', { cause: { is: 'unexpected', error: 'http://ada:swordfish@host refused' } });
    const restart = { command: 'sf', args: ['--token', 'swordfish'], env: { NAME: 'swordfish' }, cwd: HOME };
    const text = diagnostics({
      ...input(watch),
      settings: [{ key: 'daemonHealth.daemons', scope: 'user', value: [{ name: 'x', url: 'u', restart }] }],
      problems: ['has a "url" that is not an http address: ftp://ada:swordfish@host'],
    });
    assert.doesNotMatch(text, /swordfish/);
    assert.ok(!text.includes(HEX) && !text.includes(HOME));
    assert.match(text, /"env":\["NAME"\]/);
    assert.match(text, /~\/project/);
  });

  it('print what proves that a daemon of any make gets on, with its times, and no poll cycle', () => {
    const watch = new Watch();
    const provenAt = watch.time.wallAt;
    watch.answer(
      reportWith({
        progress: { kind: 'signs', by: 'time', provenAt, owedSinceAt: provenAt },
        daemonNow: provenAt,
      }),
    );
    const text = diagnostics(input(watch));
    assert.match(text, /"progress": \{\s*"kind": "signs",\s*"by": "time",\s*"provenAt": "2026-/);
    assert.doesNotMatch(text, /lastPollCompletedAt/);
  });

  it('print what a daemon said by the names that its answer has for its poll cycles, in their order', () => {
    const watch = new Watch();
    const health = {
      pollStale: false,
      computedAt: '2026-03-02T08:00:00.000Z',
      lastPollCompletedAt: '2026-03-02T07:59:58.010Z',
      lastPollStartedAt: '2026-03-02T07:59:58.000Z',
      stuck: false,
    };
    const instance = { id: 'i-1', startedAt: '2026-03-02T07:00:00.000Z' };
    const body = { isRunning: true, config: { pollIntervalMs: 5_000 }, health, instance, sessions: [] };
    const read = readStatus(body, undefined);
    assert.ok(!('is' in read));
    watch.answer({ ...read, database: { path: '/a', realPath: '/a' } });
    const [, printed] = /```text\n(\{[^]*?\n\})\n```/.exec(diagnostics(input(watch))) ?? [];
    assert.deepEqual(printed?.split('\n'), [
      '{',
      ' "kind": "dispatchd",',
      ' "isRunning": true,',
      ' "pollIntervalMs": 5000,',
      ' "daemonNow": "2026-03-02T08:00:00.000Z",',
      ' "lastPollStartedAt": "2026-03-02T07:59:58.000Z",',
      ' "lastPollCompletedAt": "2026-03-02T07:59:58.010Z",',
      ' "pollStale": false,',
      ' "queue": {',
      '  "stuck": false',
      ' },',
      ' "sessions": [],',
      ' "instance": {',
      '  "id": "i-1",',
      '  "startedAt": "2026-03-02T07:00:00.000Z"',
      ' },',
      ' "malformed": [],',
      ' "database": {',
      '  "path": "/a",',
      '  "realPath": "/a"',
      ' }',
      '}',
    ]);
  });

  it('a daemon cannot break out of its code blocks', () => {
    const hostile = '```\n# Owned\n![x](http://evil/) <img src=x> @everyone `` \u202e\u0007 ````';
    const watch = new Watch();
    watch.answer(goodReport(watch.time, { available: false, unavailable: { is: 'said', said: hostile } }));
    watch.fail('wrongAnswer', {
      cause: { is: 'httpError', status: 500, isPage: false, said: hostile },
    });
    const text = diagnostics({ ...input(watch, hostile), problems: [hostile] });
    const outside = withoutCode(text);
    assert.doesNotMatch(outside, /Owned|evil|img|everyone/);
    assert.doesNotMatch(text, /(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  it('are bounded, however much a daemon says', () => {
    const watch = new Watch();
    const session = (index: number): Session => ({
      id: String(index),
      title: 'x'.repeat(80),
      status: 'running',
    });
    const sessions = Array.from({ length: 5_000 }, (_, index) => session(index));
    const malformed = Array<Malformed>(5_000).fill({ field: 'y'.repeat(100), is: 'missing' });
    watch.answer(goodReport(watch.time, { sessions, malformed }));
    const text = diagnostics(input(watch));
    assert.ok(text.length < 20_000, String(text.length));
    assert.match(text, /… cut/);
  });
});

describe('the samples kept for diagnostics', () => {
  it('are the last 50, one for each poll', () => {
    const watch = new Watch();
    let samples: readonly CompactSample[] = [];
    for (let poll = 0; poll < 80; poll++) {
      watch.wait(5_000);
      if (poll % 2 === 0) watch.answer();
      else watch.fail('timeout');
      samples = appendSample(samples, watch.track);
      samples = appendSample(samples, watch.track);
    }
    assert.equal(samples.length, SAMPLES_KEPT);
    assert.equal(new Set(samples.map(({ at }) => at)).size, SAMPLES_KEPT);
    assert.deepEqual(samples.at(-1)?.failure, FAILURES.timeout);
    assert.deepEqual(samples.at(-2)?.cycleAgeMs, 2_000);
  });

  it('are none before the first poll', () => {
    assert.deepEqual(appendSample([], new Watch().track), []);
  });
});

/** A daemon that went red a minute ago, as it was seen poll by poll. */
function wedged(): Watch {
  const watch = Watch.healthy();
  watch.wait(5_000).answer(wedgedReport(watch.time, 121_000));
  return watch;
}

function input(watch?: Watch, name = 'smithy'): DiagnosticsInput {
  const now = (watch ?? new Watch()).time.now();
  const versions = { 'VS Code': '1.100.0', 'Node.js': '20.0.0' };
  const common = { settings: [], problems: [], versions, homeDir: HOME, now };
  if (!watch) return { ...common, daemons: [] };
  const { track } = watch;
  const daemon = {
    name,
    ...at('http://127.0.0.1:3457'),
    pollIntervalMs: 5_000,
    configured: true,
  };
  const history = appendState(undefined, track.verdict.state, now, 60_000);
  let samples: readonly CompactSample[] = [];
  for (let index = 5; index > 0; index--)
    samples = [...samples, { at: now.wallAt - index * 5_000, state: 'healthy' }];
  samples = appendSample(samples, track);
  return { ...common, daemons: [{ model: { daemon, track, history }, samples }] };
}

/** What is drawn as text: all but fenced blocks and code spans, as CommonMark reads them. */
function withoutCode(markdown: string): string {
  const kept: string[] = [];
  let fence = '';
  for (const line of markdown.split('\n')) {
    const [run = ''] = /^`{3,}/.exec(line) ?? [];
    if (fence !== '') {
      if (run.length >= fence.length && line.trim() === run) fence = '';
    } else if (run !== '') fence = run;
    else kept.push(line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, ''));
  }
  assert.equal(fence, '', 'every block is closed');
  return kept.join('\n');
}
