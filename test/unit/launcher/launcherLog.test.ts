import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addToLog, lastSaid, lastWords } from '../../../src/launcher/launcherLog';

describe("the launcher's words in the log", () => {
  let folder: string;
  let log: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-log-'));
    log = join(folder, 'logs', 'daemon.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are read back, the last ones, whatever the daemon prints before and after', async () => {
    addToLog(log, 'The first reason.');
    appendFileSync(log, 'a line of the daemon\n');
    addToLog(log, 'The second reason.');
    appendFileSync(log, 'and one more\n');
    assert.equal(await lastSaid(log, Date.now() - 60_000), 'The second reason.');
  });

  it('are not read back where they are of an earlier start', async () => {
    addToLog(log, 'The reason of yesterday.', new Date(Date.now() - 1_000));
    assert.equal(await lastSaid(log, Date.now()), undefined);
  });

  it('are bounded, and hold neither links nor icons', async () => {
    addToLog(log, `[Click](command:x.y) $(error) \u001b[31m${'x'.repeat(1_000)}`);
    const said = (await lastSaid(log, 0)) ?? '';
    assert.ok(said.length <= 300, String(said.length));
    assert.match(said, /^\[Click\] \(command:x\.y\) \(error\) /);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(said, /\u001b/);
  });

  it('are not known of a log that is not there, is no text, or is endless', async () => {
    assert.equal(await lastSaid(log, 0), undefined);
    writeFileSync(join(folder, 'other'), Buffer.alloc(4_000_000, 0xff));
    assert.equal(await lastSaid(join(folder, 'other'), 0), undefined);
  });

  for (const [output, words] of [
    ['no database\n', 'no database'],
    ['first\nlast.\n\n', 'last'],
    ['\u001b[31merror: port is taken\u001b[0m\r\n', 'error: port is taken'],
    [
      "node:net:1\n    throw er;\n    ^\n\nError: listen EADDRINUSE\n    at Server.x (node:net:1)\n  code: 'E'\n}\n\nNode.js v22.1.0\n",
      'Error: listen EADDRINUSE',
    ],
    [
      'Traceback (most recent call last):\n  File "x", line 1\nModuleNotFoundError: No module named x\n',
      'ModuleNotFoundError: No module named x',
    ],
    ['', undefined],
    ['---\n', undefined],
  ] as const) {
    it(`of ${JSON.stringify(output.slice(0, 30))} the last line that says something is ${words}`, () => {
      assert.equal(lastWords(output), words);
    });
  }
});
