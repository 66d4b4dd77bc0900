import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RestartWay, Running } from '../../../src/kinds/kind';
import type { RestartConfig } from '../../../src/model/daemonConfig';
import { restartWays as smithyWays } from '../../../src/kinds/smithy/start';
import { restartWays as ductorWays } from '../../../src/kinds/ductor/start';
import { chooseWay } from '../../../src/restart/chooseWay';
import { waysFor } from '../../../src/restart/startCommand';
import { programAt, whyNotStartable } from '../../../src/system/startable';
import { START_CONTEXT } from '../../support/startContext';
import { at, http } from '../../support/target';

describe('the way in which a smithy is started again', () => {
  let folder: string;
  /** The folder that holds `sf`, a link to the script as npm makes it; another vendor's; the project. */
  let bin: string;
  let others: string;
  let project: string;
  let script: string;

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-ways-')));
    [bin, others, project] = ['bin', 'others', 'project'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    for (const each of [bin, others, project]) mkdirSync(each);
    script = join(folder, 'sf.js');
    writeFileSync(script, '');
    writeFileSync(join(others, 'sf'), '');
    for (const file of [script, join(others, 'sf')]) chmodSync(file, 0o755);
    symlinkSync(script, join(bin, 'sf'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const running = (more: readonly string[] = [], env: Running['env'] = { PATH: '/old' }): Running => ({
    argv: [process.execPath, join(bin, 'sf'), 'serve', 'smithy', ...more],
    cwd: project,
    env,
  });

  async function chosen(path: string, ran: Running | undefined, url = 'http://127.0.0.1:3457') {
    const ways = smithyWays(http(url), {
      ...START_CONTEXT,
      workspaceFolder: project,
      name: 'smithy',
      running: ran,
    });
    assert.ok(!('is' in ways));
    const env = { PATH: path };
    return chooseWay(ways, ran, false, {
      whyNotStartable: (command) => whyNotStartable(command, env, 'linux'),
      programAt: (command) => programAt(command, env, 'linux'),
    });
  }
  const words = ({ command }: RestartWay) =>
    command.kind === 'process' ? [command.command, ...command.args].join(' ') : command.line;

  it('is `sf` where that is what runs, by a link or not', async () => {
    const itself = { ...running(), argv: [process.execPath, script, 'serve', 'smithy'] };
    for (const ran of [running(), itself]) {
      const { way, doubt, instead } = await chosen(bin, ran);
      assert.deepEqual([words(way), doubt, instead], ['sf serve smithy --no-open', undefined, undefined]);
      assert.equal(way.command.cwd, project);
    }
  });

  it('is as it runs where `sf` is not on the PATH', async () => {
    const { way, doubt, instead } = await chosen('/nowhere', running(['--no-open']));
    assert.equal(words(way), `${process.execPath} ${join(bin, 'sf')} serve smithy --no-open`);
    assert.deepEqual([doubt, instead], [undefined, { is: 'noProgram', name: 'sf', onPath: true }]);
    assert.deepEqual([way.command.cwd, way.command.env], [project, { PATH: '/old' }]);
  });

  it('is as it runs where `sf` on the PATH is another program', async () => {
    const { way, instead } = await chosen(`${others}:${bin}`, running());
    assert.equal(words(way), `${process.execPath} ${join(bin, 'sf')} serve smithy --no-open`);
    assert.deepEqual(instead, { is: 'otherProgram', name: 'sf', path: join(others, 'sf') });
  });

  it('is not started as what the system does not tell', async () => {
    const { way, doubt } = await chosen('/nowhere', undefined);
    assert.deepEqual([words(way), doubt?.is], ['sf serve smithy --no-open', 'noProgram']);
    const other = await chosen('/nowhere', { argv: ['nginx', '-g', 'daemon off;'] });
    assert.equal(other.doubt?.is, 'noProgram');
  });

  it('has the flags that it runs with, and the port that is watched', async () => {
    const ran = running(['-H', '0.0.0.0', '-p', '3457', '--open', '--db', 'x.db']);
    for (const path of [bin, '/nowhere']) {
      const { way } = await chosen(path, ran);
      assert.match(words(way), /sf serve smithy --no-open -H 0\.0\.0\.0 --db x\.db$/);
      const moved = await chosen(path, ran, 'http://127.0.0.1:3458');
      assert.match(words(moved.way), /sf serve smithy --no-open --port 3458 -H 0\.0\.0\.0 --db x\.db$/);
    }
  });

  it('has the variable that names its database, and no key', async () => {
    const env = { PATH: '/old', STONEFORGE_DB_PATH: '/data/x.db', ANTHROPIC_API_KEY: 'sk-secret' };
    const byName = await chosen(bin, running([], env));
    assert.deepEqual(byName.way.command.env, { STONEFORGE_DB_PATH: '/data/x.db' });
    const same = await chosen('/nowhere', running([], env));
    assert.deepEqual(same.way.command.env, { PATH: '/old', STONEFORGE_DB_PATH: '/data/x.db' });
  });
});

describe('the way in which a daemon under a manager is restarted', () => {
  const supervisor = {
    name: 'pm2 (smithy)',
    process: { pid: 9, startedAtMs: 1 },
    restart: { command: 'pm2', args: ['restart', '3'] },
  };
  const daemon = (restart?: RestartConfig) => ({
    ...at('http://127.0.0.1:3457'),
    name: 'smithy',
    kind: 'smithy',
    pollIntervalMs: 5_000,
    configured: true,
    ...(restart && { restart }),
  });
  const ways = async (restart?: RestartConfig) => {
    const found = await waysFor(daemon(restart), undefined, { ...START_CONTEXT, supervisor });
    assert.ok(!('is' in found));
    return found.map(({ by, command }) =>
      command.kind === 'shell'
        ? `${by}: ${command.line}`
        : `${by}: ${[command.command, ...command.args].join(' ')}`,
    );
  };

  it('is the command of the manager, before all others', async () => {
    assert.deepEqual(await ways(), ['supervisor: pm2 restart 3', 'spawn: sf serve smithy --no-open']);
    assert.deepEqual(await ways({ command: 'up', args: [] }), ['supervisor: pm2 restart 3', 'spawn: up']);
  });

  it('is the user’s own command where that tells the manager', async () => {
    assert.deepEqual(await ways({ command: 'npx pm2 restart smithy' }), [
      'supervisor: npx pm2 restart smithy',
    ]);
  });

  it('leaves it to its supervisor where neither the tool of that nor the start command is there', async () => {
    const daemon = {
      ...at('http://127.0.0.1:3457'),
      name: 'smithy',
      kind: 'smithy' as const,
      pollIntervalMs: 5_000,
      configured: true,
    };
    const supervisor = { name: 'pm2 (smithy)', restart: { command: 'pm2', args: ['restart', '0'] } };
    const ways = await waysFor(daemon, undefined, {
      ...START_CONTEXT,
      workspaceFolder: undefined,
      supervisor,
    });
    assert.ok(!('is' in ways));
    const env = { PATH: '/nowhere' };
    const { way, doubt } = await chooseWay(ways, undefined, false, {
      whyNotStartable: (command) => whyNotStartable(command, env, 'linux'),
      programAt: (command) => programAt(command, env, 'linux'),
    });
    assert.equal(way.by, 'spawn');
    assert.deepEqual(doubt, { is: 'noProgram', name: 'pm2', onPath: true });
  });
});

describe('the way in which a ductor is started again', () => {
  const place = { ...START_CONTEXT, name: 'ductor' };
  const argv = ['/home/u/.venv/bin/python', '-m', 'ductor_bot'];

  it('by hand is as it runs: its own Python, folder, PATH and home', () => {
    const env = { PATH: '/home/u/bin', DUCTOR_HOME: '/home/u/d', TELEGRAM_TOKEN: 'secret' };
    const ways = ductorWays(http('http://127.0.0.1:8799'), {
      ...place,
      running: { argv, cwd: '/home/u', env },
    });
    assert.ok(!('is' in ways));
    assert.deepEqual(ways[0]?.command, {
      kind: 'process',
      command: '/home/u/.venv/bin/python',
      args: ['-m', 'ductor_bot'],
      cwd: '/home/u',
      env: { PATH: '/home/u/bin', DUCTOR_HOME: '/home/u/d' },
    });
  });

  it('is not known where the system does not tell how it runs, or something else runs', () => {
    for (const running of [undefined, { argv: ['python3', '-m', 'http.server'] }]) {
      const ways = ductorWays(http('http://127.0.0.1:8799'), { ...place, running });
      assert.equal('is' in ways && ways.is, 'startAsInstalled');
    }
  });

  it('by `ductor restart` leaves its service, which is said with the command that does not', async () => {
    const daemon = {
      ...at('http://127.0.0.1:8799'),
      name: 'ductor',
      kind: 'ductor',
      pollIntervalMs: 5_000,
      configured: true,
    };
    for (const [restart, leaves] of [
      [{ command: 'ductor restart' }, true],
      [{ command: '/home/u/.local/bin/ductor', args: ['restart'] }, true],
      [{ command: 'systemctl --user restart ductor' }, false],
      [{ command: 'ductor', mode: 'background' as const }, false],
    ] as const) {
      const ways = await waysFor({ ...daemon, restart }, undefined, START_CONTEXT);
      assert.equal(!('is' in ways) && ways[0]?.leavesService !== undefined, leaves, restart.command);
    }
  });

  it('with a command in the settings is as it runs where that is not there', async () => {
    const daemon = {
      ...at('http://127.0.0.1:8799'),
      name: 'ductor',
      kind: 'ductor',
      pollIntervalMs: 5_000,
      configured: true,
      restart: { command: 'ductor', mode: 'background' as const },
    };
    const running = { argv: [process.execPath, '/opt/ductor.mjs'] };
    const ways = await waysFor(daemon, undefined, {
      ...START_CONTEXT,
      workspaceFolder: undefined,
      running,
    });
    assert.ok(!('is' in ways));
    const env = { PATH: '/nowhere' };
    const choice = await chooseWay(ways, running, true, {
      whyNotStartable: (command) => whyNotStartable(command, env, 'linux'),
      programAt: (command) => programAt(command, env, 'linux'),
    });
    assert.equal(choice.way.isSame, true);
    assert.deepEqual(choice.instead, { is: 'noProgram', name: 'ductor', onPath: true });
  });
});
