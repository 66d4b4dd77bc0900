import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/app/systemClock';
import { createProbe } from '../../../src/kinds/probe';
import { chooseWay } from '../../../src/restart/chooseWay';
import { RestartController } from '../../../src/restart/controller';
import { lostVariables } from '../../../src/restart/lostVariables';
import { waysFor } from '../../../src/restart/startCommand';
import { environmentOf, startedAs } from '../../../src/system/processEnv';
import { findListener } from '../../../src/system/processTable';
import { programAt, whyNotStartable } from '../../../src/system/startable';
import { Registry } from '../../../src/watch/registry';
import { freePort } from '../../support/freePort';
import { START_CONTEXT } from '../../support/startContext';
import { at } from '../../support/target';
import { spoken } from '../../support/spoken';
import { quietRestarts } from '../../support/quietRestarts';

const DUCTOR = join(__dirname, '..', '..', 'fixtures', 'daemons', 'ductor.mjs');

/** The environment of the window that restarts: another PATH, and no key. */
const WINDOW = { PATH: '/usr/bin:/bin', HOME: '/nobody' };

describe('a ductor that was started by hand, on real processes', function () {
  this.timeout(40_000);
  let folder: string;
  let port: number;
  let registry: Registry;
  let controller: RestartController;
  const children: ChildProcess[] = [];

  before(function () {
    if (process.platform !== 'linux') this.skip();
  });
  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon health by hand ')));
    cpSync(DUCTOR, join(folder, 'ductor.mjs'));
    port = await freePort();
    registry = new Registry({
      clock: systemClock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: (target, kind) =>
        Promise.resolve(createProbe(target, { kind, env: { DUCTOR_HOME: join(folder, 'home') } })),
      recall: () => ({}),
    });
    const daemon = {
      ...at(`http://127.0.0.1:${port}`),
      name: 'ductor',
      kind: 'ductor' as const,
      pollIntervalMs: 60_000,
      configured: true,
    };
    registry.configure({ daemons: [daemon], problems: [] });
    controller = new RestartController({
      registry,
      prepare: async (model, running) => {
        const ways = await waysFor(model.daemon, undefined, {
          ...START_CONTEXT,
          nodePath: process.execPath,
          ...controller.seen(model.daemon.id),
        });
        assert.ok(!('is' in ways), JSON.stringify(ways));
        const choice = await chooseWay(ways, running, false, {
          whyNotStartable: (command) => whyNotStartable(command, WINDOW),
          programAt: (command) => programAt(command, WINDOW),
        });
        const next = { ...WINDOW, ...choice.way.command.env };
        const lost = running?.env && lostVariables(running.env, next);
        return { ...choice, ...(lost && { lost }) };
      },
      ...quietRestarts(folder),
      start: (_model, _signal, env, agreed) => {
        assert.ok(agreed?.command?.kind === 'process');
        const { command, args, cwd, env: own } = agreed.command;
        const child = run([command, ...args], cwd!, { ...WINDOW, ...own, ...env });
        return Promise.resolve({
          isMarked: true,
          ended: once(child, 'exit').then(([code]) => code as number),
        });
      },
    });
  });
  afterEach(async () => {
    registry.dispose();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    const listener = await findListener(port);
    if (listener) process.kill(listener.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  function run([command, ...args]: readonly string[], cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(command!, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return child;
  }

  it('is started again with its own words, folder, PATH and home', async () => {
    const argv = [process.execPath, 'ductor.mjs', '--port', String(port), '--home', join(folder, 'home')];
    const home = { DUCTOR_HOME: join(folder, 'home'), PATH: '/agents:/usr/bin' };
    const old = run(argv, folder, { ...home, ANTHROPIC_API_KEY: 'sk-secret' });
    await once(old.stdout!, 'data');
    await registry.refresh();
    const plan = await controller.planRestart(registry.models[0]!);
    assert.equal(plan.way?.isSame, true);
    assert.deepEqual(plan.lost, { names: ['ANTHROPIC_API_KEY'], more: 0, matter: true });
    const outcome = spoken(
      await controller.restart(plan, { signal: new AbortController().signal, onStep: () => undefined }),
    );
    assert.equal(outcome.kind, 'unproven', outcome.text);
    assert.match(outcome.text, /^ductor restarted in/);
    const { pid } = (await findListener(port))!;
    assert.notEqual(pid, old.pid);
    assert.deepEqual(await startedAs(pid), { argv, cwd: folder });
    const { DUCTOR_HOME, PATH } = (await environmentOf(pid))!;
    assert.deepEqual({ DUCTOR_HOME, PATH }, home);
  });

  it('whose log has an error since its start says so in the outcome', async () => {
    const home = join(folder, 'home');
    const error = 'Could not reach the memory server';
    const argv = [process.execPath, 'ductor.mjs', '--port', String(port), '--home', home];
    const old = run([...argv, '--logs-error', error], folder, { PATH: '/usr/bin', DUCTOR_HOME: home });
    await once(old.stdout!, 'data');
    await registry.refresh();
    const plan = await controller.planRestart(registry.models[0]!);
    const outcome = spoken(
      await controller.restart(plan, { signal: new AbortController().signal, onStep: () => undefined }),
    );
    assert.match(
      outcome.text,
      /^ductor restarted in .* Errors in its log: 1 since its start: .*Could not reach the memory server\.$/,
    );
  });

  it('can be started the same way after it was stopped', async () => {
    const argv = [process.execPath, 'ductor.mjs', '--port', String(port), '--home', join(folder, 'home')];
    const old = run(argv, folder, { PATH: '/usr/bin' });
    await once(old.stdout!, 'data');
    await registry.refresh();
    await controller.stop(await controller.plan(registry.models[0]!), {
      signal: new AbortController().signal,
      onStep: () => undefined,
    });
    assert.deepEqual(controller.seen(registry.models[0]!.daemon.id).running?.argv, argv);
  });

  it('under its own supervisor is asked by its file, and started by that supervisor', async () => {
    // As ductor's own run.py: exit code 42 means again.
    const script = ['import subprocess, sys', 'while subprocess.call(sys.argv[1:]) == 42: pass', ''].join(
      '\n',
    );
    writeFileSync(join(folder, 'run.py'), script);
    const home = join(folder, 'home');
    const argv = [process.execPath, 'ductor.mjs', '--port', String(port), '--home', home, '--supervised'];
    const env = { ...process.env, DUCTOR_HOME: home, DUCTOR_SUPERVISOR: '1' };
    const supervisor = run(['python3', 'run.py', ...argv], folder, env);
    await once(supervisor.stdout!, 'data');
    await registry.refresh();
    const old = (await findListener(port))!.pid;
    const plan = await controller.planRestart(registry.models[0]!);
    assert.equal(plan.way?.by, 'itself');
    assert.match(plan.way?.name ?? '', new RegExp(`^process ${supervisor.pid} \\(\\S*python3 run\\.py`));
    const steps: string[] = [];
    const outcome = spoken(
      await controller.restart(plan, {
        signal: new AbortController().signal,
        onStep: ({ is }) => steps.push(is),
      }),
    );
    assert.match(outcome.text, /^ductor restarted in/);
    assert.notEqual((await findListener(port))?.pid, old);
    assert.ok(!steps.includes('terminating'), steps.join());
  });
});
