import assert from 'node:assert/strict';
import { createProbe } from '../../../src/kinds/probe';
import type { KindId } from '../../../src/health/report';
import type { DaemonState } from '../../../src/health/states';
import { whyNotToEnd } from '../../../src/restart/refusals';
import type { ProcessInfo } from '../../../src/system/processInfo';
import { incidentNotice } from '../../../src/ui/notifications/noticeOf';
import { MAIN_RUNS } from '../../support/fakeDuctor';
import { http as httpTarget } from '../../support/target';
import { Watch } from '../../unit/health/support';
import { modelOf } from '../../unit/ui/support';
import { HEALTHY, Scope, answering, playing, reportOf } from '../support';

type Handler = Parameters<Scope['http']>[0];
type Routes = Readonly<Record<string, Handler>>;

const LOCKED = answering('{"error":{"code":"X","message":"database is locked"}}', { status: 500 });
const SMITHY = playing({ '/api/health': 'health' });
const DISPATCHD = answering('{"status":"ok","instance":{"id":"i","pid":7}}');

describe('a daemon that answers with errors', function () {
  this.timeout(20_000);
  const scope = new Scope();
  afterEach(() => scope.close());

  /** Asks three times, with 5 s between, as a window does. */
  async function after(routes: Routes, watch = new Watch(), kind?: KindId): Promise<Watch> {
    const { origin } = await scope.http((request, response) =>
      (routes[request.url ?? ''] ?? routes['*'] ?? LOCKED)(request, response),
    );
    const probe = createProbe(httpTarget(origin), { kind });
    scope.add(() => probe.close());
    for (let poll = 0; poll < 3; poll++) {
      watch.wait(5_000).observe({ ...(await probe.ask()), startedMs: watch.time.monotonicMs });
    }
    return watch;
  }

  /** A process of the user that began now: nothing but the daemon's answers shows that it is the daemon. */
  const ownerOf = ({ time }: Watch): ProcessInfo => ({
    pid: 5,
    name: 'node',
    commandLine: 'node sf',
    isOurs: true,
    startedAtMs: time.wallAt,
  });
  const isEnded = (watch: Watch) => whyNotToEnd(modelOf(watch), [ownerOf(watch)], []) === undefined;

  it('is failing in a new window, in its own words, and a restart is allowed and offered', async () => {
    const watch = await after({ '/api/health': SMITHY });
    assert.equal(watch.state, 'failing');
    assert.equal(watch.reasonInWords, 'the daemon answers with errors: HTTP 500: database is locked');
    assert.equal(isEnded(watch), true);
    const now = watch.time.now();
    const { level, offers } = incidentNotice(
      modelOf(watch),
      { kind: 'problem', state: 'failing', openedAt: now },
      now,
    );
    assert.deepEqual([level, offers[0]?.action], ['error', 'restart']);
  });

  const seen = () => new Watch({ seenUpAt: 1 });
  const rows: readonly [what: string, () => Promise<Watch>, DaemonState, isEnded: boolean][] = [
    ['a dispatchd', () => after({ '/api/health': DISPATCHD }), 'failing', true],
    [
      'a dispatchd that is named so',
      () => after({ '/api/health': DISPATCHD }, new Watch(), 'dispatchd'),
      'failing',
      true,
    ],
    ...[502, 503].map((status): (typeof rows)[number] => [
      `a smithy with the status ${status}`,
      () => after({ '/api/health': SMITHY, '*': answering('<html>', { status, type: 'text/html' }) }),
      'failing',
      true,
    ]),
    ['a daemon of which only an earlier window knows', () => after({}, seen()), 'failing', false],
    ['a ductor that was one here', () => after({}, seen(), 'ductor'), 'failing', false],
    ['a stranger', () => after({}), 'wrongAnswer', false],
    ['a stranger that is named ductor', () => after({}, new Watch(), 'ductor'), 'wrongAnswer', false],
    [
      'a stranger whose health says ok',
      () => after({ '/api/health': answering('{"status":"ok"}') }),
      'wrongAnswer',
      false,
    ],
    [
      'a stranger that was a daemon, and asks for a login now',
      () => after({ '/api/health': SMITHY, '*': answering('{}', { status: 401 }) }, seen()),
      'wrongAnswer',
      false,
    ],
  ];
  for (const [what, play, state, mayBeEnded] of rows) {
    it(`and is ${what} is ${state}; its process ${mayBeEnded ? 'may be ended' : 'is only ended where it was there before'}`, async () => {
      const watch = await play();
      assert.deepEqual([watch.state, isEnded(watch)], [state, mayBeEnded]);
    });
  }

  it('only for its sessions is healthy, with sessions that are not known', async () => {
    const { origin } = await scope.http((request, response) =>
      (request.url === '/api/sessions' ? LOCKED : playing(HEALTHY))(request, response),
    );
    const sample = await scope.probe(origin).ask();
    assert.equal(new Watch().observe({ ...sample, startedMs: 0 }), 'healthy');
    assert.equal(reportOf(sample).sessions, undefined);
  });

  it('only for its background tasks is no failing ductor', async () => {
    const agents = answering(JSON.stringify(MAIN_RUNS.body));
    const watch = await after({ '/interagent/health': agents }, new Watch(), 'ductor');
    assert.equal(watch.state, 'unverified');
    assert.deepEqual(watch.reason, { is: 'loopUnknown', why: { is: 'intakeUntold' } });
  });
});
