import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/freePort';
import { notRun } from '../support/notRun';
import { OpenCode } from '../support/real/opencode';
import { presetEntry } from '../support/real/presetEntry';
import { SilentModel } from '../support/real/silentModel';
import { Watched } from '../support/real/watched';
import { until } from '../support/until';

/** The preset says 15 min. */
const STUCK_AFTER_MS = 15_000;

describe('a real server of opencode, by its presets', function () {
  this.timeout(300_000);
  let folder: string;
  let model: SilentModel;
  let opencode: OpenCode | undefined;
  let watched: Watched | undefined;

  beforeEach(async function () {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-opencode-')));
    model = await SilentModel.start();
    try {
      opencode = await OpenCode.in(folder, await freePort(), model.url);
    } catch (error) {
      notRun(this, `there is no opencode: ${(error as Error).message.split('\n')[0]}`);
    }
    await opencode.start();
  });
  afterEach(async () => {
    watched?.dispose();
    await opencode?.home.end();
    model.stop();
    [watched, opencode] = [undefined, undefined];
    rmSync(folder, { recursive: true, force: true });
  });

  function watch(preset: 'opencode' | 'opencode-sessions'): Watched {
    const { home, url } = opencode!;
    const progress = { stuckAfterMs: STUCK_AFTER_MS };
    return (watched = new Watched(presetEntry(preset, { home, url, progress, everyMs: 2_000 })));
  }

  it('is stuck where its model never answers, and never red', async () => {
    const watched = watch('opencode-sessions');
    await watched.reaches('unverified', 60_000);
    await opencode!.ask();
    await until(() => model.asked > 0, 'a question to the model', 60_000);
    const stuck = await watched.reaches('stuck', 120_000);
    assert.equal(stuck.severity, 'amber');
    assert.match(stuck.why, /^suspect: New session .* is busy, with no sign of progress for/);
    await watched.keeps(STUCK_AFTER_MS);
    assert.deepEqual(watched.besides('unverified', 'healthy', 'stuck'), []);
  });

  it('without its sessions never counts as healthy, and does not answer while it is frozen', async () => {
    const watched = watch('opencode');
    await watched.reaches('unverified', 60_000);
    await opencode!.ask();
    await until(() => model.asked > 0, 'a question to the model', 60_000);
    await watched.keeps(5_000);
    opencode!.server.signal('SIGSTOP');
    await watched.reaches('unresponsive', 90_000);
    opencode!.server.signal('SIGCONT');
    await watched.reaches('unverified', 60_000);
    assert.deepEqual(watched.besides('unverified', 'notAnswering', 'unresponsive'), []);
    await opencode!.server.end();
    await watched.reaches('unreachable', 60_000);
    assert.deepEqual(watched.besides('unverified', 'notAnswering', 'unresponsive', 'unreachable'), []);
  });
});
