import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Session } from '../../../../src/health/report';
import type * as Choice from '../../../../src/ui/commands/sessionChoice';
import { loadWith } from '../../../support/fakeVSCode';
import { MINUTE_MS, Watch, goodReport } from '../../health/support';
import { modelOf } from '../support';

const FILE = join(__dirname, '../../../../src/ui/commands/sessionChoice.ts');

interface Drawn {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
}

describe('the list of sessions to pick from', () => {
  it('says of each how long it has left, or how it ended, and whose it is', async () => {
    const watch = Watch.healthy();
    const nowAt = watch.time.wallAt;
    const sessions: readonly Session[] = [
      { id: '1', title: 'Nightly report', status: 'running', deadlineAt: nowAt + 29.5 * MINUTE_MS },
      { id: '2', title: 'Type check', status: 'running', command: 'tsc --noEmit' },
      { id: '3', title: 'Lint', status: 'timed-out', deadlineAt: nowAt - MINUTE_MS },
    ];
    watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions }));
    let shown: readonly Drawn[] = [];
    const vscode = {
      window: {
        showQuickPick: (items: readonly Drawn[]) => {
          shown = items;
          return Promise.resolve(undefined);
        },
      },
    };
    const { SessionChoice } = loadWith<typeof Choice>(vscode, FILE);
    const choice = new SessionChoice({
      clock: watch.time,
      models: () => [modelOf(watch, 'dispatchd', 3470)],
      probe: () => Promise.reject(new Error('nobody is asked')),
    });
    await choice.choose('copyCommand', []);
    assert.deepEqual(
      shown.map(({ label, description, detail }) => [label, description, detail]),
      [
        ['Nightly report', '29 min left · dispatchd', undefined],
        ['Type check', 'running · dispatchd', 'tsc --noEmit'],
        ['Lint', 'timed out · dispatchd', undefined],
      ],
    );
  });
});
