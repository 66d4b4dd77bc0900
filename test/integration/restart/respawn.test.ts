import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findListener, processTable } from '../../../src/system/processTable';
import { DAEMON, World } from './restartWorld';

describe('a restart of a daemon that something else starts again', function () {
  this.timeout(60_000);
  let world: World;
  let started: number;

  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  afterEach(() => world.dispose());

  /** The daemon as the child of a shell that runs these commands. @param script `$DAEMON` is what starts it */
  async function under(script: string): Promise<number> {
    started = 0;
    const command: string[] = [];
    world = await World.create({
      command,
      start: (_signal, env) => {
        started++;
        return Promise.resolve(
          world.run([process.execPath, DAEMON, '--port', String(world.port)], {
            env: { ...process.env, ...env },
          }),
        );
      },
    });
    const file = join(world.folder, 'run.sh');
    const daemon = `"${process.execPath}" "${DAEMON}" --port ${world.port}`;
    writeFileSync(file, script.replaceAll('$DAEMON', daemon));
    command.push('/bin/sh', file);
    return world.running();
  }

  it('by a loop is left to the loop, and what the loop starts is proven', async () => {
    const shell = await under('while true; do $DAEMON; sleep 1; done');
    const old = (await findListener(world.port))!.pid;
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.equal(started, 0, 'never two');
    const { pid } = (await findListener(world.port))!;
    assert.notEqual(pid, old);
    assert.ok((await processTable().ancestors(pid)).includes(shell));
    assert.ok(
      world.steps.some((step) =>
        /^waiting for process \d+ \(\/bin\/sh .*\) to start the daemon again$/.test(step),
      ),
    );
  });

  it('is started by us where the script ends with its daemon', async () => {
    await under('$DAEMON\ntrue');
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.equal(started, 1);
  });

  it('fails where the script goes on and does not start it', async () => {
    const shell = await under('$DAEMON\nsleep 60');
    const outcome = await world.restart({ respawnTimeoutMs: 1_500 });
    assert.equal(outcome.kind, 'failed', outcome.text);
    assert.match(
      outcome.text,
      new RegExp(
        `^Nothing was started: process ${shell} \\(.*\\) is there, and did not start the daemon again within 1\\.5 s\\. The old process has ended\\.$`,
      ),
    );
    assert.equal(started, 0);
  });
});
