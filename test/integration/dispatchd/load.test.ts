import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DaemonProcess, newStateDir } from '../../support/dispatchd/daemonProcess';
import { load } from '../../support/dispatchd/load';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';
import { dispatchdScope } from '../dispatchdScope';

/** `DISPATCHD_LOAD_SECONDS=60` is the minute of the long run. */
const SECONDS = Number(process.env['DISPATCHD_LOAD_SECONDS'] ?? 4);
/** What the record of some thousand tasks takes, bounded, and what no collection frees at once; a leak takes more. */
const SPREAD_MB = 12;

/** Makes a process write its heap, in bytes and without what is garbage, into a file at SIGUSR2. */
const REPORTS_HEAP = (file: string) => `
  require('v8').setFlagsFromString('--expose-gc');
  const gc = require('vm').runInNewContext('gc');
  process.on('SIGUSR2', () => {
    gc();
    require('fs').writeFileSync(${JSON.stringify(file)}, String(process.memoryUsage().heapUsed));
  });`;

describe(`dispatchd under load for ${SECONDS} s`, function () {
  this.timeout(30_000 + 3_000 * SECONDS);
  dispatchdScope();

  it('answers all of it, with no error but refusals, and its heap stays flat', async function () {
    if (process.platform === 'win32') notRun(this, 'Windows has no SIGUSR2');
    const dir = newStateDir();
    const [script, file] = [join(dir, 'heap.cjs'), join(dir, 'heap')];
    writeFileSync(script, REPORTS_HEAP(file));
    const env = { NODE_OPTIONS: `--require ${script}` };
    const daemon = await DaemonProcess.start(['--workers', '2'], undefined, {}, undefined, env);
    const heapMb = async () => {
      rmSync(file, { force: true });
      daemon.child.kill('SIGUSR2');
      await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '', 'its heap');
      return Number(readFileSync(file, 'utf8')) / 1_048_576;
    };
    // What is made once is made: code is compiled, lists are at their bounds.
    await load(daemon, Math.max(2, SECONDS / 4));
    const before = await heapMb();
    const result = await load(daemon, SECONDS);
    const after = await heapMb();
    assert.deepEqual([result.errors, result.timeouts], [0, 0], JSON.stringify(result));
    assert.ok(result['2xx'] > 100, JSON.stringify(result));
    assert.equal(result['5xx'], 0);
    const refusals = Object.keys(result.statusCodeStats ?? {}).filter((code) => !code.startsWith('2'));
    for (const code of refusals) assert.ok(['400', '401', '403', '404', '429'].includes(code), code);
    assert.ok(after - before < SPREAD_MB, `${before} MB became ${after} MB`);
    assert.equal((await daemon.get('/api/daemon/status')).json<{ available: boolean }>().available, true);
  });
});
