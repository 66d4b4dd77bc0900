import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { sharedByWindows } from '../../../src/store/workspaceFolder';

const OWN = ['workspaceStorage', '0af3c1d2e4b5968778695a4b3c2d1e0f', 'daemon-health.daemon-health'];

describe('the folder of a workspace', () => {
  const rows: readonly [given: string, shared: string, path: typeof posix][] = [
    [posix.join('/data', ...OWN), posix.join('/data', ...OWN), posix],
    [posix.join('/data', OWN[0]!, `${OWN[1]}-1`, OWN[2]!), posix.join('/data', ...OWN), posix],
    [win32.join('C:\\data', OWN[0]!, `${OWN[1]}-9`, OWN[2]!), win32.join('C:\\data', ...OWN), win32],
    // Windows without a folder, and those that run an extension from its sources.
    ['/data/workspaceStorage/1732665600000/x', '/data/workspaceStorage/1732665600000/x', posix],
    ['/data/workspaceStorage/ext-dev-2/x', '/data/workspaceStorage/ext-dev/x', posix],
    ['/my-1/globalStorage/x', '/my-1/globalStorage/x', posix],
  ];
  for (const [given, shared, path] of rows) {
    it(`is one for all of its windows: ${given}`, () => assert.equal(sharedByWindows(given, path), shared));
  }
});
