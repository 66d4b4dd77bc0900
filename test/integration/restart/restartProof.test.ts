import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findListener, processTable } from '../../../src/system/processTable';
import { DAEMON, World } from './restartWorld';
import { notRun } from '../../support/notRun';

/** Only root may run something as somebody else. */
const isRoot = process.getuid?.() === 0;

describe('who answers after a restart', function () {
  this.timeout(40_000);
  let world: World;
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'daemon-health-proof-'))));
  afterEach(async () => {
    await world.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const daemon = () => [process.execPath, DAEMON, '--port', String(world.port)];
  const shell = (line: string, env: NodeJS.ProcessEnv) =>
    world.run(['/bin/sh', '-c', line, 'sh', ...daemon()], { env: { ...process.env, ...env } });
  const isKnown = async () => (await world.controller.plan(world.model)).ownerIsKnown;

  for (const [end, line, words] of [
    ['ends with 1', 'sleep 1; exit 1', /^The start command ended with exit code 1, and port/],
    ['is terminated', 'sleep 1; kill -9 $$', /^The start command was terminated, and port/],
  ] as const) {
    it(`is no cure where the start command ${end}`, async () => {
      world = await World.create({
        start: (_signal, env) => {
          world.start();
          return Promise.resolve(shell(line, env));
        },
      });
      await world.running();
      const outcome = await world.restart();
      assert.equal(outcome.kind, 'failed', outcome.text);
      assert.match(outcome.text, words);
      const stranger = world.children[1]!.pid!;
      assert.match(outcome.text, new RegExp(`answered by process ${stranger} \\(.*, which this restart`));
      assert.equal(await isKnown(), false);
    });
  }

  it('is no cure where the start command ends well and somebody else started who answers', async () => {
    world = await World.create({
      start: (_signal, env) => {
        world.start();
        return Promise.resolve(shell('exit 0', env));
      },
    });
    await world.running();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'unproven', outcome.text);
    assert.match(
      outcome.text,
      /^test answers after .*, but port \d+ is answered by process \d+ \(.*\), which this restart is not proven to have started\.$/,
    );
    assert.equal(await isKnown(), false, 'who is not ours is not ended without a question');
  });

  it('is no cure where it ran before and took the port', async () => {
    world = await World.create({
      start: (_signal, env) => {
        world.children[0]!.kill('SIGUSR2');
        return Promise.resolve(shell('exit 0', env));
      },
    });
    const waits = `
      const now = () => new Date().toISOString();
      const health = () => ({ lastPollStartedAt: now(), lastPollCompletedAt: now(), pollStale: false });
      const server = require('http').createServer((_, response) =>
        response.end(JSON.stringify({ isRunning: true, available: true, health: health() })));
      process.on('SIGUSR2', () => server.listen(${world.port}, '127.0.0.1'));
      setInterval(() => {}, 60_000);
      console.log('listening');`;
    world.run([process.execPath, '-e', waits, 'stranger']);
    await world.said('listening');
    await world.running();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'failed', outcome.text);
    assert.match(
      outcome.text,
      /^Port \d+ is answered by process \d+ \(.*\), which ran before and which this restart did not start\.$/,
    );
  });

  it('is no cure where it is another user’s', async function () {
    if (!isRoot) notRun(this, 'only root starts a process of another user');
    const file = join(folder, 'daemon.mjs');
    copyFileSync(DAEMON, file);
    chmodSync(folder, 0o755);
    world = await World.create({
      start: (_signal, env) => {
        const words = [process.execPath, file, '--port', String(world.port)];
        world.run(words, { uid: 65_534, cwd: folder, env: { ...process.env, ...env } });
        return Promise.resolve(shell('exit 0', env));
      },
    });
    await world.running();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'failed', outcome.text);
    assert.match(outcome.text, /of another user, which this restart did not start\.$/);
  });

  it('is the daemon that the start command left behind, whoever adopted it', async () => {
    world = await World.create({
      start: (_signal, env) => Promise.resolve(shell('setsid "$@" >/dev/null & exit 0', env)),
    });
    await world.running();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.equal(await isKnown(), true);
  });

  it('is the daemon below a start command that runs on, though it has another environment', async () => {
    world = await World.create({
      start: (_signal, env) => Promise.resolve(shell('env -i "$@"; exit 0', env)),
    });
    await world.running();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
  });

  it('is the daemon that a service manager started as the start command told it to', async function () {
    world = await World.create({
      start: (_signal, env) => Promise.resolve(shell('env -i setsid "$@" >/dev/null & exit 0', env)),
    });
    await world.running();
    const outcome = await world.restart();
    const listener = await findListener(world.port);
    const [parent] = await processTable().ancestors(listener!.pid);
    // Where something else than process 1 adopts, there is no service manager to see.
    if (parent !== 1) notRun(this, 'another process than 1 adopts orphans here');
    assert.equal(outcome.kind, 'cured', outcome.text);
  });
});
