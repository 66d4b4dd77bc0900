import assert from 'node:assert/strict';
import { environmentOf, startedAs } from '../../../src/system/processEnv';
import { ToolFailed } from '../../../src/system/exec';

const COMMAND = '/usr/local/bin/python3 -m ductor_bot';

function ps(withEnvironment: string) {
  return (_tool: string, args: readonly string[]) =>
    Promise.resolve(`${args[0] === '-E' ? withEnvironment : COMMAND}\n`);
}

describe('the environment of a process on other systems', () => {
  it('is read on macOS from what ps prints behind the command line', async () => {
    const run = ps(
      `${COMMAND} PATH=/opt/homebrew/bin:/usr/bin NOTE=two words and a = sign DUCTOR_HOME=/Users/u/d x`,
    );
    assert.deepEqual(await environmentOf(4711, { platform: 'darwin', run }), {
      PATH: '/opt/homebrew/bin:/usr/bin',
      NOTE: 'two words and a = sign',
      DUCTOR_HOME: '/Users/u/d x',
    });
  });

  it('is not known where ps prints none, fails, or knows no such process', async () => {
    const nothing = () =>
      Promise.reject(new ToolFailed('failed', 'ps', { exitCode: 1, stdout: '', stderr: '' }));
    const failing = () => Promise.reject(new ToolFailed('timedOut', 'ps'));
    for (const run of [ps(COMMAND), nothing, failing]) {
      assert.equal(await environmentOf(4711, { platform: 'darwin', run }), undefined);
    }
  });

  it('is not known on Windows; words are known on Linux only', async () => {
    assert.equal(await environmentOf(process.pid, { platform: 'win32' }), undefined);
    assert.equal(await startedAs(process.pid, { platform: 'darwin' }), undefined);
  });
});
