import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeProcess } from '../../../src/system/processTable';
import { environmentOf } from '../../../src/system/processEnv';
import { supervisorOf } from '../../../src/system/supervisor';
import { until } from '../../support/until';

describe('who starts a process again', function () {
  this.timeout(20_000);
  let folder: string;
  const children: ChildProcess[] = [];

  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-loop-')))));
  afterEach(() => {
    for (const child of children.splice(0)) if (child.pid) process.kill(-child.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs this, which writes the number of the process that is asked about; as a session of its own. */
  async function supervisorIn(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const file = join(folder, 'pid');
    const child = spawn(command, args, {
      detached: true,
      stdio: 'ignore',
      cwd: folder,
      env: { ...process.env, PID_FILE: file, ...env },
    });
    children.push(child);
    await until(() => existsSync(file) && readFileSync(file, 'utf8') !== '');
    const pid = Number(readFileSync(file, 'utf8'));
    const found = await supervisorOf(await describeProcess(pid), await environmentOf(pid));
    return { found, child };
  }
  const DAEMON = `${process.execPath} -e "require('fs').writeFileSync(process.env.PID_FILE, String(process.pid)); setInterval(() => {}, 1000)"`;

  it('is a loop of a shell, in a file or in a line', async () => {
    writeFileSync(join(folder, 'loop.sh'), `while true; do ${DAEMON}; done\n`);
    for (const args of [['loop.sh'], ['-c', `while true; do ${DAEMON}; done`]]) {
      rmSync(join(folder, 'pid'), { force: true });
      const { found, child } = await supervisorIn('/bin/sh', args);
      assert.equal(found?.process?.pid, child.pid);
      assert.match(found?.name ?? '', new RegExp(`^process ${child.pid} \\(/bin/sh ${args[0]}`));
      assert.equal(found?.restart, undefined);
    }
  });

  it('is nobody where a person started it in a shell, or where it was left to itself', async () => {
    const interactive = spawn('/bin/bash', ['--norc', '--noprofile'], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, PID_FILE: join(folder, 'pid') },
    });
    children.push(interactive);
    interactive.stdin.write(`${DAEMON}\n`);
    await until(() => existsSync(join(folder, 'pid')) && readFileSync(join(folder, 'pid'), 'utf8') !== '');
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    assert.equal(await supervisorOf(await describeProcess(pid), undefined), undefined);
  });

  it('is pm2 or supervisord, with the command by which it restarts exactly this one', async () => {
    const god = `process.title = 'PM2 v5.3.0: God Daemon (/home/u/.pm2)'; require('child_process').spawn('/bin/sh', ['-c', ${JSON.stringify(`exec ${DAEMON}`)}])`;
    const { found } = await supervisorIn(process.execPath, ['-e', god], {
      pm_id: '3',
      name: 'smithy',
      PM2_HOME: '/home/u/.pm2',
    });
    assert.deepEqual(
      [found?.name, found?.restart],
      ['pm2 (smithy)', { command: 'pm2', args: ['restart', '3'], env: { PM2_HOME: '/home/u/.pm2' } }],
    );
    rmSync(join(folder, 'pid'));
    // As pm2 tells one of a cluster.
    const { found: one } = await supervisorIn(process.execPath, ['-e', god], {
      pm2_env: JSON.stringify({ pm_id: 4, name: 'api', PM2_HOME: '/elsewhere' }),
      PM2_HOME: '/home/u/.pm2',
    });
    assert.equal(one?.name, 'pm2 (api)');
    assert.deepEqual(one?.restart?.args, ['restart', '4']);
    rmSync(join(folder, 'pid'));
    // Linux calls a script by its file.
    const script = join(folder, 'supervisord');
    writeFileSync(script, `#!/bin/sh\n${DAEMON}\n`);
    chmodSync(script, 0o755);
    const { found: kept } = await supervisorIn(script, [], {
      SUPERVISOR_ENABLED: '1',
      SUPERVISOR_PROCESS_NAME: 'smithy',
      SUPERVISOR_GROUP_NAME: 'all',
      SUPERVISOR_SERVER_URL: 'unix:///run/supervisor.sock',
    });
    assert.deepEqual(
      [kept?.name, kept?.restart],
      [
        'supervisord (smithy)',
        { command: 'supervisorctl', args: ['-s', 'unix:///run/supervisor.sock', 'restart', 'all:smithy'] },
      ],
    );
  });

  for (const [flags, text, has] of [
    [['-n', '-c', 'keeper.conf'], '[supervisorctl]\npassword=x\n', true],
    [['-nckeeper.conf'], '[supervisorctl]\n', true],
    [['--configuration=keeper.conf'], '[supervisorctl]\n', true],
    [['-c', 'keeper.conf'], '[supervisord]\n', false],
    [['-c', 'other.conf'], '[supervisorctl]\n', false],
    [['-n'], '[supervisorctl]\n', false],
  ] as const) {
    it(`gives supervisorctl the file of supervisord, which may have a password (${flags.join(' ')}${has ? '' : ', none'})`, async () => {
      const script = join(folder, 'supervisord');
      writeFileSync(script, `#!/bin/sh\n${DAEMON}\n`);
      chmodSync(script, 0o755);
      writeFileSync(join(folder, 'keeper.conf'), text);
      const { found } = await supervisorIn(script, flags, {
        SUPERVISOR_PROCESS_NAME: 'smithy',
        SUPERVISOR_GROUP_NAME: 'all',
        SUPERVISOR_SERVER_URL: 'unix:///s',
      });
      const usual = ['-s', 'unix:///s', 'restart', 'all:smithy'];
      assert.deepEqual(found?.restart?.args, has ? ['-c', join(folder, 'keeper.conf'), ...usual] : usual);
    });
  }
});

/** Neither systemd nor launchd runs in a container: what they print is played. */
describe('who starts a process again, as systemd and launchd tell it', () => {
  const owner = { pid: 4711, name: 'python3', commandLine: '', isOurs: true };
  const USERS = '0::/user.slice/user-1000.slice/user@1000.service/app.slice';
  const unitOf = (theirs: string, mainPid: number, ours = '0::/user.slice/user-1000.slice/session-2.scope') =>
    supervisorOf(owner, undefined, {
      platform: 'linux',
      readCgroup: (pid) => Promise.resolve(`${pid === 'self' ? ours : theirs}\n`),
      run: (tool, args) => {
        assert.equal(tool, 'systemctl');
        return Promise.resolve(args.includes('MainPID') ? `${mainPid}\n` : '');
      },
    });

  it('is a unit of the user whose main process it is', async () => {
    assert.deepEqual(await unitOf(`${USERS}/ductor.service`, 4711), {
      name: 'systemd (ductor.service)',
      restart: { command: 'systemctl', args: ['--user', 'restart', 'ductor.service'] },
    });
    assert.equal(
      (await unitOf('1:name=systemd:/system.slice/sf.service', 4711))?.name,
      'systemd (sf.service)',
    );
  });

  it('is no unit of a terminal or of this editor, and no session', async () => {
    for (const found of [
      await unitOf(`${USERS}/gnome-terminal-server.service`, 99),
      await unitOf(`${USERS}/code-server.service`, 4711, `${USERS}/code-server.service`),
      await unitOf('0::/user.slice/user-1000.slice/session-2.scope', 4711),
      await unitOf('0::/user.slice/user-1000.slice/user@1000.service/init.scope', 4711),
    ]) {
      assert.equal(found, undefined);
    }
  });

  it('is a job of launchd that has a name', async () => {
    const list = 'PID\tStatus\tLabel\n4711\t0\tdev.ductor\n12\t0\tapplication.com.x.1\n';
    const run = () => Promise.resolve(list);
    const found = await supervisorOf(owner, undefined, { platform: 'darwin', run });
    assert.equal(found?.name, 'launchd (dev.ductor)');
    assert.match(found?.restart?.args.join(' ') ?? '', /^kickstart -k gui\/\d*\/dev\.ductor$/);
    assert.equal(
      await supervisorOf({ ...owner, pid: 12 }, undefined, { platform: 'darwin', run }),
      undefined,
    );
  });
});
