import assert from 'node:assert/strict';
import { advanceWork, type KnownWork, type WorkEvent } from '../../../src/health/workNews';
import type { Session } from '../../../src/health/report';
import { renderStatus } from '../../../src/ui/statusBar/statusText';
import { sessionRows } from '../../../src/ui/tree/sessionRows';
import { PresetWorld, recorded } from '../../support/presetWorld';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../unit/health/support';

interface SessionFile {
  readonly pid: number;
  readonly sessionId: string;
  readonly name: string;
  readonly status: string;
  readonly jobId: string;
  readonly statusUpdatedAt: number;
}

const BUSY = recorded('claude/file.sessions.PID.busy-hung').body as SessionFile;
const BLOCKED = recorded('claude/file.blocked.jobs.ID.state.json').body as {
  readonly sessionId: string;
  readonly intent: string;
  readonly daemonShort: string;
};

/** Programs of the daemons' names are scripts for a shell. */
(process.platform === 'win32' ? describe.skip : describe)('the sessions of a claude', function () {
  this.timeout(60_000);
  let world: PresetWorld;
  let model: Parameters<typeof renderStatus>[0][number]['daemon'];
  let known: KnownWork | undefined;

  beforeEach(() => {
    world = new PresetWorld();
    known = undefined;
    const said = recorded('claude/daemon.status.worker');
    world.at(said.capturedAt).program('claude', said);
    model = world.watchEntry({ name: 'claude', preset: 'claude' });
  });
  afterEach(() => world.close());

  function session(of: Partial<SessionFile> = {}, agoMs = 0): void {
    const statusUpdatedAt = world.watch.time.wallAt - agoMs;
    const body = { ...BUSY, pid: process.pid, statusUpdatedAt, ...of };
    world.file(`.claude/sessions/${body.jobId}.json`, body, agoMs);
  }

  /** As recorded of a session without a login: it is idle, and its job says what it needs. */
  function blocked(of: Partial<SessionFile> = {}, job: object = {}, agoMs = 0): void {
    const { sessionId, intent, daemonShort } = BLOCKED;
    session({ sessionId, name: intent, jobId: daemonShort, status: 'idle', ...of }, agoMs);
    world.file(`.claude/jobs/${daemonShort}/state.json`, { ...BLOCKED, ...job }, agoMs);
  }

  async function look(): Promise<readonly WorkEvent[]> {
    await world.look();
    const step = advanceWork(known, world.watch.track, world.watch.time.now());
    known = step.work;
    return step.events;
  }

  const told = (): readonly Session[] | undefined => world.watch.track.last?.report.sessions;
  const rows = () => {
    const groups = sessionRows(() => []).groups(
      { daemon: model, track: world.watch.track },
      'x',
      world.watch.time.now(),
    );
    return groups.live.map(({ label, description }) => [label, description].filter(Boolean).join(' '));
  };
  const item = () => renderStatus([{ daemon: model, track: world.watch.track }], [], world.watch.time.now());

  it('have a row where they work: its name, and since when', async () => {
    session({}, 10 * MINUTE_MS);
    await look();
    assert.deepEqual(
      told()?.map(({ id, title, status }) => [id, title, status]),
      [[BUSY.sessionId, 'count again', 'running']],
    );
    assert.match(rows().join(), /^since \d\d:\d\d · count again$/);
    assert.equal(told()?.[0]?.startedAt, world.watch.time.wallAt - 10 * MINUTE_MS);
  });

  it('have none where they are idle, or gone: then none runs', async () => {
    session({ status: 'idle' });
    session({ pid: 2 ** 30, jobId: 'gone' });
    await look();
    assert.deepEqual(told(), []);
  });

  it('wait for a person where their job says so, before those that work', async () => {
    session({}, MINUTE_MS);
    blocked();
    await look();
    const [first, second] = rows();
    assert.equal(first, 'waits for you · say hello · login required — run /login');
    assert.match(second ?? '', /^since .* · count again$/);
    const { text } = item();
    assert.match(text, /1 waits for you/);
  });

  it('are told once of one that waits, and again where it waits for something else', async () => {
    blocked();
    const first = await look();
    assert.deepEqual(
      first.map((event) => event.kind === 'waits' && event.session.question),
      ['login required — run /login'],
    );
    for (let times = 0; times < 6; times++) {
      world.watch.time.advance(15 * SECOND_MS);
      assert.deepEqual(await look(), []);
    }
    blocked({}, { needs: 'permission to use Bash' });
    world.watch.time.advance(31 * SECOND_MS);
    assert.deepEqual(
      (await look()).map((event) => event.kind === 'waits' && event.session.question),
      ['permission to use Bash'],
    );
  });

  it('are no stall while they wait, though they count as busy', async () => {
    blocked({ status: 'busy' }, {}, 3 * HOUR_MS);
    const states = new Set([await world.look(), ...(await world.looks(80, 15 * SECOND_MS))]);
    assert.deepEqual([...states], ['unverified'], world.watch.reasonInWords);
    assert.match(rows().join(), /^waits for you/);
  });

  it('do not wait any more where their process is gone', async () => {
    blocked({ pid: 2 ** 30 });
    await look();
    assert.deepEqual(told(), []);
  });

  it('are all read, though many idle ones wrote later', async () => {
    blocked({}, {}, 5 * HOUR_MS);
    for (let each = 0; each < 60; each++) {
      session({ status: 'idle', jobId: `idle${each}`, sessionId: `id-${each}` });
    }
    await look();
    assert.match(rows().join(), /^waits for you · say hello/);
  });

  it('are not known where they cannot be told, as while no supervisor runs', async () => {
    blocked();
    await look();
    world.program('claude', recorded('claude/daemon.status.none'));
    await look();
    assert.equal(told(), undefined);
  });

  it('are not what a file says that is none of a session', async () => {
    for (const [name, content] of Object.entries({
      a: '[]',
      b: '{"kind":"bg","status":"busy"}',
      c: JSON.stringify({ ...BUSY, pid: process.pid, sessionId: 'a\nb' }),
      d: '\0\0\0',
      e: '{"kind":',
    })) {
      world.file(`.claude/sessions/${name}.json`, content);
    }
    await look();
    assert.deepEqual(told(), []);
  });
});
