import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dispatchdFile } from '../../support/dispatchd/daemonProcess';
import { notRun } from '../../support/notRun';
import { NOBODY, whyNoOtherUser } from '../../support/otherUser';

/** Longer than any start takes that fails. */
const LIMIT_MS = 10_000;

describe('a dispatchd that cannot start says why in one sentence', function () {
  this.timeout(30_000);
  let dir: string;
  before(() => dispatchdFile());
  beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'dispatchd-starts-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** What a start that fails says. @param asNobody as a user to whom modes mean something */
  async function failed(
    flags: readonly string[],
    asNobody = false,
  ): Promise<{ code: number | null; said: string }> {
    const file = await dispatchdFile();
    const user = asNobody ? { uid: NOBODY, gid: NOBODY } : {};
    // What was built for the tests is in a folder of their own user.
    const script = asNobody ? join(dir, 'dispatchd.js') : file;
    if (asNobody) {
      copyFileSync(file, script);
      chmodSync(dir, 0o755);
      chmodSync(script, 0o644);
    }
    const child = spawn(process.execPath, [script, ...flags], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
      ...user,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    const [code] = (await once(child, 'close')) as [number | null];
    clearTimeout(timer);
    return { code, said };
  }

  function isSentence(said: string): void {
    assert.match(said, /^dispatchd: .+\n$/, said);
    assert.equal(said.trimEnd().split('\n').length, 1, said);
    assert.ok(!/\bat .*:\d+:\d+|node:|\bE[A-Z]{4,}\b/.test(said), said);
  }

  const PLACES: readonly (readonly [string, (dir: string) => string, RegExp])[] = [
    ['a name that is too long', (at) => join(at, 'x'.repeat(300)), /a name in its path is too long/],
    ['a folder in which the system makes none', () => '/proc/state', /its folder is gone|access is denied/],
    ['a path below a device', () => '/dev/null/state', /a file is in the place of a folder/],
    [
      'a link that leads to itself',
      (at) => {
        symlinkSync(join(at, 'loop'), join(at, 'loop'));
        return join(at, 'loop');
      },
      /a chain of links without an end/,
    ],
    ...['token', 'lock', 'instance.json'].map(
      (name) =>
        [
          `a folder in the place of ${name}`,
          (at: string) => {
            mkdirSync(join(at, name), { recursive: true });
            return at;
          },
          new RegExp(`a folder is in the place of a file \\(\\S*/${name}\\)`),
        ] as const,
    ),
  ];
  for (const [what, place, says] of PLACES) {
    it(`where the state directory is ${what}`, async function () {
      if (process.platform === 'win32') notRun(this, 'the paths are those of POSIX');
      const { code, said } = await failed(['--port', '0', '--state-dir', place(dir)]);
      assert.equal(code, 1, said);
      const lines = said
        .split('\n')
        .filter((line) => !line.includes(' INFO '))
        .join('\n');
      isSentence(lines);
      assert.match(lines, says);
      assert.match(lines, /--state-dir\n$/);
    });
  }

  for (const [what, flags, code, says] of [
    ['an unknown flag', ['--nope'], 2, /'--nope'; see --help/],
    ['a word too many', ['serve'], 2, /'serve'; see --help/],
    ['a flag without its value', ['--port'], 2, /--port.*; see --help/],
    ['a port that is none', ['--port', '99999'], 2, /from 0 to 65535/],
    ['a port in letters', ['--port', 'http'], 2, /from 0 to 65535/],
    ['no state directory', ['--state-dir', ' '], 2, /--state-dir must not be empty/],
    ['a flag with a value that takes none', ['--chaos=1'], 2, /--chaos.*; see --help/],
    ['a negative number of workers', ['--workers', '-1'], 2, /--workers.*; see --help/],
    ['a half interval', ['--poll-interval-ms', '1.5'], 2, /from 10 to/],
  ] as const) {
    it(`to ${what}`, async () => {
      const result = await failed(flags);
      assert.equal(result.code, code);
      isSentence(result.said);
      assert.match(result.said, says);
    });
  }

  describe('to a user without a home folder', () => {
    /** A user whom the system does not know. */
    const STRANGER = 12_345;
    before(function () {
      const why = whyNoOtherUser();
      if (why !== undefined) notRun(this, why);
    });

    async function asStranger(...flags: string[]): Promise<{ code: number | null; said: string }> {
      const script = join(dir, 'dispatchd.js');
      copyFileSync(await dispatchdFile(), script);
      chmodSync(dir, 0o755);
      const { HOME: _, ...env } = process.env;
      const user = { uid: STRANGER, gid: STRANGER, env };
      const child = spawn(process.execPath, [script, ...flags], { cwd: '/', ...user });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          said += text;
          if (said.includes('listening on')) child.kill();
        });
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, said };
    }

    it('needs one of two', async () => {
      const { code, said } = await asStranger('--port', '0');
      assert.equal(code, 2, said);
      isSentence(said);
      assert.match(said, /this user has no home folder; set HOME, or give --state-dir/);
    });

    it('but helps, and starts in a folder that it is given', async () => {
      const help = await asStranger('--help');
      assert.equal(help.code, 0, help.said);
      assert.match(help.said, /^Usage: dispatchd/);
      mkdirSync(join(dir, 'theirs'));
      chownSync(join(dir, 'theirs'), STRANGER, STRANGER);
      const started = await asStranger('--port', '0', '--state-dir', join(dir, 'theirs'));
      assert.match(started.said, /listening on/);
    });
  });

  it('where the folder that it was started in is gone', async function () {
    if (process.platform === 'win32') notRun(this, 'Windows deletes no folder that a program is in');
    const gone = join(dir, 'gone');
    mkdirSync(gone);
    const script = `cd "${gone}" && rmdir "${gone}" && exec "$@"`;
    const child = spawn('/bin/sh', [
      '-c',
      script,
      'sh',
      process.execPath,
      await dispatchdFile(),
      '--port',
      '0',
    ]);
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    assert.deepEqual(await once(child, 'close'), [1, null]);
    isSentence(said);
  });

  it('where the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { code, said } = await failed(['--port', String(port), '--state-dir', dir]);
    server.close();
    assert.equal(code, 1);
    isSentence(said);
    assert.match(said, new RegExp(`port ${port} is in use by pid ${process.pid}`));
  });

  describe('to a user without rights', () => {
    before(function () {
      const why = whyNoOtherUser();
      if (why !== undefined) notRun(this, why);
    });

    for (const [what, prepare, says] of [
      ['a folder of another user', () => join(dir, 'theirs'), /belongs to user root/],
      ['a folder in one of another user', () => join(dir, 'theirs', 'state'), /access is denied/],
      [
        'a folder of its own that it may not write',
        () => {
          chownSync(join(dir, 'ours'), NOBODY, NOBODY);
          chmodSync(join(dir, 'ours'), 0o500);
          return join(dir, 'ours');
        },
        /access is denied \(\S*\/ours\/lock\)/,
      ],
      [
        'a folder with a token of another user',
        () => {
          chownSync(join(dir, 'ours'), NOBODY, NOBODY);
          writeFileSync(join(dir, 'ours', 'token'), 'x', { mode: 0o600 });
          return join(dir, 'ours');
        },
        /access is denied \(\S*\/ours\/token\)/,
      ],
    ] as const) {
      it(`where the state directory is ${what}`, async () => {
        for (const name of ['theirs', 'ours']) mkdirSync(join(dir, name), { mode: 0o700 });
        const { code, said } = await failed(['--port', '0', '--state-dir', prepare()], true);
        assert.equal(code, 1, said);
        isSentence(said);
        assert.match(said, says);
      });
    }

    it('where the port is one of the system', async () => {
      mkdirSync(join(dir, 'ours'));
      chownSync(join(dir, 'ours'), NOBODY, NOBODY);
      const { code, said } = await failed(['--port', '1', '--state-dir', join(dir, 'ours')], true);
      if (said.includes('listening')) return;
      assert.equal(code, 1);
      isSentence(said);
      assert.match(said, /port 1 may not be used by this user; give another --port/);
    });
  });
});
