import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentOf, startedAs } from '../../../src/system/processEnv';

describe('how a process was started', function () {
  let folder: string;
  let child: ChildProcess | undefined;

  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-env-')))));
  afterEach(() => {
    child?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  async function started(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
    const script = 'console.log("up"); setInterval(() => {}, 1000)';
    child = spawn(process.execPath, ['-e', script, '--', ...args], {
      env,
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child.stdout!, 'data');
    return child.pid!;
  }

  it('is told with each word and each variable whole', async () => {
    const words = ['a word with spaces', '', 'ä"\n', 'x'.repeat(5_000)];
    const pid = await started(words, {
      PATH: '/usr/bin',
      LONG: 'y'.repeat(100_000),
      A: 'b=c\n d',
      __proto__x: '',
    });
    const found = await startedAs(pid);
    assert.deepEqual(found?.argv.slice(-words.length), words);
    assert.equal(found?.argv[0], process.execPath);
    assert.equal(found?.cwd, folder);
    assert.deepEqual(
      { ...(await environmentOf(pid)) },
      { PATH: '/usr/bin', LONG: 'y'.repeat(100_000), A: 'b=c\n d', __proto__x: '' },
    );
  });

  it('is not known of a process that is gone, nor of another user', async () => {
    const pid = await started([], { PATH: '/usr/bin' });
    child!.kill('SIGKILL');
    await once(child!, 'exit');
    assert.equal(await environmentOf(pid), undefined);
    assert.equal(await startedAs(pid), undefined);
    const isOurs = process.getuid?.() === 0;
    if (!isOurs) assert.equal(await environmentOf(1), undefined);
  });

  it('has no folder where that was deleted', async () => {
    const pid = await started([], { PATH: '/usr/bin' });
    rmSync(folder, { recursive: true });
    assert.equal((await startedAs(pid))?.cwd, undefined);
  });
});
