import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Probe } from '../../../src/kinds/probe';
import { livingChildren } from '../../../src/system/children';
import { ductorProbe } from '../../support/ductorProbe';
import { FakeDuctor, MAIN_RUNS, agentsAnswer } from '../../support/fakeDuctor';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';
import { reportOf } from '../support';

const MINUTE_MS = 60_000;

/** A process that starts and ends one of its own at a word, as ductor does for a turn. */
const WORKER = `
  const { spawn } = require('node:child_process');
  let child;
  process.stdin.on('data', (word) => {
    if (String(word) === 'start') {
      child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
      child.once('spawn', () => process.stdout.write(String(child.pid)));
    } else {
      child.once('exit', () => process.stdout.write('done'));
      child.kill('SIGKILL');
    }
  });
`;

describe('a running turn has a process of its ductor', function () {
  this.timeout(20_000);
  let worker: ChildProcess;
  let ductor: FakeDuctor;
  let probe: Probe;

  before(function () {
    if (process.platform !== 'linux')
      notRun(this, 'only Linux tells of the children of a process without a tool');
  });
  beforeEach(async () => {
    worker = spawn(process.execPath, ['-e', WORKER, 'ductor'], { stdio: ['pipe', 'pipe', 'ignore'] });
    await once(worker, 'spawn');
    ductor = await FakeDuctor.start();
    ductor.begin({ agoMs: 5 * MINUTE_MS, pid: worker.pid! });
    probe = ductorProbe(ductor);
  });
  afterEach(async () => {
    await probe.close();
    await ductor.stop();
    worker.stdin!.destroy();
    worker.kill('SIGKILL');
  });

  const say = async (word: 'start' | 'end'): Promise<number> => {
    worker.stdin!.write(word);
    const [answer] = (await once(worker.stdout!, 'data')) as [Buffer];
    return Number(String(answer));
  };
  const without = async () => reportOf(await probe.ask()).turnsWithoutProcess?.length;

  it('which is told as long as it is there', async () => {
    ductor.turn(MINUTE_MS);
    await say('start');
    assert.equal(await without(), 0);
    await say('end');
    assert.equal(await without(), 1);
  });

  it('and none where nothing runs, or a named session only', async () => {
    assert.equal(await without(), 0);
    ductor.write('named_sessions.json', {
      sessions: [{ name: 'boldowl', status: 'running', prompt_preview: '' }],
    });
    assert.equal(await without(), 0);
  });

  it('also the turn of a sub-agent', async () => {
    const { main } = MAIN_RUNS.body.agents;
    ductor.routes['/interagent/health'] = agentsAnswer({ main, coder: main });
    const started_at = new Date(Date.now() - MINUTE_MS).toISOString();
    ductor.beginAgent('coder', { agoMs: 2 * MINUTE_MS })('inflight_turns.json', {
      turns: { 7: { chat_id: 7, prompt_preview: 'migrate', started_at } },
    });
    assert.equal(await without(), 1);
  });

  it('of which nothing is claimed while it ends', async () => {
    ductor.turn(MINUTE_MS);
    ductor.log('Termination signal received, shutting down gracefully...');
    assert.equal(await without(), undefined);
  });

  it('and whose number is another by now has none that is known', async () => {
    worker.kill('SIGKILL');
    await once(worker, 'exit');
    assert.equal(await livingChildren(worker.pid!), undefined);
  });

  it('which counts no more once it has ended, also where nobody has taken notice', async () => {
    const child = await say('start');
    assert.equal(await livingChildren(worker.pid!), 1);
    worker.kill('SIGSTOP');
    process.kill(child, 'SIGKILL');
    await until(async () => (await livingChildren(worker.pid!)) === 0);
    worker.kill('SIGCONT');
  });
});
