import assert from 'node:assert/strict';
import { freePort } from '../support/freePort';
import { OpenCode } from '../support/real/opencode';
import { presetEntry } from '../support/real/presetEntry';
import { eachWithModel } from '../support/real/scene';
import type { Watched } from '../support/real/watched';

/** The preset says 15 min. */
const STUCK_AFTER_MS = 15_000;
/** Words, one a second. */
const SHORT_TURN = 8;
const LONG_TURN = 40;

describe('a real server of opencode, by its presets', function () {
  this.timeout(300_000);
  const given = eachWithModel('opencode', async (folder, model) =>
    OpenCode.in(folder, await freePort(), model),
  );

  function entry(preset: 'opencode' | 'opencode-sessions'): object {
    const { home, url } = given().daemon;
    return presetEntry(preset, { home, url, progress: { stuckAfterMs: STUCK_AFTER_MS }, everyMs: 2_000 });
  }

  async function watchIdle(preset: 'opencode' | 'opencode-sessions'): Promise<Watched> {
    const { daemon, scene } = given();
    await daemon.start();
    const watched = scene.watch(entry(preset));
    await watched.reaches('unverified', 60_000);
    return watched;
  }

  /** A turn begins. */
  async function ask(): Promise<void> {
    const { daemon, model } = given();
    await model.isAskedBy(() => daemon.ask(), 60_000);
  }

  for (const [manner, does] of [
    ['silent', 'never answers'],
    ['refuses', 'refuses each question'],
  ] as const) {
    it(`is stuck where its model ${does}, and never red`, async () => {
      given().model.manner = manner;
      const watched = await watchIdle('opencode-sessions');
      watched.did(`a turn on a model that ${does}`);
      await ask();
      const stuck = await watched.reaches('stuck', 120_000);
      assert.equal(stuck.severity, 'amber');
      assert.match(stuck.why, /^suspect: New session .* is busy, with no sign of progress for/);
      await watched.keeps(STUCK_AFTER_MS);
      assert.deepEqual(watched.besides('unverified', 'healthy', 'stuck'), []);
    });
  }

  it('is never red while it works; a turn that streams moves no time, so a long one is suspect until it ends', async () => {
    const { model } = given();
    const watched = await watchIdle('opencode-sessions');
    model.manner = 'speaks';
    model.words = SHORT_TURN;
    watched.did('a turn of 8 s');
    await ask();
    await watched.reaches('healthy', 30_000);
    await watched.reaches('unverified', 30_000);
    await watched.keeps(STUCK_AFTER_MS);
    assert.deepEqual(watched.besides('unverified', 'healthy'), []);
    model.words = LONG_TURN;
    watched.did('a turn of 40 s');
    await ask();
    await watched.reaches('stuck', 60_000);
    await watched.reaches('unverified', 60_000);
    assert.deepEqual(watched.besides('unverified', 'healthy', 'stuck'), []);
  });

  it('without its sessions never counts as healthy, and does not answer while it is frozen', async () => {
    const opencode = given().daemon;
    const watched = await watchIdle('opencode');
    await ask();
    await watched.keeps(5_000);
    watched.did('frozen');
    opencode.server.signal('SIGSTOP');
    await watched.reaches('unresponsive', 90_000);
    watched.did('goes on');
    opencode.server.signal('SIGCONT');
    await watched.reaches('unverified', 60_000);
    assert.deepEqual(watched.besides('unverified', 'notAnswering', 'unresponsive'), []);
    watched.did('SIGTERM');
    await opencode.server.end();
    await watched.reaches('unreachable', 60_000);
    assert.deepEqual(watched.besides('unverified', 'notAnswering', 'unreachable'), []);
  });

  it('is neither red nor amber after the machine slept', async () => {
    const { daemon, scene } = given();
    await daemon.start();
    const watched = scene.watchApart(entry('opencode-sessions'));
    await watched.reaches('unverified', 60_000);
    await watched.sleep([daemon.home], 60_000);
    await watched.keeps(30_000);
    assert.deepEqual(watched.besides('unverified', 'notAnswering'), []);
    assert.equal(watched.now?.state, 'unverified');
  });
});
