import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whyNotStartable } from '../../../src/restart/startable';
import type { StartCommand } from '../../../src/restart/startCommand';

describe('what speaks against a start command', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon health "bin" '));
    mkdirSync(join(folder, 'bin'));
    for (const [name, mode] of [
      ['run', 0o755],
      ['notes', 0o644],
    ] as const) {
      writeFileSync(join(folder, 'bin', name), '');
      chmodSync(join(folder, 'bin', name), mode);
    }
    writeFileSync(join(folder, 'bin', 'sf.CMD'), '', { mode: 0o755 });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const command = (name: string, more: object = {}): StartCommand => ({
    kind: 'process',
    command: name,
    args: [],
    ...more,
  });
  const why = (start: StartCommand, platform: NodeJS.Platform = 'linux') =>
    whyNotStartable(start, { PATH: `/nowhere:${join(folder, 'bin')}`, PATHEXT: '.EXE;.CMD' }, platform);

  it('is nothing for a program on the PATH, by its path, or by one in its folder', async () => {
    assert.equal(await why(command('run')), undefined);
    assert.equal(await why(command(join(folder, 'bin', 'run'))), undefined);
    assert.equal(await why(command('./bin/run', { cwd: folder })), undefined);
    assert.equal(
      await why(command('run', { env: { PATH: '/nowhere' } })),
      'The start command was not found: run.',
    );
  });

  it('is that it is not there, is no program, or is a folder', async () => {
    for (const name of ['no-such-program', 'notes', folder]) {
      assert.equal(await why(command(name)), `The start command was not found: ${name}.`);
    }
  });

  it('is nothing for a program of Windows without its ending', async () => {
    assert.equal(await why(command('sf'), 'win32'), undefined);
  });

  it('is a folder that is not there, for a shell line as well', async () => {
    const cwd = join(folder, 'gone');
    assert.equal(await why(command('run', { cwd })), `The folder ${cwd}, to start it in, does not exist.`);
    assert.match((await why({ kind: 'shell', line: 'run', cwd })) ?? '', /does not exist/);
  });

  it('is not looked for in a shell line', async () => {
    assert.equal(await why({ kind: 'shell', line: 'no-such-program --flag' }), undefined);
  });
});
