import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isAlive } from '../../../src/system/processTable';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';

const MODULE = join(__dirname, '../../../src/system/runProgram.ts');

/** Runs a program while no more files can be opened, then one that never ends, and exits. */
const SCRIPT = `
  const { openSync, closeSync } = require('node:fs');
  process.on('uncaughtException', (error) => console.log('uncaught', error));
  const { runProgram } = require(${JSON.stringify(MODULE)});
  (async () => {
    const held = [];
    try { for (;;) held.push(openSync('/dev/null')); } catch {}
    console.log((await runProgram(['true'], { timeoutMs: 10000, maxBytes: 1000 })).is);
    await new Promise((resolve) => setImmediate(resolve));
    held.forEach((file) => closeSync(file));
    const lasting = ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)'];
    void runProgram([process.execPath, ...lasting], { timeoutMs: 60000, maxBytes: 1000 });
    const { readFileSync } = require('node:fs');
    console.log(readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8'));
    process.exit();
  })();`;

describe('a program that is run', function () {
  this.timeout(60_000);

  it('is refused where no more files can be opened, and ends with us', async function () {
    if (process.platform !== 'linux') notRun(this, 'only Linux tells who the children are');
    const args = ['-c', 'ulimit -n 100; exec "$@"', 'sh', process.execPath, '--import=tsx', '-e', SCRIPT];
    const { stdout } = await promisify(execFile)('sh', args);
    const [refused, pids = ''] = stdout.split('\n');
    assert.equal(refused, 'refused', stdout);
    const [lasting] = pids.trim().split(' ').slice(-1).map(Number);
    assert.ok(lasting, stdout);
    await until(async () => !(await isAlive(lasting)), 'the program to be gone');
  });
});
