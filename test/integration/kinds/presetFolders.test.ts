import assert from 'node:assert/strict';
import { join } from 'node:path';
import { PresetWorld, recorded } from '../../support/presetWorld';
import { HOUR_MS, MINUTE_MS } from '../../unit/health/support';

/** Programs of the daemons' names are scripts for a shell. */
(process.platform === 'win32' ? describe.skip : describe)('the folder of a daemon of a preset', function () {
  this.timeout(60_000);
  let world: PresetWorld;
  beforeEach(() => {
    world = new PresetWorld();
  });
  afterEach(() => world.close());

  const busy = (name: string) => ({
    ...(recorded('claude/file.sessions.PID.busy-hung').body as object),
    pid: process.pid,
    name,
  });
  const titles = () => world.watch.track.last?.report.sessions?.map(({ title }) => title);

  function claude(entry: object = {}): void {
    const said = recorded('claude/daemon.status.worker');
    world.at(said.capturedAt).program('claude', said);
    world.file('.claude/sessions/1.json', busy('of the default folder'), MINUTE_MS);
    world.file('else where/sessions/1.json', busy('of the other folder'), HOUR_MS);
    world.file('else where/jobs/7c5ffefb/state.json', '{}', MINUTE_MS);
    world.watchEntry({ name: 'claude', preset: 'claude', ...entry });
  }

  it('is the one in the home of the user, also where its variable is empty', async () => {
    for (const value of [undefined, '']) {
      if (value !== undefined) process.env['CLAUDE_CONFIG_DIR'] = value;
      claude();
      await world.look();
      assert.deepEqual(titles(), ['of the default folder']);
    }
  });

  it('is what CLAUDE_CONFIG_DIR of the editor names, as its own client has it', async () => {
    for (const end of ['', '/']) {
      process.env['CLAUDE_CONFIG_DIR'] = `${join(world.home, 'else where')}${end}`;
      claude();
      assert.equal(await world.look(), 'healthy', world.watch.reasonInWords);
      assert.deepEqual(titles(), ['of the other folder']);
    }
  });

  it('is what CODEX_HOME of the editor names', async () => {
    process.env['CODEX_HOME'] = join(world.home, 'other');
    const version = recorded('codex/daemon.version');
    world.at(version.capturedAt).program('codex', version);
    world.file('other/app-server-daemon/daemon.pid', {}, 2 * HOUR_MS);
    world.fileOf('other/sessions/2026/11/25/rollout-x.jsonl', 'codex/rollout.open.jsonl', HOUR_MS);
    world.watchEntry({ name: 'codex', preset: 'codex' });
    assert.equal(await world.look(), 'stuck', world.watch.reasonInWords);
  });

  it('is not what an entry sets for its restart', async () => {
    const env = { CLAUDE_CONFIG_DIR: join(world.home, 'else where') };
    claude({ restart: { command: 'claude', env } });
    await world.look();
    assert.deepEqual(titles(), ['of the default folder']);
  });

  for (const value of ['relative/folder', '//server/share', '/net/server/x', '/home/../x', '/a/*', '/a{b}']) {
    it(`is not known where its variable is ${value}: then nothing is said to be idle`, async () => {
      process.env['CLAUDE_CONFIG_DIR'] = value;
      claude();
      assert.equal(await world.look(), 'unverified');
      assert.match(world.watch.reasonInWords, /the folder that CLAUDE_CONFIG_DIR names could not be read/);
      assert.equal(titles(), undefined);
    });
  }
});
