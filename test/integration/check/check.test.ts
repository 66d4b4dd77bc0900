import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../support/freePort';
import { notRun } from '../../support/notRun';
import { answering, Scope } from '../support';

const DISPATCHD = resolve(__dirname, '../../../dist/dispatchd.js');

/** Runs the built program as a user does. */
function check(...args: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [DISPATCHD, 'check', ...args], (failed, out, error) =>
      done({ code: failed ? Number(failed.code) : 0, out, error }),
    );
  });
}

describe('dispatchd check', function () {
  this.timeout(60_000);
  const scope = new Scope();
  let folder: string;
  before(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-check-')))));
  afterEach(() => scope.close());
  after(() => rmSync(folder, { recursive: true, force: true }));

  const now = () => new Date().toISOString();
  const kept = () =>
    JSON.stringify({
      status: 'pass',
      progress: { version: 1, lastCompletedAt: now(), owedSinceAt: now(), redAfterMs: 60_000 },
    });

  it('says what an endpoint and a file have and lack, each by its exit code', async () => {
    const server = await scope.http((request, response) =>
      answering(request.url === '/kept' ? kept() : '{"status":"ok"}')(request, response),
    );
    const file = join(folder, 'health.json');
    writeFileSync(file, kept());
    const [good, bare, inFile, missing, refused] = await Promise.all([
      check(`${server.origin}/kept`),
      // As people type an address: without its scheme.
      check(`${server.origin.replace('http://', '')}/bare`),
      check(file),
      check(join(folder, 'nothing')),
      check(`http://127.0.0.1:${await freePort()}/`),
    ]);
    assert.deepEqual([good.code, bare.code, inFile.code, missing.code, refused.code], [0, 1, 0, 1, 1]);
    assert.match(
      good.out,
      /^http:\S+\/kept\nNothing is lacking\.\n {2}good {2}The endpoint answers HTTP 200 [^\n]*\n( {2}(good|note) [^\n]*\n)+$/,
    );
    assert.match(good.out, /note {2}The time of the last work was new at both looks\./);
    assert.match(
      bare.out,
      /^http:\S+\/bare\n1 thing is lacking\.\n.* {2}LACK {2}[^\n]*"progress" is missing\.\n\nWhat to serve/s,
    );
    assert.match(inFile.out, /good {2}The file was read/);
    assert.match(missing.out, /LACK {2}Nothing can be read: \S+nothing is not there\./);
    assert.match(refused.out, /LACK {2}Nothing can be read: connection refused\./);
    assert.deepEqual([...new Set(server.requests)].sort(), ['/bare', '/kept'], 'no path is guessed');
  });

  it('asks no other machine unless a flag says so, and says how it is used', async () => {
    const elsewhere = await check('http://192.0.2.1/health');
    assert.deepEqual(
      [elsewhere.code, elsewhere.error],
      [2, 'dispatchd: 192.0.2.1 is not this machine. Give --allow-remote to ask another machine.\n'],
    );
    for (const args of [[], ['a', 'b'], ['--port', '1', 'x'], ['https://127.0.0.1/']]) {
      const { code, error } = await check(...args);
      assert.equal(code, 2, `${args.join(' ')}: ${error}`);
      assert.match(error, /^dispatchd: .+\n$/);
    }
  });

  it('ends in time and in one sentence for what is endless', async function () {
    const tooLarge = await scope.http(answering('x'.repeat(5 * 1024 * 1024)));
    const deep = await scope.http(answering('['.repeat(200_000)));
    const [huge, binary] = [join(folder, 'huge'), join(folder, 'binary')];
    writeFileSync(huge, '');
    truncateSync(huge, 64 * 1024 ** 2);
    writeFileSync(binary, Buffer.from([0, 1, 2, 255]));
    const [large, parts, aFolder, aHugeFile, aBinaryFile] = await Promise.all([
      check(tooLarge.origin),
      check(deep.origin),
      check(folder),
      check(huge),
      check(binary),
    ]);
    assert.match(large.out, /LACK {2}Nothing can be read: the answer is larger than 4 MiB\./);
    assert.match(parts.out, /LACK {2}Nothing can be read: the answer has more than 100000 lists/);
    assert.match(aFolder.out, /LACK {2}The answer is no health answer: \S+ is not a plain file\./);
    assert.match(aHugeFile.out, /LACK {2}The answer is no health answer: \S+huge is longer than 4 MiB\./);
    assert.match(aBinaryFile.out, /LACK {2}The answer is no health answer: the answer is not JSON\./);
    for (const { out } of [large, parts, aFolder, aHugeFile, aBinaryFile])
      assert.match(out, /^\S+\n1 thing is lacking\.\n/);
    if (process.platform === 'win32') notRun(this, 'Windows has no pipes in folders');
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    assert.match((await check(join(folder, 'pipe'))).out, /pipe is not a plain file\./);
  });
});
