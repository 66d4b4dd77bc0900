import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/app/systemClock';
import { createProbe } from '../../../src/kinds/probe';
import { RestartController } from '../../../src/restart/controller';
import { Registry } from '../../../src/watch/registry';
import { titleOf } from '../../support/ductorWindow';
import { freePort } from '../../support/freePort';
import { spoken } from '../../support/spoken';
import { at } from '../../support/target';
import { quietRestarts } from '../../support/quietRestarts';

const DUCTOR = join(__dirname, '..', '..', 'support', 'ductorLifeMain.ts');

describe('the work of a ductor that is restarted from here', function () {
  this.timeout(60_000);
  let home: string;
  let port: number;
  let registry: Registry;
  let told: string[];
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'daemon-health-ductor-'));
    port = await freePort();
    told = [];
    registry = new Registry({
      clock: systemClock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: (target, kind) =>
        Promise.resolve(createProbe(target, { kind, env: { DUCTOR_HOME: home } })),
      recall: () => ({}),
    });
    registry.on('stepped', (_model, events) => {
      for (const event of events) {
        if (event.kind !== 'restarted') continue;
        const { resumed, interrupted } = event.restarted;
        told.push(`${event.isNews ? 'told' : 'not told'}: ${resumed} resumed, ${interrupted} interrupted`);
      }
    });
    const daemon = { name: 'ductor', kind: 'ductor', pollIntervalMs: 60_000, configured: true };
    registry.configure({ daemons: [{ ...daemon, ...at(`http://127.0.0.1:${port}`) }], problems: [] });
  });
  afterEach(() => {
    registry.dispose();
    for (const child of children.splice(0)) child.kill('SIGKILL');
    rmSync(home, { recursive: true, force: true });
  });

  function run(...flags: string[]): ChildProcess {
    const args = [
      '--import',
      'tsx',
      DUCTOR,
      '--home',
      home,
      '--port',
      String(port),
      '--no-children',
      ...flags,
    ];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    return child;
  }

  async function up(child: ChildProcess): Promise<void> {
    let said = '';
    while (!said.includes('\nup\n')) said += String(((await once(child.stdout!, 'data')) as [Buffer])[0]);
  }

  async function restart(...flags: string[]) {
    const controller = new RestartController({
      registry,
      prepare: () => Promise.resolve({ way: { by: 'spawn', keepsWork: false } }),
      ...quietRestarts(home),
      start: () => {
        const child = run(...flags);
        return Promise.resolve({ ended: once(child, 'exit').then(([code]) => code as number) });
      },
    });
    const plan = await controller.plan(registry.models[0]!);
    return spoken(
      await controller.restart(plan, { signal: new AbortController().signal, onStep: () => undefined }),
    );
  }

  const interrupted = () => (registry.models[0]!.lost ?? []).map(titleOf).sort();

  it('is told by its outcome as the tree lists it: all that the good end interrupted', async () => {
    const work = ['--turn', 'long refactoring', '--named', 'vastpike', '--task', 'nightly lint'];
    await up(run(...work));
    // What it writes within a second of its start its next life would take for its own.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await registry.refresh();
    const outcome = await restart();
    assert.match(outcome.text, /3 sessions interrupted/);
    assert.deepEqual(told, ['not told: 0 resumed, 3 interrupted']);
    assert.deepEqual(interrupted(), ['long refactoring', 'nightly lint', 'vastpike']);
  });

  it('is told once what is resumed is: messages to chats are slow', async () => {
    const child = run('--turn', 'long refactoring', '--named', 'vastpike');
    await up(child);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await registry.refresh();
    child.kill('SIGKILL');
    await once(child, 'exit');
    await registry.refresh();
    const outcome = await restart('--message-ms', '1500');
    assert.match(outcome.text, /1 session resumed, 1 interrupted/);
    assert.deepEqual(told, ['not told: 1 resumed, 1 interrupted']);
    assert.deepEqual(interrupted(), ['long refactoring']);
  });
});
