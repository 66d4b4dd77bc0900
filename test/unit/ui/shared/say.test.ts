import assert from 'node:assert/strict';
import { join } from 'node:path';
import type * as Say from '../../../../src/ui/shared/say';
import { plain } from '../../../../src/ui/shared/markdown';
import { loadWith } from '../../../support/fakeVSCode';

const ROOT = join(__dirname, '../../../..');

describe('a question', () => {
  it('does not part a figure from its unit at the end of a line', async () => {
    const details: string[] = [];
    const showWarningMessage = (_: string, { detail }: { detail: string }) =>
      Promise.resolve(void details.push(detail));
    const { ask } = loadWith<typeof Say>({ window: { showWarningMessage } }, join(ROOT, 'src/ui/shared/say'));
    await ask(
      'warning',
      plain('Restart?'),
      plain('It ran for 5 s, 2 min 1 s and 3 sessions; 0 % CPU, 4 MB.'),
    );
    assert.deepEqual(details, [
      'It ran for 5\u00a0s, 2\u00a0min 1\u00a0s and 3 sessions; 0\u00a0% CPU, 4\u00a0MB.',
    ]);
  });
});
