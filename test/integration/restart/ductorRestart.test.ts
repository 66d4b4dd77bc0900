import { at } from '../../support/target';
import { restartStepText } from '../../../src/words/restartSteps';
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/app/systemClock';
import { Registry } from '../../../src/watch/registry';
import { createProbe } from '../../../src/kinds/probe';
import { RestartController } from '../../../src/restart/controller';
import { findListener, isAlive } from '../../../src/system/processTable';
import { startCommandFor } from '../../../src/restart/startCommand';
import { freePort } from '../../support/freePort';
import { until } from '../../support/until';
import { spoken } from '../../support/spoken';
import { quietRestarts } from '../../support/quietRestarts';

const DUCTOR = join(__dirname, '..', '..', 'fixtures', 'daemons', 'ductor.mjs');
const LAUNCHER = join(__dirname, '..', '..', '..', 'src', 'launcher', 'main.ts');

describe('a restart of a ductor, on real processes', function () {
  this.timeout(40_000);
  let folder: string;
  let port: number;
  let registry: Registry;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-ductor-'));
    port = await freePort();
    registry = new Registry({
      clock: systemClock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: (target, kind) =>
        Promise.resolve(createProbe(target, { kind, env: { DUCTOR_HOME: join(folder, 'home') } })),
      recall: () => ({}),
    });
    const origin = `http://127.0.0.1:${port}`;
    registry.configure({
      daemons: [
        {
          name: 'ductor',
          kind: 'ductor',
          ...at(origin),
          pollIntervalMs: 60_000,
          configured: true,
        },
      ],
      problems: [],
    });
  });
  afterEach(async () => {
    registry.dispose();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    const listener = await findListener(port);
    if (listener) process.kill(listener.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  const command = (...flags: string[]) => [
    DUCTOR,
    '--port',
    String(port),
    '--home',
    join(folder, 'home'),
    ...flags,
  ];

  async function running(): Promise<number> {
    const child = run(...command());
    await once(child.stdout!, 'data');
    await registry.refresh();
    await until(() => registry.models[0]!.track.verdict.state === 'unverified');
    return child.pid!;
  }

  function run(...args: string[]): ChildProcess {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    return child;
  }

  async function restart(flags: string[], proofTimeoutMs?: number) {
    const steps: string[] = [];
    const controller = new RestartController({
      registry,
      prepare: () => Promise.resolve({ way: { by: 'spawn', keepsWork: false } }),
      ...quietRestarts(folder),
      start: () => {
        const child = run(...command(...flags));
        return Promise.resolve({ ended: once(child, 'exit').then(([code]) => code as number) });
      },
    });
    const plan = await controller.plan(registry.models[0]!);
    const outcome = spoken(
      await controller.restart(plan, {
        signal: new AbortController().signal,
        onStep: (step) => steps.push(restartStepText(step)),
        ...(proofTimeoutMs !== undefined && { proofTimeoutMs }),
      }),
    );
    return { plan, outcome, steps };
  }

  it('says that a new one runs, and that nothing tells whether its loop advances', async () => {
    const oldPid = await running();
    const { plan, outcome, steps } = await restart(['--lists-after-ms', '1500']);
    assert.equal(plan.ownerIsKnown, true, 'its own file names the process');
    assert.equal(outcome.kind, 'unproven');
    assert.match(
      outcome.text,
      /^ductor restarted in \d[\d.]* s, but whether messages reach the daemon is not known\.$/,
    );
    assert.equal(await isAlive(oldPid), false);
    assert.equal(steps.at(-1), 'waiting for the daemon to answer as running');
    assert.equal(registry.models[0]!.track.verdict.state, 'unverified');
  });

  it('is not over while it is starting', async () => {
    await running();
    const { outcome } = await restart(['--lists-after-ms', '60000'], 6_000);
    assert.equal(outcome.kind, 'late');
    assert.match(outcome.text, /the new process answers, but the daemon is still starting/);
  });

  it('says so when its main agent crashed', async () => {
    await running();
    const { outcome } = await restart(['--crashed'], 6_000);
    assert.equal(outcome.kind, 'late');
    assert.match(outcome.text, /the new process answers, but the main agent crashed: OSError: no route/);
  });

  it('into the background ends once its main agent runs', async () => {
    const launcher = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', LAUNCHER, '--url', `http://127.0.0.1:${port}`],
        ...['--log', join(folder, 'ductor.log'), '--timeout-ms', '20000', '--'],
        ...[process.execPath, ...command('--lists-after-ms', '1000')],
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let output = '';
    launcher.stdout.on('data', (chunk) => (output += String(chunk)));
    const [code] = (await once(launcher, 'close')) as [number];
    assert.equal(code, 0, output);
    assert.match(output, /runs in the background/);
  });

  it('needs a command of its own: how it was installed is not known', async () => {
    const { daemon } = registry.models[0]!;
    const context = {
      dispatchdPath: '',
      nodePath: '',
      launcherPath: '',
      logFile: '',
      workspaceFolder: undefined,
      shell: '/bin/sh',
      platform: process.platform,
    };
    const none = await startCommandFor(daemon, undefined, context);
    assert.deepEqual(none, {
      is: 'startAsInstalled',
      daemon: 'ductor',
      serviceCommand: 'systemctl --user restart ductor',
    });
    const restart = { command: 'systemctl --user restart ductor' };
    assert.deepEqual(await startCommandFor({ ...daemon, restart }, undefined, context), {
      kind: 'shell',
      line: restart.command,
    });
  });
});
