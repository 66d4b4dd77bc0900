import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RestartingWindow } from '../../support/restartingWindow';

describe('a daemon of which no process is known, and that restarts by a command of its own', function () {
  this.timeout(40_000);
  let folder: string;
  let state: string;
  let window: RestartingWindow;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'daemon-health-by-itself-'));
    state = join(folder, 'state.json');
    const restart = {
      command: process.execPath,
      args: ['-e', `require('fs').writeFileSync(${JSON.stringify(state)}, '{"status":"ok"}')`],
      by: 'itself',
    };
    const entry = { name: 'worker', files: [state], restart };
    window = new RestartingWindow({ kind: 'generic', port: 0, folder, env: process.env, entry });
  });
  afterEach(() => {
    window.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('has restarted where it ran, and has started where it did not', async () => {
    assert.match((await window.restart(await window.plan())).text, /^worker started in /);
    writeFileSync(state, '{"status":"ok"}');
    assert.match((await window.restart(await window.plan())).text, /^worker restarted in /);
    assert.equal(window.ran.length, 2);
  });
});
