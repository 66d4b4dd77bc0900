import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { diagnosticsOf } from '../../support/presetTexts';
import { PresetWorld, recorded } from '../../support/presetWorld';
import { HOUR_MS } from '../../unit/health/support';

/** As they stand in the files and outputs of the daemons: tokens, environments, what jobs run and people wrote. */
const SECRETS = {
  rvAuth: 'rv-4f1c9a77-plain-words',
  ptyAuth: 'pty-blue-horse-staple',
  nonce: 'nonce-green-lamp',
  environment: 'value-of-a-variable',
  argv: 'run-what-nobody-should-read',
  prompt: 'the words of a person',
  question: 'sk-live-7f3a91c05d2e4b',
};

(process.platform === 'win32' ? describe.skip : describe)('the secrets of a daemon of a preset', function () {
  this.timeout(60_000);
  let world: PresetWorld;
  beforeEach(() => {
    world = new PresetWorld();
  });
  afterEach(() => world.close());

  /** What is kept of some looks, and all that surfaces, the log and the diagnostics say of the daemon. */
  async function allOf(entry: object): Promise<string> {
    const daemon = world.watchEntry(entry);
    const samples = [await world.ask(), await world.ask()];
    for (const sample of samples) world.watch.observe(sample);
    const model = { daemon, track: world.watch.track };
    return [
      inspect(samples, { depth: null, maxStringLength: null }),
      inspect(world.watch.track, { depth: null, maxStringLength: null }),
      inspect([world.watch.notices, world.watch.transitions], { depth: null }),
      world.watch.reasonInWords,
      ...diagnosticsOf(model, world.watch.time.now()),
    ].join('\n');
  }

  function assertNone(all: string): void {
    assert.ok(all.length > 1_000, 'there are texts to look through');
    for (const [what, secret] of Object.entries(SECRETS)) assert.ok(!all.includes(secret), what);
  }

  it('stay in the files of claude', async () => {
    const said = recorded('claude/daemon.status.worker');
    world.at(said.capturedAt).program('claude', said);
    const roster = JSON.stringify(recorded('claude/file.blocked.daemon.roster.json').body)
      .replace('"rvAuth":"<redacted>"', `"rvAuth":"${SECRETS.rvAuth}"`)
      .replace('"ptyAuth":"<redacted>"', `"ptyAuth":"${SECRETS.ptyAuth}"`)
      .replace('"nonce":"<redacted>"', `"nonce":"${SECRETS.nonce}"`);
    assert.ok(roster.includes(SECRETS.rvAuth) && roster.includes(SECRETS.ptyAuth));
    world.file('.claude/daemon/roster.json', roster);
    const { body } = recorded('claude/file.sessions.PID.busy-hung');
    const session = { ...(body as { sessionId: string }), pid: process.pid };
    world.file(
      '.claude/sessions/1.json',
      { ...session, rvAuth: SECRETS.rvAuth, env: SECRETS.environment },
      HOUR_MS,
    );
    world.file(`.claude/projects/x/${session.sessionId}.jsonl`, SECRETS.prompt, HOUR_MS);
    const waiting = recorded('claude/file.blocked.jobs.ID.state.json').body as { sessionId: string };
    const job = {
      ...waiting,
      detail: SECRETS.prompt,
      output: SECRETS.prompt,
      providerEnv: { KEY: SECRETS.environment },
      respawnFlags: [SECRETS.argv],
      needs: `login required with token=${SECRETS.question}`,
    };
    world.file('.claude/jobs/fcfdd67a/state.json', job);
    world.file('.claude/sessions/2.json', {
      ...session,
      sessionId: waiting.sessionId,
      jobId: 'fcfdd67a',
      status: 'idle',
    });
    assertNone(await allOf({ name: 'claude', preset: 'claude' }));
    assert.equal(world.watch.state, 'stuck');
    const { sessions } = world.watch.track.last!.report;
    assert.deepEqual(
      sessions?.map(({ status }) => status),
      ['waiting', 'running'],
    );
  });

  it('stay in the jobs of openclaw', async () => {
    const jobs = recorded('openclaw/cron.list.catchup-blocked');
    const stdout = (jobs.stdout ?? '').replaceAll(
      'sleep 1200',
      `TOKEN=${SECRETS.environment} ${SECRETS.argv}`,
    );
    assert.ok(stdout.includes(SECRETS.argv));
    world.at(jobs.capturedAt).program('openclaw', { ...jobs, stdout });
    const url = await world.serve({ '/startupz': recorded('openclaw/idle.startupz') });
    world.answer('/startupz', {
      capturedAt: '',
      status: 200,
      body: { ok: true, status: 'started', uptimeMs: HOUR_MS },
    });
    assertNone(await allOf({ name: 'gateway', preset: 'openclaw', url }));
    assert.equal(world.watch.state, 'wedged');
  });

  it('stay in the rollouts of codex', async () => {
    const version = recorded('codex/daemon.version');
    world.at(version.capturedAt).program('codex', version);
    world.file('.codex/app-server-daemon/daemon.pid', {}, 2 * HOUR_MS);
    const line = {
      type: 'response_item',
      payload: { type: 'message', content: SECRETS.prompt, env: SECRETS.environment },
    };
    world.file('.codex/sessions/2026/11/25/rollout-x.jsonl', `${JSON.stringify(line)}\n`, HOUR_MS);
    assertNone(await allOf({ name: 'codex', preset: 'codex' }));
    assert.equal(world.watch.state, 'stuck');
  });

  it('stay in the sessions of opencode', async () => {
    const list = recorded('opencode/stuck.session.list');
    const body = (list.body as object[]).map((each) => ({
      ...each,
      share: SECRETS.rvAuth,
      prompt: SECRETS.prompt,
    }));
    const url = await world.at(list.capturedAt).serve({
      '/global/health': recorded('opencode/stuck.global.health'),
      '/session/status': recorded('opencode/stuck.session.status'),
      '/session': { ...list, body },
    });
    assertNone(await allOf({ name: 'opencode', preset: 'opencode-sessions', url }));
  });
});
