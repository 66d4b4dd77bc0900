import assert from 'node:assert/strict';
import { join } from 'node:path';
import type * as LogFile from '../../../../src/ui/shared/log';
import { loadWith } from '../../../support/fakeVSCode';

/** A log, and what it wrote. */
function openLog() {
  const lines: string[] = [];
  const write = (line: string) => void lines.push(line);
  const { Log } = loadWith<typeof LogFile>(
    { window: { createOutputChannel: () => ({ info: write, warn: write, error: write }) } },
    join(__dirname, '../../../../src/ui/shared/log'),
  );
  return { log: new Log(), lines };
}

describe('the log, where what takes secrets out of its lines cannot be loaded', () => {
  it('says so once, and writes the lines that waited, and those that follow', () => {
    const { log, lines } = openLog();
    const error = new Error("Cannot find module './surfaces.js'");
    log.info('The file of restarts was read anew');
    assert.deepEqual(lines, []);
    log.cleanRoughly('What is shown', error);
    log.cleanRoughly('What is shown', error);
    log.info('The file of snoozes was read anew');
    assert.match(lines[0]!, /^A part of the extension could not be loaded\./);
    assert.equal(lines[1], 'The file of restarts was read anew');
    assert.match(lines[2]!, /^What is shown: .* find module .*surfaces/s);
    assert.deepEqual(lines.slice(3), ['The file of snoozes was read anew']);
  });

  for (const secret of [
    'password: hunter2',
    'TOKEN=abc12',
    'http://user:pw7@host/x',
    'Authorization: Bearer q7x',
    'see http://host/x?key=k1y2',
    'run x --password p4ss',
    'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  ]) {
    it(`leaves out what may be a secret: ${secret}`, () => {
      const { log, lines } = openLog();
      log.cleanRoughly('What is shown', 'x');
      log.info(`of ${secret}`);
      assert.doesNotMatch(lines.at(-1)!, /hunter2|abc12|pw7|q7x|k1y2|p4ss|16C7e/);
    });
  }

  it('has whole lines again once it was loaded after all', () => {
    const { log, lines } = openLog();
    log.cleanRoughly('What is shown', 'x');
    log.cleanWith((line) => line);
    log.info('shop: healthy');
    assert.equal(lines.at(-1), 'shop: healthy');
  });
});
