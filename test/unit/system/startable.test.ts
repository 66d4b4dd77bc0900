import { at } from '../../support/target';
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { byPath, whyNotStartable } from '../../../src/system/startable';
import { startCommandFor, type StartCommand } from '../../../src/restart/startCommand';

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
  const why = async (start: StartCommand, platform: NodeJS.Platform = 'linux', env: object = {}) => {
    const all = { PATH: `/nowhere:${join(folder, 'bin')}`, PATHEXT: '.EXE;.CMD', ...env };
    return whyNotStartable(start, all, platform);
  };
  const notFound = (name: string) => ({ is: 'noProgram', name, onPath: !name.includes('/') }) as const;

  it('is nothing for a program on the PATH, by its path, or by one in its folder', async () => {
    assert.deepEqual(await why(command('run')), undefined);
    assert.deepEqual(await why(command(join(folder, 'bin', 'run'))), undefined);
    assert.deepEqual(await why(command('./bin/run', { cwd: folder })), undefined);
    assert.deepEqual(await why(command('run', { env: { PATH: '/nowhere' } })), notFound('run'));
  });

  it('is the same for one that is handed on by its path, which VS Code does not find by name', async () => {
    const env = { PATH: `/nowhere:${join(folder, 'bin')}` };
    const found = await byPath(command('run', { cwd: folder }), env, 'linux');
    assert.deepEqual(found, command(join(folder, 'bin', 'run'), { cwd: folder }));
    for (const same of [
      command('no-such-program'),
      command('./bin/run', { cwd: folder }),
      command('launcher', { real: command('run') }),
      { kind: 'shell', line: 'run' } as const,
    ]) {
      assert.equal(await byPath(same, env, 'linux'), same);
    }
  });

  it('is that it is not there, is no program, or is a folder', async () => {
    for (const name of ['no-such-program', 'notes', folder]) {
      assert.deepEqual(await why(command(name)), notFound(name));
    }
  });

  it('is looked for on the PATH that the command itself is given, from its own folder', async () => {
    const env = { PATH: '/nowhere' };
    const path = (PATH: string, more: object = {}) => command('run', { env: { PATH }, ...more });
    assert.deepEqual(await why(path(join(folder, 'bin')), 'linux', env), undefined);
    assert.deepEqual(await why(path('bin', { cwd: folder }), 'linux', env), undefined, 'a relative entry');
    assert.deepEqual(
      await why(path('', { cwd: join(folder, 'bin') }), 'linux', env),
      undefined,
      'an empty one',
    );
    assert.deepEqual(await why(path('bin', { cwd: tmpdir() }), 'linux', env), notFound('run'));
    assert.deepEqual(await why(command('sh'), 'linux', { PATH: undefined }), undefined, 'the default');
  });

  it('is nothing for a program of Windows without its ending, whatever PATH is called', async () => {
    assert.deepEqual(await why(command('sf'), 'win32'), undefined);
    const env = { PATH: undefined, Path: '/nowhere' };
    assert.deepEqual(
      await why(command('sf', { env: { PATH: join(folder, 'bin') } }), 'win32', env),
      undefined,
    );
    assert.deepEqual(await why(command('sf'), 'win32', env), notFound('sf'));
    assert.deepEqual(await why(command('sf', { env: { PATHEXT: '.EXE' } }), 'win32'), notFound('sf'));
  });

  it('is a folder that is not there, for a shell line as well', async () => {
    const cwd = join(folder, 'gone');
    const gone = { is: 'noFolder', folder: cwd };
    assert.deepEqual(await why(command('run', { cwd })), gone);
    assert.deepEqual(await why({ kind: 'shell', line: 'run', cwd }), gone);
  });

  it('is the first word of a shell line, where that is plainly a program', async () => {
    for (const line of [
      'no-such-program',
      'no-such-program --flag "a b" > log',
      '  no-such-program $PORT && echo',
    ]) {
      assert.deepEqual(await why({ kind: 'shell', line }), notFound('no-such-program'), line);
    }
    assert.deepEqual(
      await why({ kind: 'shell', line: './bin/gone -v', cwd: folder }),
      notFound('./bin/gone'),
    );
    assert.deepEqual(await why({ kind: 'shell', line: 'run --flag' }), undefined);
  });

  for (const line of [
    '',
    'cd /project && no-such-program',
    'exec no-such-program',
    'PORT=1 no-such-program',
    '$HOME/bin/no-such-program',
    '~/bin/no-such-program',
    '"no such program" --flag',
    '(no-such-program)',
    'no-such-program || npx no-such-program',
    'no-such-program; run',
    'no-such-program\nrun',
    'Start-Process no-such-program',
    'if true; then no-such-program; fi',
  ]) {
    it(`is not told of the shell line ${JSON.stringify(line)}`, async () => {
      assert.deepEqual(await why({ kind: 'shell', line }), undefined);
    });
  }

  it('is what the launcher starts, not the launcher', async () => {
    const context = {
      dispatchdPath: '/dist/dispatchd.js',
      nodePath: process.execPath,
      workspaceFolder: folder,
      platform: 'linux',
      shell: '/bin/sh',
      launcherPath: '/dist/launcher.js',
      logFile: '/logs/daemon.log',
    } as const;
    const daemon = {
      name: 'mine',
      ...at('http://127.0.0.1:3457'),
      pollIntervalMs: 1_000,
      configured: true,
    };
    const start = async (more: object, how: object = {}) => {
      const made = await startCommandFor({ ...daemon, ...more }, undefined, context, how);
      assert.ok('kind' in made);
      return made;
    };
    const mode = 'background';
    assert.deepEqual(await why(await start({ kind: 'smithy' })), notFound('sf'));
    assert.deepEqual(
      await why(await start({ kind: 'ductor', restart: { command: 'ductor', mode } })),
      notFound('ductor'),
    );
    assert.deepEqual(
      await why(await start({ restart: { command: 'ductor run', mode } })),
      notFound('ductor'),
    );
    assert.deepEqual(
      await why(await start({ restart: { command: 'ductor' } }, { unlooked: true })),
      notFound('ductor'),
    );
    assert.deepEqual(await why(await start({ kind: 'dispatchd' })), undefined);
    const env = { PATH: join(folder, 'bin') };
    const found = await start({ restart: { command: 'run', mode, env } });
    assert.deepEqual(await why(found, 'linux', { PATH: '/nowhere' }), undefined, "the launcher's own PATH");
  });
});
