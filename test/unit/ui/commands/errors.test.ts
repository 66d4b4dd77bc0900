import assert from 'node:assert/strict';
import { join } from 'node:path';
import { UserError } from '../../../../src/base/errors';
import type { CommandDeps, commandRunner } from '../../../../src/ui/commands/commands';
import { FakeScreen, settled } from '../../../support/fakeScreen';
import { loadWith } from '../../../support/fakeVSCode';

const FILE = join(__dirname, '../../../../src/ui/commands/commands.ts');

describe('a command that fails', () => {
  let screen: FakeScreen;
  let lines: string[];
  let unexpected: [where: string, error: unknown][];
  let shown: number;

  /** Runs *Refresh*, whose registry throws this. */
  async function failing(error: Error): Promise<void> {
    screen = new FakeScreen();
    [lines, unexpected, shown] = [[], [], 0];
    const deps = {
      registry: { refresh: () => Promise.reject(error), models: [] },
      discovery: () => Promise.resolve({ scan: () => Promise.resolve() }),
      log: {
        error: (line: string) => void lines.push(line),
        unexpected: (where: string, thrown: unknown) => void unexpected.push([where, thrown]),
        show: () => void shown++,
      },
    } as unknown as CommandDeps;
    const { commandRunner: runner } = loadWith<{ commandRunner: typeof commandRunner }>(screen.vscode, FILE);
    await runner(deps)('daemonHealth.refresh', []);
    await settled();
  }

  it('in a way that was foreseen says why, in the notification and in the log', async () => {
    await failing(new UserError('dispatchd refuses: the queue is full.'));
    assert.deepEqual(screen.texts, ['dispatchd refuses: the queue is full.']);
    assert.deepEqual([lines, unexpected], [['dispatchd refuses: the queue is full.'], []]);
  });

  it('in a way that nobody expected says so, leaves its stack in the log, and offers the log', async () => {
    const error = new TypeError("Cannot read properties of undefined (reading 'x')");
    await failing(error);
    assert.deepEqual(unexpected, [['The command refresh', error]]);
    assert.deepEqual(lines, []);
    const [message] = screen.messages;
    assert.match(
      message!.text,
      /^An error that nobody expected: Cannot read properties .* The log has more\.$/,
    );
    assert.deepEqual(message!.buttons, ['Show Log']);
    message!.press('Show Log');
    await settled();
    assert.equal(shown, 1);
  });
});
