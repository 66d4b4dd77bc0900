import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { RestartWay } from '../../../src/kinds/kind';
import type { DaemonConfig } from '../../../src/model/daemonConfig';
import type { RestartEdges } from '../../../src/restart/attempt';
import { Outliving } from '../../../src/restart/outliving';
import { planFor } from '../../../src/restart/plan';
import { prove } from '../../../src/restart/prove';
import { waysFor } from '../../../src/restart/startCommand';
import { consequences } from '../../../src/ui/commands/restartText';
import { PresetWorld, recorded } from '../../support/presetWorld';
import { START_CONTEXT } from '../../support/startContext';
import { MINUTE_MS } from '../../unit/health/support';

const SUPERVISOR = 'supervisor';

/** The command is a line for a shell. */
(process.platform === 'win32' ? describe.skip : describe)('a restart of claude, as recorded', function () {
  this.timeout(60_000);
  let world: PresetWorld;
  let daemon: DaemonConfig;
  let way: RestartWay;

  beforeEach(async () => {
    world = new PresetWorld();
    const said = recorded('claude/daemon.status.worker');
    world.at(said.capturedAt);
    plays(said.stdout);
    daemon = world.watchEntry({ name: 'claude', preset: 'claude' });
    const ways = await waysFor(daemon, undefined, { ...START_CONTEXT, workspaceFolder: undefined });
    assert.ok(!('is' in ways));
    way = ways[0]!;
  });
  afterEach(() => world.close());

  /** A client that stops and starts its supervisor, and says what was recorded of it. */
  function plays(running = ''): void {
    const of = (name: string) => recorded(`claude/${name}`).stdout ?? '';
    world.file('said/first', running);
    world.file('said/none', of('stopped.daemon.status'));
    world.file('said/second', of('restarted.daemon.status'));
    world.file('said/kept', of('stop.keep-workers'));
    world.file('said/ended', of('stop.any'));
    world.file(SUPERVISOR, 'first');
    const home = `'${world.home}'`;
    world.file(
      'bin/claude',
      [
        '#!/bin/sh',
        `cd ${home}; echo "$*" >> bin/.claude.asked`,
        'case "$*" in',
        `  "daemon status") cat "said/$(cat ${SUPERVISOR})"; test "$(cat ${SUPERVISOR})" != none ;;`,
        `  "daemon stop --any --keep-workers") printf none > ${SUPERVISOR}; cat said/kept ;;`,
        // Without that word the sessions end with it.
        `  "daemon stop"*) printf none > ${SUPERVISOR}; rm -r .claude; cat said/ended ;;`,
        `  "daemon run") printf second > ${SUPERVISOR} ;;`,
        'esac',
        '',
      ].join('\n'),
    );
    chmodSync(join(world.home, 'bin', 'claude'), 0o755);
  }

  function sessions(): void {
    const body = recorded('claude/file.sessions.PID.busy-hung').body as object;
    const waiting = recorded('claude/file.blocked.jobs.ID.state.json').body as { sessionId: string };
    world.file('.claude/sessions/1.json', { ...body, pid: process.pid }, MINUTE_MS);
    const { sessionId } = waiting;
    const idle = { ...body, pid: process.pid, sessionId, jobId: 'fcfdd67a', status: 'idle' };
    world.file('.claude/sessions/2.json', idle, MINUTE_MS);
    world.file('.claude/jobs/fcfdd67a/state.json', waiting, MINUTE_MS);
  }

  const told = () => world.watch.track.last?.report.sessions?.map(({ id, status }) => `${id} ${status}`);

  async function question(): Promise<string | undefined> {
    const model = { daemon, track: world.watch.track };
    const plan = await planFor(model, undefined, []);
    const about = { isLoop: false, isOld: false, now: world.watch.time.now(), userName: () => 'dev' };
    return consequences({ ...plan, way }, about);
  }

  /** Runs its command, as a task does, and asks until that is proven. */
  async function restart(): Promise<unknown> {
    assert.equal(way.command.kind, 'shell');
    const line = way.command.kind === 'shell' ? way.command.line : '';
    const before = world.watch.track.last?.report;
    const shell = spawn('/bin/sh', ['-c', line], { stdio: 'ignore', cwd: world.home });
    const ended = once(shell, 'exit').then(([code]) => code as number);
    const none = () => assert.fail();
    const edges: RestartEdges = {
      outliving: new Outliving({ daemon, track: world.watch.track }, undefined, undefined, new Set()),
      findListener: () => Promise.resolve(undefined),
      isThere: () => Promise.resolve(false),
      stop: none,
      isPortFree: none,
      beginStart: none,
      start: none,
      whyNotOurs: none,
      ask: () => world.ask(),
      workMade: () => Promise.resolve(undefined),
      workTold: () => undefined,
      startErrors: () => undefined,
      onUnexpected: (error) => assert.fail(String(error)),
    };
    const request = {
      daemon,
      owner: undefined,
      before,
      way,
      signal: new AbortController().signal,
      onStep: () => undefined,
    };
    return prove(request, edges, { ended, isMarked: true });
  }

  it('says before that the sessions go on', async () => {
    sessions();
    await world.look();
    const said = await question();
    assert.match(said ?? '', /^claude is restarted by `.*claude daemon stop --any --keep-workers/);
    assert.match(said ?? '', /which keeps the running work: 2 sessions go on\.$/);
  });

  it('asks nothing where nothing runs', async () => {
    await world.look();
    assert.equal(await question(), undefined);
  });

  it('stops the supervisor alone, starts one, and the same sessions are there', async () => {
    sessions();
    await world.look();
    const before = told();
    assert.equal(before?.length, 2);
    const came = await restart();
    assert.ok(typeof came === 'object' && came !== null && !('kind' in came), JSON.stringify(came));
    world.watch.time.advance(MINUTE_MS);
    await world.look();
    assert.deepEqual(told(), before);
    const asked = world.calls('claude').filter((words) => words !== 'daemon status');
    assert.deepEqual(asked, ['daemon stop --any --keep-workers', 'daemon run']);
  });

  it('starts one where there is none, and the sessions are told of before', async () => {
    sessions();
    world.file(SUPERVISOR, 'none');
    assert.equal(await world.look(), 'unavailable', world.watch.reasonInWords);
    assert.match((await question()) ?? '', /2 sessions go on\.$/);
    const came = await restart();
    assert.ok(typeof came === 'object' && came !== null && !('kind' in came), JSON.stringify(came));
  });
});
