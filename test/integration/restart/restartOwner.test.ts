import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, linkSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findListener, isAlive } from '../../../src/system/processTable';
import { planFor } from '../../../src/restart/plan';
import { healthyAnswer } from '../../support/answeringServer';
import { until } from '../../support/until';
import { DAEMON, World } from './restartWorld';
import { notRun } from '../../support/notRun';
import { saying, spoken } from '../../support/spoken';

/** Only root may run something as somebody else. */
const isRoot = process.getuid?.() === 0;
const canUnshare = isRoot && spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

describe('a restart ends the daemon’s own process and no other', function () {
  this.timeout(40_000);
  let world: World;
  let folder: string;
  /** Who got a socket from `handsOver.mjs`: they outlive it. */
  let heirs: number[] = [];

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'daemon-health-owner-'))));
  afterEach(async () => {
    await world.dispose();
    for (const pid of heirs.splice(0)) if (await isAlive(pid)) process.kill(pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** The port's process is refused with these words, and lives on. */
  async function refused(words: RegExp): Promise<void> {
    await assert.rejects(world.restart(), saying(words));
    await assert.rejects(world.stop(), saying(words));
    assert.equal((await findListener(world.port))?.pid, world.children[0]?.pid);
    assert.equal(world.children.length, 1);
    assert.deepEqual(world.steps, []);
  }

  const flags = () => ['--port', String(world.port)];

  it('not docker-proxy or another program that only passes connections on', async () => {
    world = await World.create();
    world.run([nodeNamed('docker-proxy'), DAEMON, ...flags()]);
    await world.listening();
    await refused(
      /Port \d+ is held by docker-proxy, process \d+ \(.*\), which only passes connections on: test runs elsewhere, such as in a container or on another machine\. Restart test there\. Nothing was ended\.$/,
    );
  });

  /** The runtime under another name, as a file. */
  function nodeNamed(name: string): string {
    const file = join(folder, name);
    try {
      linkSync(process.execPath, file);
    } catch {
      copyFileSync(process.execPath, file);
    }
    return file;
  }

  for (const [how, start] of [
    ['by its file', (daemon: string[]) => world.run([nodeNamed('socat'), ...daemon])],
    [
      'by the name that it was started under',
      (daemon: string[]) => world.run([process.execPath, ...daemon], { argv0: 'socat' }),
    ],
  ] as const) {
    it(`not a tunnel, ${how}, whose far end answers with the tunnel’s number`, async () => {
      world = await World.create();
      start([DAEMON, ...flags(), '--as-dispatchd', join(folder, 'state')]);
      await world.listening();
      assert.equal(world.model.track.last?.report.instance?.pid, world.children[0]!.pid);
      await refused(/held by socat, process \d+ \(.*\), which only passes connections on/);
      assert.doesNotMatch(world.output.join(''), /POST/, 'it gets no token');
    });
  }

  /** Waits until the children of `handsOver.mjs` listen. @returns their numbers */
  async function handedOver(node: string, own: string[], daemon: string[] = []): Promise<number[]> {
    const script = join(__dirname, '..', '..', 'fixtures', 'daemons', 'handsOver.mjs');
    const words = [script, ...flags(), '--node', process.execPath, ...own, '--', ...daemon];
    world.run([node, ...words]);
    const pids = () => [...world.output.join('').matchAll(/listening (\d+)/g)].map(([, pid]) => Number(pid));
    const count = Number(own[own.indexOf('--children') + 1] ?? 1) || 1;
    await until(() => pids().length === count);
    heirs = pids();
    await world.registry.refresh();
    return pids();
  }

  it('not who listens for a daemon that names itself, but that daemon', async () => {
    world = await World.create();
    const [pid] = await handedOver(process.execPath, [], ['--as-dispatchd', join(folder, 'state')]);
    const plan = await world.controller.plan(world.model);
    assert.equal(plan.owner?.pid, pid);
    assert.equal(plan.ownerIsKnown, true);
    await assert.rejects(world.stop(), saying(/has ended, but port \d+ is held by another process now/));
    assert.equal(await isAlive(pid!), false);
    assert.equal(await isAlive(world.children[0]!.pid!), true);
  });

  it('not a service manager that listens for a daemon which does not name itself', async () => {
    world = await World.create();
    const [pid] = await handedOver(nodeNamed('systemd'), []);
    assert.equal((await world.controller.plan(world.model)).owner?.pid, pid);
    await assert.rejects(world.stop(), saying(/has ended, but port \d+ is held by another process now/));
    assert.equal(await isAlive(world.children[0]!.pid!), true);
    // Now it is the only one that listens.
    const words = /held by systemd, process \d+ \(.*\), which starts and ends services.*Nothing was ended/;
    await assert.rejects(world.stop(), saying(words));
    await assert.rejects(world.restart(), saying(words));
    assert.equal(await isAlive(world.children[0]!.pid!), true);
  });

  it('the first of a family that shares a socket, as workers do', async () => {
    world = await World.create();
    await handedOver(process.execPath, ['--children', '2']);
    const { owner } = await world.controller.plan(world.model);
    assert.equal(owner?.pid, world.children[0]!.pid);
  });

  it('none of several that share a socket, where nothing tells which is meant', async () => {
    world = await World.create();
    const pids = await handedOver(process.execPath, ['--children', '2', '--ends']);
    const words =
      /held by 2 processes that share a socket, process \d+ \(.*\) and process \d+ \(.*\)\. .*Nothing was/;
    await assert.rejects(world.stop(), saying(words));
    await assert.rejects(world.restart(), saying(words));
    for (const pid of pids) assert.equal(await isAlive(pid), true);
  });

  it('not one of another user', async function () {
    if (!isRoot) notRun(this, 'only root starts a process of another user');
    world = await World.create();
    const file = join(folder, 'daemon.mjs');
    copyFileSync(DAEMON, file);
    chmodSync(folder, 0o755);
    world.run([process.execPath, file, ...flags()], { uid: 65_534, cwd: folder });
    await world.listening();
    await refused(/held by process \d+ \(.*\) of another user\. Nothing was ended/);
  });

  it('not one in a container that shares our network', async function () {
    if (!canUnshare) notRun(this, 'no PID namespace can be made here');
    world = await World.create();
    world.run(['unshare', '--pid', '--fork', '--kill-child', process.execPath, DAEMON, ...flags()]);
    await world.listening();
    await assert.rejects(
      world.restart(),
      saying(/runs in a container: restart the daemon there\. Nothing was ended/),
    );
    assert.ok(await findListener(world.port));
  });

  it('not the editor, nor what the editor was started from', async () => {
    world = await World.create();
    const server = createServer((_request, response) => healthyAnswer(response));
    await world.registry.refresh();
    await once(server.listen(world.port, '127.0.0.1'), 'listening');
    await world.registry.refresh();
    assert.equal(world.model.track.verdict.state, 'healthy');
    await assert.rejects(
      world.restart(),
      saying(/in which this editor runs or from which this editor was started\. Nothing was ended/),
    );
    server.close();
  });

  it('not an unrelated server that took the port of a daemon that was there', async () => {
    world = await World.create();
    const pid = await world.running(['--as-dispatchd', join(folder, 'state')]);
    process.kill(pid, 'SIGKILL');
    await once(world.children[0]!, 'exit');
    const code = `require('http').createServer((_, response) => response.end('<html>'))
      .listen(${world.port}, '127.0.0.1', () => console.log('listening'))`;
    world.run([process.execPath, '-e', code, 'unrelated']);
    await world.listening();
    assert.equal(world.model.track.verdict.state, 'wrongAnswer');
    await assert.rejects(
      world.restart(),
      saying(/process \d+ \(.*unrelated\), which does not answer as a daemon/),
    );
    assert.equal(await isAlive(world.children[1]!.pid!), true);
  });

  it('not what listens on the same port of another address', async () => {
    world = await World.create();
    const other = `require('http').createServer((_, response) => response.end())
      .listen(${world.port}, '127.0.0.2', () => console.log('listening'))`;
    world.run([process.execPath, '-e', other]);
    await world.listening();
    const pid = await world.running();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.equal(await isAlive(pid), false);
    assert.equal(await isAlive(world.children[0]!.pid!), true);
  });

  it('not what took the port while the user was thinking', async () => {
    world = await World.create();
    const old = await world.running();
    const plan = await world.controller.plan(world.model);
    process.kill(old, 'SIGKILL');
    await once(world.children[0]!, 'exit');
    const pid = await world.running();
    const work = { signal: world.abort.signal, onStep: () => undefined };
    const outcome = spoken(await world.controller.restart(plan, work));
    assert.match(
      outcome.text,
      new RegExp(`held by another process now, ${pid} .* Nothing was ended and nothing was started`),
    );
    await assert.rejects(
      world.controller.stop(plan, work),
      saying(/held by another process now.* Nothing was ended/),
    );
    assert.equal(await isAlive(pid), true);
  });

  it('none where no lock can be made that keeps other windows away', async () => {
    world = await World.create();
    const pid = await world.running();
    rmSync(world.folder, { recursive: true });
    // A file in its place, so that root, too, is refused.
    writeFileSync(world.folder, '');
    const words = /^Nothing was done: another window may be restarting or stopping test, and the file .* \(E/;
    assert.match((await world.restart()).text, words);
    await assert.rejects(world.stop(), saying(words));
    assert.equal(await isAlive(pid), true);
  });

  it('none where another machine may be restarting it, and names the file to delete', async () => {
    world = await World.create();
    const pid = await world.running();
    const name = createHash('sha256').update(world.origin).digest('hex').slice(0, 32);
    const file = join(world.folder, `restart.${name}.lock`);
    const owner = { key: 'a', pid: 7, startedAtMs: 1, bootId: 'unknown', machine: 'another' };
    writeFileSync(file, JSON.stringify(owner));
    const words =
      'Nothing was done: test may be being restarted or stopped by process 7 on another machine. Whether that process ' +
      `still runs cannot be told from here: if process 7 has ended, delete ${file} and try again.`;
    assert.equal((await world.restart()).text, words);
    await assert.rejects(world.stop(), saying(words));
    assert.equal(await isAlive(pid), true);
  });

  it('nothing here for a daemon of another machine', async () => {
    world = await World.create({ host: '192.0.2.1' });
    world.start();
    while (!world.output.join('').includes('listening'))
      await new Promise((resolve) => setTimeout(resolve, 50));
    await refused(
      /test is not on this machine \(192\.0\.2\.1\): start and stop test there\. Nothing was done/,
    );
  });

  it('and says when it began and what it is', async () => {
    world = await World.create();
    const before = Date.now();
    const pid = await world.running();
    const { owner, ownerIsKnown } = await world.controller.plan(world.model);
    assert.equal(owner?.pid, pid);
    assert.equal(owner?.isOurs, true);
    assert.match(owner?.commandLine ?? '', /daemon\.mjs --port/);
    assert.ok(Math.abs(owner.startedAtMs! - before) < 2_000, 'to the second');
    assert.equal(ownerIsKnown, false, 'it was not started by us, and does not say its number');
    await world.restart();
    assert.equal((await world.controller.plan(world.model)).ownerIsKnown, true);
  });

  for (const platform of ['darwin', 'win32'] as const) {
    it(`is ended only after a question on ${platform}, though we started it: no run there is on record`, async () => {
      world = await World.create();
      await world.running();
      const { owner: started } = await world.controller.plan(world.model);
      const isKnown = async (on: NodeJS.Platform) =>
        (await planFor(world.model, started, [], on)).ownerIsKnown;
      assert.deepEqual([await isKnown('linux'), await isKnown(platform)], [true, false]);
    });
  }
});

describe('a port that stays taken', function () {
  this.timeout(40_000);
  let world: World;
  afterEach(() => world.dispose());

  it('by a process that the old one left behind is waited for, and then free', async () => {
    world = await World.create();
    await world.running(['--successor-ms', '1500']);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
  });

  it('for long ends the restart, which says who holds it; no second daemon is started', async () => {
    world = await World.create();
    const pid = await world.running(['--successor-ms', '30000']);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'failed');
    assert.match(outcome.text, /Port \d+ is still held by process \d+ \(.*successor\)\. Nothing was started/);
    assert.equal(await isAlive(pid), false);
    assert.equal(world.children.length, 1);
  });

  it('makes a stop say who holds it', async () => {
    world = await World.create();
    const pid = await world.running(['--successor-ms', '30000']);
    await assert.rejects(
      world.stop(),
      saying(
        new RegExp(
          `Process ${pid} has ended, but port \\d+ is held by another process now: \\d+ \\(.*successor\\)`,
        ),
      ),
    );
  });
});
