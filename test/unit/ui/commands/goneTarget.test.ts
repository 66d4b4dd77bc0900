import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { CommandDeps, commandRunner } from '../../../../src/ui/commands/commands';
import { FakeScreen, settled } from '../../../support/fakeScreen';
import { loadWith } from '../../../support/fakeVSCode';
import { Watch } from '../../health/support';
import { modelOf } from '../support';

const FILE = join(__dirname, '../../../../src/ui/commands/commands.ts');

/** Its message is still there, and its keybinding. */
const GONE = 'http://127.0.0.1:9999';

describe('a command for a daemon that is not watched any more', () => {
  const other = modelOf(Watch.healthy(), 'other', 3457);
  let done: string[];
  let screen: FakeScreen;

  async function run(command: string, ...targets: readonly unknown[]): Promise<void> {
    [done, screen] = [[], new FakeScreen()];
    const act = (what: string) => (model: typeof other) =>
      Promise.resolve(done.push(`${what} ${model.daemon.name}`));
    const deps = {
      registry: {
        models: [other],
        settled: true,
        monitor: () => ({ daemon: other.daemon, track: other.track, input: () => done.push('dismiss') }),
        model: () => undefined,
      },
      discovery: () => Promise.resolve({}),
      restarts: () =>
        Promise.resolve({ restart: act('restart'), stop: act('stop'), keepEvidence: act('keepEvidence') }),
      log: { error: () => undefined, unexpected: (_: string, error: unknown) => done.push(String(error)) },
    } as unknown as CommandDeps;
    const { commandRunner: runner } = loadWith<{ commandRunner: typeof commandRunner }>(screen.vscode, FILE);
    await runner(deps)(`daemonHealth.${command}`, targets);
    await settled();
  }

  for (const command of ['restart', 'stop', 'start', 'keepEvidence', 'snooze', 'openDashboard']) {
    it(`does nothing to another one, and says so: ${command}`, async () => {
      await run(command, GONE);
      assert.deepEqual(done, []);
      assert.deepEqual(screen.texts, ['This daemon is not watched any more.']);
    });
  }

  it('is about the only one where none was named', async () => {
    await run('restart');
    assert.deepEqual(done, ['restart other']);
  });
});
