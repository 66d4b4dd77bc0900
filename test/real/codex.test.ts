import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notRun } from '../support/notRun';
import { Codex } from '../support/real/codex';
import { presetEntry } from '../support/real/presetEntry';
import { SilentModel } from '../support/real/silentModel';
import { Watched } from '../support/real/watched';
import { until } from '../support/until';

/** The preset says 15 min. */
const STUCK_AFTER_MS = 15_000;

describe('a real app-server of Codex, by its preset', function () {
  this.timeout(300_000);
  let folder: string;
  let model: SilentModel;
  let codex: Codex | undefined;
  let watched: Watched | undefined;

  beforeEach(async function () {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-codex-')));
    model = await SilentModel.start();
    try {
      codex = await Codex.in(folder, model.url);
    } catch (error) {
      notRun(this, `there is no codex: ${(error as Error).message.split('\n')[0]}`);
    }
  });
  afterEach(async () => {
    watched?.dispose();
    await codex?.home.end();
    model.stop();
    [watched, codex] = [undefined, undefined];
    rmSync(folder, { recursive: true, force: true });
  });

  function watch(): Watched {
    const { home, program } = codex!;
    const progress = { stuckAfterMs: STUCK_AFTER_MS };
    return (watched = new Watched(
      presetEntry('codex', { home, program: [program], progress, everyMs: 2_000 }),
    ));
  }

  it('is stuck where its model never answers, and never red', async () => {
    await codex!.daemon('start');
    const watched = watch();
    await watched.reaches('unverified', 60_000);
    await codex!.ask();
    await until(() => model.asked > 0, 'a question to the model', 30_000);
    const stuck = await watched.reaches('stuck', 120_000);
    assert.equal(stuck.severity, 'amber');
    assert.match(stuck.why, /^suspect: the daemon is busy, with no sign of progress for/);
    await watched.keeps(STUCK_AFTER_MS);
    assert.deepEqual(watched.besides('unverified', 'healthy', 'stuck'), []);
  });

  it('does not answer while it is frozen, and goes on through its restart', async () => {
    await codex!.daemon('start');
    const watched = watch();
    await watched.reaches('unverified', 60_000);
    const { pid } = codex!;
    process.kill(pid, 'SIGSTOP');
    await watched.reaches('unresponsive', 90_000);
    process.kill(pid, 'SIGCONT');
    await watched.reaches('unverified', 60_000);
    watched.forget();
    await codex!.daemon('restart');
    assert.notEqual(codex!.pid, pid);
    await watched.keeps(5_000);
    assert.deepEqual(watched.besides('unverified', 'notAnswering'), []);
    await codex!.daemon('stop');
    await watched.reaches('unreachable', 60_000);
    assert.deepEqual(watched.besides('unverified', 'notAnswering', 'unreachable'), []);
  });
});
