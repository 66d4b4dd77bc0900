import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { Codex } from '../support/real/codex';
import { presetEntry } from '../support/real/presetEntry';
import { eachWithModel } from '../support/real/scene';
import { RestartingWindow } from '../support/restartingWindow';
import { until } from '../support/until';

/** The preset says 15 min. */
const STUCK_AFTER_MS = 15_000;
/** Words, one a second: a turn of less than that. */
const SHORT_TURN = 8;
const LONG_TURN = 40;

describe('a real app-server of Codex, by its preset', function () {
  this.timeout(400_000);
  const given = eachWithModel('codex', (folder, model) => Codex.in(folder, model));

  function entry(): object {
    const { home, program } = given().daemon;
    const progress = { stuckAfterMs: STUCK_AFTER_MS };
    return presetEntry('codex', { home, program: [program], progress, everyMs: 2_000 });
  }

  async function watchIdle() {
    const { daemon, scene } = given();
    await daemon.daemon('start');
    const watched = scene.watch(entry());
    await watched.reaches('unverified', 60_000);
    return watched;
  }

  /** A turn begins. */
  async function ask(): Promise<void> {
    const { daemon, model } = given();
    await model.isAskedBy(() => daemon.ask(), 30_000);
  }

  it('is stuck where its model never answers, never red, and again after a restart, which takes that turn up anew', async () => {
    const watched = await watchIdle();
    watched.did('a turn on a model that never answers');
    await ask();
    const stuck = await watched.reaches('stuck', 120_000);
    assert.equal(stuck.severity, 'amber');
    assert.match(stuck.why, /^suspect: the daemon is busy, with no sign of progress for/);
    watched.did('daemon restart: it waits 60 s for that turn');
    await given().daemon.daemon('restart');
    watched.did('restarted');
    await until(() => given().model.asked > 1, 'the question anew', 30_000);
    await watched.reaches('healthy', 30_000);
    await watched.reaches('stuck', 60_000);
    assert.deepEqual(watched.besides('stuck', 'unverified', 'healthy', 'notAnswering'), []);
  });

  it('is never red while it works; a turn that streams writes nothing, so a long one is suspect until it ends', async () => {
    const { model } = given();
    const watched = await watchIdle();
    model.manner = 'speaks';
    model.words = SHORT_TURN;
    watched.did('a turn of 8 s');
    await ask();
    await watched.reaches('healthy', 30_000);
    await watched.keeps(STUCK_AFTER_MS + 5_000);
    assert.deepEqual(watched.besides('unverified', 'healthy'), []);
    model.words = LONG_TURN;
    watched.did('a turn of 40 s');
    await ask();
    await watched.reaches('stuck', 60_000);
    await watched.reaches('healthy', 60_000);
    assert.deepEqual(watched.besides('unverified', 'healthy', 'stuck'), []);
  });

  it('does not answer while it is frozen, and goes on through its restart', async () => {
    const codex = given().daemon;
    const watched = await watchIdle();
    const { pid } = codex;
    watched.did('frozen');
    process.kill(pid, 'SIGSTOP');
    await watched.reaches('unresponsive', 90_000);
    watched.did('goes on');
    process.kill(pid, 'SIGCONT');
    await watched.reaches('unverified', 60_000);
    watched.did('daemon restart');
    await codex.daemon('restart');
    assert.notEqual(codex.pid, pid);
    await watched.keeps(5_000);
    assert.deepEqual(watched.besides('unverified', 'notAnswering'), []);
    watched.did('daemon stop');
    await codex.daemon('stop');
    await watched.reaches('unreachable', 60_000);
    assert.deepEqual(watched.besides('unverified', 'notAnswering', 'unreachable'), []);
  });

  it('is red once it was killed in a turn, or has lost its socket; what it left undone is not of the next life', async () => {
    const codex = given().daemon;
    const watched = await watchIdle();
    await ask();
    await watched.reaches('healthy', 30_000);
    watched.did('kill -9, in a turn');
    process.kill(codex.pid, 'SIGKILL');
    await watched.reaches('unreachable', 60_000);
    watched.did('daemon start');
    await codex.daemon('start');
    await watched.reaches('unverified', 60_000);
    await watched.keeps(STUCK_AFTER_MS + 5_000);
    assert.deepEqual(watched.besides('unreachable', 'unverified', 'healthy'), []);
    watched.did('its socket is gone');
    rmSync(codex.socket);
    await watched.reaches('unreachable', 60_000);
  });

  it('is restarted by its own command', async () => {
    const { daemon: codex, scene } = given();
    await codex.daemon('start');
    const { pid, home } = codex;
    const { folder } = scene;
    const window = new RestartingWindow({ kind: 'generic', port: 0, folder, env: home.env, entry: entry() });
    scene.has({ end: () => window.dispose() });
    const outcome = await window.restart(await window.plan());
    assert.match(outcome.text, /^codex restarted in .*, but the daemon has nothing to do, so nothing shows/);
    assert.notEqual(codex.pid, pid);
  });

  it('is neither red nor amber after the machine slept', async () => {
    const { daemon, scene } = given();
    await daemon.daemon('start');
    const watched = scene.watchApart(entry());
    await watched.reaches('unverified', 60_000);
    await watched.sleep([daemon.home], 60_000);
    await watched.keeps(30_000);
    assert.deepEqual(watched.besides('unverified', 'notAnswering'), []);
    assert.equal(watched.now?.state, 'unverified');
  });
});
