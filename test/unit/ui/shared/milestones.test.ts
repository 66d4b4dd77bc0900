import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as Milestones from '../../../../src/ui/shared/milestones';
import { loadWith } from '../../../support/fakeVSCode';

const ROOT = join(__dirname, '../../../..');

interface Step {
  readonly id: string;
  readonly completionEvents: readonly string[];
  readonly description: string;
}

const { contributes } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  contributes: { walkthroughs: { steps: Step[] }[]; commands: { command: string }[] };
};
const steps = contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);

describe('the steps of the walkthrough', () => {
  const ran: (readonly unknown[])[] = [];
  const vscode = { commands: { executeCommand: (...call: unknown[]) => Promise.resolve(ran.push(call)) } };
  const { MILESTONES, reached } = loadWith<typeof Milestones>(vscode, join(ROOT, 'src/ui/shared/milestones'));

  it('tick on what really happened, not on a command that may have come to nothing', () => {
    const expected = ['daemonHealth.found == some', ...Object.values(MILESTONES)];
    assert.deepEqual(
      steps.flatMap(({ completionEvents }) => completionEvents),
      expected.flatMap((key) => [`onContext:${key}`, `onContext:${key} && daemonHealth.looksAgain`]),
    );
  });

  it('have each its milestone, which sets the key', () => {
    for (const milestone of ['seen', 'ran', 'restarted'] as const) reached(milestone);
    assert.deepEqual(
      ran,
      Object.values(MILESTONES).map((key) => ['setContext', key, true]),
    );
  });

  it('link only to commands that there are', () => {
    const known = contributes.commands.map(({ command }) => command);
    for (const { id, description } of steps) {
      const linked = [...description.matchAll(/\(command:([^)]+)\)/g)].map(([, command]) => command!);
      assert.ok(linked.length > 0, id);
      for (const command of linked) assert.ok(known.includes(command), `${id}: ${command}`);
    }
  });
});
