import assert from 'node:assert/strict';
import { startCommandFor } from '../../../src/restart/startCommand';
import { START_CONTEXT } from '../../support/startContext';
import { http, watchedAt } from '../../support/target';

describe('a daemon below a path stands behind a proxy', () => {
  const daemon = {
    name: 'x',
    ...watchedAt(http('http://localhost:8443/daemon')),
    kind: 'smithy',
    pollIntervalMs: 5_000,
    configured: true,
  };

  it('whose port the daemon is not started on', async () => {
    assert.deepEqual(await startCommandFor(daemon, undefined, START_CONTEXT), {
      is: 'startUnknown',
      daemon: 'x',
    });
  });

  it('and is started by the command in the settings', async () => {
    const command = await startCommandFor(
      { ...daemon, restart: { command: 'up', args: [] } },
      undefined,
      START_CONTEXT,
    );
    assert.equal('command' in command && command.command, 'up');
  });
});
