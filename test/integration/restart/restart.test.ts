import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { severityOf } from '../../../src/health/verdict';
import { findListener, isAlive } from '../../../src/system/processTable';
import { until } from '../../support/until';
import { World } from './restartWorld';
import { saying, spoken } from '../../support/spoken';

describe('a restart, on real processes', function () {
  this.timeout(40_000);
  let world: World;
  afterEach(() => world.dispose());

  it('ends the old process, starts a new one and sees it complete a cycle', async () => {
    world = await World.create();
    const oldPid = await world.running([]);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.match(outcome.text, /^test restarted in \d/);
    assert.equal(await isAlive(oldPid), false);
    assert.equal((await findListener(world.port))?.pid, world.children[1]!.pid);
    assert.deepEqual(world.steps, [
      `stopping process ${oldPid}`,
      `process ${oldPid} ended on SIGTERM`,
      `waiting for port ${world.port} to be free`,
      'starting the daemon',
      'waiting for a completed poll cycle',
    ]);
  });

  it('starts a daemon that does not run', async () => {
    world = await World.create();
    await world.registry.refresh();
    const outcome = await world.restart();
    assert.match(outcome.text, /^test started in \d/);
  });

  it('ends by force, with its children, a process that ignores SIGTERM', async () => {
    world = await World.create();
    const oldPid = await world.running(['--ignore-sigterm', '--child']);
    const grandchild = Number(/child (\d+)/.exec(world.output.join(''))?.[1]);
    assert.equal(await isAlive(grandchild), true);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.equal(await isAlive(oldPid), false);
    assert.equal(await isAlive(grandchild), false);
    assert.ok(world.steps.some((step) => step.includes('ending the process by force')));
  });

  it('counts from the consent, and has the hang report', async () => {
    const report = { file: '/r.md', found: 'waited for 28 s; 0 % CPU' };
    world = await World.create({ keepEvidence: () => delay(1_500, { report }) });
    await world.running(['--never-polls']);
    await world.untilUnresponsive();
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.deepEqual(outcome.report, report);
    assert.match(outcome.text, /Before that, the old process waited for 28 s; 0 % CPU\.$/);
    assert.ok('tookMs' in outcome && outcome.tookMs >= 1_500, outcome.text);
  });

  it('says so when the start command fails, with its exit code', async () => {
    world = await World.create({
      start: () => Promise.resolve(world.run([process.execPath, '-e', 'process.exit(7)'])),
    });
    await world.running([]);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'failed');
    assert.match(outcome.text, /exit code 7 and test does not answer \(connection refused\)/);
  });

  it('whose start failed leaves it offline with the reason, which no notification tells again', async () => {
    world = await World.create({
      start: () =>
        Promise.resolve({
          ...world.run([process.execPath, '-e', 'process.exit(7)']),
          said: () =>
            Promise.resolve('The daemon could not be started: node ended with exit code 7: no database.'),
        }),
    });
    await world.running([]);
    const notices: string[] = [];
    world.registry.on('stepped', (_model, events) =>
      events.forEach((event) => event.kind === 'notice' && notices.push(event.notice.kind)),
    );
    const outcome = await world.restart();
    assert.equal(outcome.text, 'The daemon could not be started: node ended with exit code 7: no database.');
    for (let poll = 0; poll < 3; poll++) await world.registry.refresh();
    const { verdict } = world.model.track;
    assert.deepEqual(verdict.reason, {
      is: 'startFailed',
      said: 'node ended with exit code 7: no database',
    });
    assert.deepEqual([verdict.state, severityOf(verdict), notices], ['offline', 'amber', []]);
    const [record] = (await world.controller.plan(world.model)).records;
    assert.equal(record?.startFailed, 'node ended with exit code 7: no database');
    world.start([]);
    await until(() => world.output.join('').match(/listening/g)?.length === 2);
    await world.registry.refresh();
    assert.equal(world.model.track.verdict.state, 'healthy', 'it was started by hand');
  });

  it('that ends well and leaves nothing leaves it offline, too', async () => {
    world = await World.create({ start: () => Promise.resolve(world.run([process.execPath, '-e', ''])) });
    await world.running([]);
    await world.restart({ proofTimeoutMs: 1_500 });
    await world.registry.refresh();
    assert.deepEqual(world.model.track.verdict.reason, { is: 'startFailed', said: 'no answer within 1.5 s' });
  });

  it('does not take a daemon for cured whose loop hangs', async () => {
    const status = {
      isRunning: true,
      health: { lastPollStartedAt: '2026-01-01T00:00:00Z', lastPollCompletedAt: '2026-01-01T00:00:01Z' },
    };
    const code = `require('http').createServer((q, s) => s.writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(${JSON.stringify(status)}))).listen(PORT, '127.0.0.1', () => console.log('listening'))`;
    world = await World.create({
      start: () =>
        Promise.resolve(world.run([process.execPath, '-e', code.replace('PORT', String(world.port))])),
    });
    await world.running([]);
    const outcome = await world.restart({ proofTimeoutMs: 3_000 });
    assert.equal(outcome.kind, 'late');
    assert.match(outcome.text, /the new process answers, but the poll loop hangs/);
  });

  it('does not take a new process for a cure while no cycle has completed', async () => {
    world = await World.create({ flags: ['--never-polls'] });
    await world.running([]);
    setTimeout(() => world.abort.abort(), 3_000);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cancelled');
    assert.match(outcome.text, /was started\. Whether the daemon works was not waited for/);
    assert.equal((await findListener(world.port))?.pid, world.children[1]!.pid);
  });

  it('waits for a port that is freed late', async () => {
    world = await World.create();
    const oldPid = await world.running(['--linger-ms', '1500']);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'cured', outcome.text);
    assert.equal(await isAlive(oldPid), false);
  });

  for (const [when, listens] of [
    ['while it is waited on', () => Promise.resolve()],
    ['before it is waited on', () => until(async () => (await findListener(world.port)) !== undefined)],
  ] as const) {
    it(`whose start command ends well and leaves nothing can be waited on, started by hand ${when}`, async () => {
      world = await World.create({ start: () => Promise.resolve(world.run([process.execPath, '-e', ''])) });
      await world.running([]);
      const outcome = await world.restart({ proofTimeoutMs: 1_500 });
      assert.equal(outcome.kind, 'late');
      assert.match(
        outcome.text,
        /test does not answer \(connection refused\)\. The start command ended with exit code 0\./,
      );
      world.start([]);
      await listens();
      const later = await world.waitLonger();
      assert.equal(later.kind, 'unproven', later.text);
      assert.match(later.text, /which this restart is not proven to have started/);
    });
  }

  it('does not call a daemon cured that crashes while it starts', async () => {
    world = await World.create({ flags: ['--never-polls', '--crash-after-ms', '1000'] });
    await world.running([]);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'failed');
    assert.match(outcome.text, /ended with exit code 3/);
  });

  it('says so when the start command does not exist', async () => {
    world = await World.create({ start: () => Promise.resolve(world.run(['no-such-command-anywhere'])) });
    await world.running([]);
    const outcome = await world.restart();
    assert.equal(outcome.kind, 'failed');
    assert.match(outcome.text, /test does not answer/);
  });

  it('refuses to end an unrelated server on the port, and names it', async () => {
    world = await World.create();
    const server = createServer((_request, response) => response.end('<html>hello')).listen(
      world.port,
      '127.0.0.1',
    );
    await once(server, 'listening');
    await world.registry.refresh();
    await assert.rejects(world.restart(), saying(new RegExp(`${process.pid}.*Nothing was ended`)));
    server.close();
  });

  it('happens once when asked for twice at the same time', async () => {
    world = await World.create();
    await world.running([]);
    const first = world.restart();
    await until(() => world.steps.length > 0);
    await assert.rejects(world.controller.plan(world.model), saying(/already being restarted/));
    assert.equal((await first).kind, 'cured');
  });

  it('happens in one window only when two press Restart', async () => {
    world = await World.create();
    await world.running([]);
    const other = world.otherWindow();
    await other.registry.refresh();
    const plan = await other.controller.plan(other.registry.models[0]!);
    const first = world.restart();
    await until(() => world.steps.length > 0);
    const second = await other.controller.restart(plan, {
      signal: new AbortController().signal,
      onStep: () => undefined,
    });
    assert.match(spoken(second).text, /in another window/);
    assert.equal((await first).kind, 'cured');
    assert.equal(world.children.length, 2);
    other.registry.dispose();
  });

  it('remembers why, when and how it ended', async () => {
    world = await World.create();
    await world.running([]);
    await world.restart();
    const [record] = (await world.controller.plan(world.model)).records;
    assert.equal(record?.kind, 'cured');
    assert.equal(record?.why, 'healthy');
    assert.match(record?.text ?? '', /test restarted in/);
  });

  it('shows "restarting" while it lasts, and no outage', async () => {
    world = await World.create();
    await world.running([]);
    const states = new Set<string>();
    world.registry.on('change', () => states.add(world.model.track.verdict.state));
    await world.restart();
    await world.registry.refresh();
    assert.deepEqual([...states].sort(), ['healthy', 'restarting']);
  });
});
