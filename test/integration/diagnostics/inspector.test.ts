import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { EVIDENCE_TIMEOUT_MS } from '../../../src/diagnostics/policy';
import { inspectNode } from '../../../src/diagnostics/inspectNode';
import { identityOf } from '../../../src/system/identity';
import { findListener, isAlive } from '../../../src/system/processTable';
import { takeInspectorPort } from '../../support/inspectorPort';
import { until } from '../../support/until';

const INSPECTOR_PORT = 9229;
const WAITS = 'setInterval(() => {}, 60_000)';

describe('the inspector of a daemon', function () {
  this.timeout(40_000);
  takeInspectorPort();
  let child: ChildProcess;
  let printed = '';
  const told: string[] = [];

  beforeEach(() => {
    printed = '';
    told.length = 0;
  });
  afterEach(() => child.kill('SIGKILL'));

  async function running(code: string): Promise<number> {
    child = spawn(process.execPath, ['-e', `process.nextTick(() => console.log('ready'));${code}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    child.stdout!.on('data', (chunk) => (printed += String(chunk)));
    await once(child.stdout!, 'data');
    return child.pid!;
  }

  const inspect = async (pid: number, signal: AbortSignal) =>
    inspectNode((await identityOf(pid))!, signal, (text) => told.push(text));
  const isOpen = async () => (await findListener(INSPECTOR_PORT)) !== undefined;
  async function untilClosed(): Promise<void> {
    const endMs = performance.now() + 15_000;
    while (await isOpen()) {
      assert.ok(performance.now() < endMs, `port ${INSPECTOR_PORT} stays open`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  for (const afterMs of [0, 20]) {
    it(`is closed where looking is cancelled ${afterMs} ms after the signal`, async () => {
      const pid = await running(`process.on('SIGUSR2', () => {});${WAITS}`);
      const abort = new AbortController();
      const kill = process.kill.bind(process);
      // The moment of the signal is known only here.
      process.kill = (to: number, name?: string | number) => {
        const sent = kill(to, name);
        if (name === 'SIGUSR1') setTimeout(() => abort.abort(new Error('cancelled')), afterMs);
        return sent;
      };
      try {
        await assert.rejects(inspect(pid, abort.signal), /cancelled/);
      } finally {
        process.kill = kill;
      }
      // An inspector that opens late would open within this time.
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(await isOpen(), false, `port ${INSPECTOR_PORT} is closed`);
      assert.equal(await isAlive(pid), true);
      assert.deepEqual(told, []);
    });
  }

  for (const [what, code] of [
    ['a loop that never ends', 'for (let i = 0; ; i++);'],
    ['a chain of promises that never ends', 'const turn = () => Promise.resolve().then(turn); turn();'],
  ] as const) {
    it(`is closed in ${what}`, async () => {
      const pid = await running(`setTimeout(() => { ${code} }, 100)`);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await inspect(pid, AbortSignal.timeout(EVIDENCE_TIMEOUT_MS));
      assert.equal(await isOpen(), false, `port ${INSPECTOR_PORT} is closed`);
      assert.equal(await isAlive(pid), true);
      assert.deepEqual(told, []);
    });
  }

  it('is closed where it opens late: what blocks the process ends after 4 s', async () => {
    const block = "require('child_process').execSync('sleep 4')";
    const pid = await running(`setTimeout(() => { ${block}; console.log('goes on') }, 10);${WAITS}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await inspect(pid, AbortSignal.timeout(EVIDENCE_TIMEOUT_MS));
    await until(() => printed.includes('goes on'));
    await untilClosed();
    assert.equal(await isAlive(pid), true);
  });

  it('may stay open in a process that is stopped: that is said in time, and it is closed once it goes on', async () => {
    const pid = await running(WAITS);
    process.kill(pid, 'SIGSTOP');
    const startedMs = performance.now();
    const text = await inspect(pid, AbortSignal.timeout(EVIDENCE_TIMEOUT_MS));
    assert.ok(performance.now() - startedMs < EVIDENCE_TIMEOUT_MS);
    const words = new RegExp(`port ${INSPECTOR_PORT} stays open until process ${pid} ends`);
    assert.match(text, words);
    assert.match(told[0] ?? '', words);
    process.kill(pid, 'SIGCONT');
    while (told.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(await isOpen(), false);
    assert.match(told[1]!, /is closed again/);
    assert.equal(await isAlive(pid), true);
  });
});
