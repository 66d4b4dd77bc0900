import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { proveStateDir } from '../../../src/dispatchd/life/stateDir';
import {
  DaemonProcess,
  dispatchdFile,
  newStateDir,
  stopDaemons,
} from '../../support/dispatchd/daemonProcess';
import { session, spec } from '../../support/dispatchd/sessions';
import { smallDisk } from '../../support/fullDisk';
import { NOBODY, whyNoOtherUser } from '../../support/otherUser';
import { notRun } from '../../support/notRun';
import { until } from '../../support/until';

describe('dispatchd and the state directory that it is given', function () {
  this.timeout(30_000);
  before(async function () {
    if (process.platform === 'win32') notRun(this, 'Windows tells neither owner nor mode');
    await dispatchdFile();
  });
  afterEach(stopDaemons);

  /** A folder in which a task waits that leaves a mark. */
  function planted(mode = 0o700): { dir: string; mark: string; file: string } {
    const dir = join(newStateDir(), 'state');
    const mark = join(newStateDir(), 'ran');
    mkdirSync(join(dir, 'sessions'), { recursive: true, mode: 0o700 });
    const waiting = session(
      { status: 'queued' },
      { createdAt: Date.now(), spec: spec({ command: `id -u > "${mark}"` }) },
    );
    const file = join(dir, 'sessions', `${waiting.id}.json`);
    writeFileSync(file, JSON.stringify({ version: 1, ...waiting }));
    chmodSync(dir, mode);
    return { dir, mark, file };
  }

  /** One sentence, exit code 1, and nothing was done in the folder. */
  async function refused(stateDir: string, sentence: RegExp): Promise<void> {
    const daemon = await DaemonProcess.spawn(['--port', '0', '--poll-interval-ms', '20'], stateDir);
    let over = false;
    void daemon.exited.then(() => (over = true));
    await until(() => over || daemon.stdout.includes('listening'), 'an end or a start');
    if (!over) await daemon.stop();
    assert.equal(daemon.stdout, '', 'it started');
    assert.equal((await daemon.exited).code, 1);
    assert.match(daemon.stderr, sentence);
    assert.equal(daemon.stderr.trim().split('\n').length, 1, daemon.stderr);
    assert.ok(daemon.stderr.includes(stateDir));
    assert.equal(existsSync(join(stateDir, 'lock')), false);
  }

  const needsOtherUser = (title: string, test: () => Promise<void>) =>
    it(`${title} (chown to uid ${NOBODY})`, async function () {
      const why = whyNoOtherUser();
      if (why !== undefined) notRun(this, why);
      await test();
    });

  needsOtherUser('refuses the folder of another user, and runs nothing that waits in it', async () => {
    const { dir, mark, file } = planted();
    for (const path of [file, join(dir, 'sessions'), dir]) chownSync(path, NOBODY, NOBODY);
    await refused(dir, /^dispatchd: the state directory .* belongs to user nobody.*--state-dir\n$/);
    assert.equal(existsSync(mark), false);
  });

  needsOtherUser("refuses a folder of its own in which another user's folder has the sessions", async () => {
    const { dir, mark, file } = planted();
    for (const path of [file, join(dir, 'sessions')]) chownSync(path, NOBODY, NOBODY);
    await refused(dir, /sessions.* belongs to user nobody/);
    assert.equal(existsSync(mark), false);
  });

  needsOtherUser('refuses a link that another user made, also to a folder of ours', async () => {
    const { dir, mark } = planted();
    const link = join(newStateDir(), 'link');
    symlinkSync(dir, link);
    execFileSync('chown', ['-h', `${NOBODY}:${NOBODY}`, link]);
    await refused(link, /belongs to user nobody/);
    assert.equal(existsSync(mark), false);
  });

  needsOtherUser('runs no session that another user left in a folder of ours, and says so', async () => {
    const { dir, mark, file } = planted();
    chownSync(file, NOBODY, NOBODY);
    const daemon = await DaemonProcess.start([], dir);
    await daemon.session(await daemon.submit({ command: ':' }), 'completed');
    assert.equal(existsSync(mark), false);
    assert.match(daemon.stderr, /belongs to user nobody/);
  });

  for (const mode of [0o777, 0o770, 0o702]) {
    it(`refuses a folder in which others may write (mode ${mode.toString(8)}), and leaves its mode`, async () => {
      const { dir, mark } = planted(mode);
      await refused(
        dir,
        /^dispatchd: other users may write in the state directory .*chmod 700.*--state-dir\n$/,
      );
      assert.equal(existsSync(mark), false);
      assert.equal(statSync(dir).mode & 0o777, mode);
    });
  }

  it('takes an empty folder of ours, and closes it to others', async () => {
    const dir = join(newStateDir(), 'state');
    mkdirSync(dir);
    chmodSync(dir, 0o777);
    await DaemonProcess.start([], dir);
    assert.equal(statSync(dir).mode & 0o777, 0o700);
  });

  it('takes a folder that others may read but not change, and a link of ours to such a folder', async () => {
    const { dir, mark } = planted(0o755);
    const link = join(newStateDir(), 'link');
    symlinkSync(dir, link);
    await DaemonProcess.start([], link);
    await until(() => existsSync(mark), 'the task that waits there');
  });

  it('follows no link in the place of a session', async () => {
    const { dir, mark, file } = planted();
    const elsewhere = join(newStateDir(), 'session.json');
    writeFileSync(elsewhere, readFileSync(file));
    execFileSync('rm', [file]);
    symlinkSync(elsewhere, file);
    const daemon = await DaemonProcess.start([], dir);
    await daemon.session(await daemon.submit({ command: ':' }), 'completed');
    assert.equal(existsSync(mark), false);
    assert.ok(lstatSync(elsewhere).isFile());
  });

  for (const name of ['sessions', 'output', 'exits']) {
    it(`says in one sentence that a file is in the place of ${name}/`, async () => {
      const dir = newStateDir();
      writeFileSync(join(dir, name), '');
      await refused(dir, new RegExp(`^dispatchd: .*${name}.*--state-dir\\n$`));
    });
  }

  it('refuses a folder that holds other files, and leaves it as it was', async () => {
    const dir = newStateDir();
    mkdirSync(join(dir, 'sessions'));
    writeFileSync(join(dir, 'report.txt'), '');
    await refused(
      dir,
      /^dispatchd: the folder .* is no place for its state: it holds other files \(report\.txt\)\. Give .*--state-dir\n$/,
    );
    assert.deepEqual(readdirSync(dir).sort(), ['report.txt', 'sessions']);
  });

  it('refuses the root folder', () =>
    // Without a process: one that starts there would fill it.
    assert.rejects(proveStateDir('/'), /the folder \/ is no place for its state|belongs to user root/));

  it('takes its own folder with whatever somebody put there, and the folder of a new disk', async () => {
    const first = await DaemonProcess.start();
    writeFileSync(join(first.stateDir, 'notes.txt'), '');
    await first.stop();
    await DaemonProcess.start([], first.stateDir);
    const disk = newStateDir();
    mkdirSync(join(disk, 'lost+found'));
    await DaemonProcess.start([], disk);
  });

  it('takes the folder of a start that failed', async () => {
    const dir = newStateDir();
    for (const name of ['token', 'lock.candidate.ab12', 'history.jsonl', 'token.123', 'sock.ab.12'])
      writeFileSync(join(dir, name), '', { mode: 0o600 });
    await DaemonProcess.start([], dir);
  });

  it('says in one sentence that its folder is a link to nowhere', async () => {
    const link = join(newStateDir(), 'link');
    const nowhere = join(newStateDir(), 'nowhere');
    symlinkSync(nowhere, link);
    await refused(
      link,
      /^dispatchd: the state directory .*link is a link to .*nowhere, which is not there\. Make .*--state-dir\n$/,
    );
  });

  it('says in one sentence that its folder is a file', async () => {
    const file = join(newStateDir(), 'state');
    writeFileSync(file, '');
    const daemon = await DaemonProcess.spawn(['--port', '0'], file);
    assert.equal((await daemon.exited).code, 1);
    assert.match(daemon.stderr, /^dispatchd: the state directory .* is not a folder.*--state-dir\n$/);
  });

  it('says in one sentence that the file system is read-only (a tmpfs)', async function () {
    const disk = smallDisk();
    if (typeof disk === 'string') notRun(this, disk);
    try {
      execFileSync('mount', ['-o', 'remount,ro', disk.dir]);
      for (const dir of [disk.dir, join(disk.dir, 'state')])
        await refused(dir, /^dispatchd: the state directory .* the file system is read-only.*--state-dir\n$/);
    } finally {
      disk.remove();
    }
  });
});
