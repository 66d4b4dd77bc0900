import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { restartWays } from '../../../src/kinds/smithy/start';
import { isOutside, startFolder } from '../../../src/restart/startFolder';
import { START_CONTEXT } from '../../support/startContext';
import { http } from '../../support/target';

describe('the folder that a smithy is started in, of several that are open', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'daemon-health-roots-'));
    for (const name of ['web', 'server', 'other']) mkdirSync(join(root, name));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));
  const folders = () => ['web', 'server', 'other'].map((name) => ({ name, path: join(root, name) }));
  const mark = (name: string) => mkdirSync(join(root, name, '.stoneforge'));
  const where = (choose?: Parameters<typeof startFolder>[3]) =>
    startFolder('smithy', '.stoneforge', folders(), choose);

  it('is the one that has .stoneforge in it', async () => {
    mark('server');
    assert.deepEqual(await where(), { workspaceFolder: join(root, 'server') });
  });

  it('is the one that the user says where two have it', async () => {
    mark('server');
    mark('web');
    const found = await where((among) => {
      assert.deepEqual(
        among.map(({ name }) => name),
        ['web', 'server'],
      );
      return Promise.resolve(among[1]);
    });
    assert.deepEqual(found, { workspaceFolder: join(root, 'server') });
  });

  for (const [count, marked] of [
    [0, []],
    [2, ['server', 'web']],
  ] as const) {
    it(`is not known where ${count} have it and nobody says which: no start is guessed`, async () => {
      marked.forEach(mark);
      const place = { ...START_CONTEXT, name: 'smithy', ...(await where()) };
      const target = http('http://127.0.0.1:3457');
      assert.deepEqual(restartWays(target, place), {
        is: 'folderUnclear',
        daemon: 'smithy',
        mark: '.stoneforge',
        count,
      });
      const running = { argv: ['/usr/bin/node', '/usr/bin/sf', 'serve', 'smithy'], cwd: '/project' };
      const ways = restartWays(target, { ...place, running });
      assert.equal(!('is' in ways) && ways[0]?.command.cwd, '/project', 'where it runs now');
    });
  }

  it('is the first for a daemon that takes no work from there', async () => {
    assert.deepEqual(await startFolder('dispatchd', undefined, folders()), {
      workspaceFolder: join(root, 'web'),
    });
  });

  it('is open where it is one of them or in one', () => {
    const at = (path: string) => isOutside(path, [{ name: 'a', path: '/projects/a' }]);
    assert.deepEqual(['/projects/a', '/projects/a/b', '/projects/a/..b'].map(at), [false, false, false]);
    assert.deepEqual(['/projects', '/projects/ab', '/', '/tmp/x'].map(at), [true, true, true, true]);
  });
});

describe('the folder that only the last answer of a smithy names', () => {
  const target = http('http://127.0.0.1:3457');
  const place = { ...START_CONTEXT, name: 'smithy' };
  const last = { database: { path: '/evil/.stoneforge/stoneforge.db', realPath: '' } } as never;

  it('is told from the folder that its process works in', () => {
    const byAnswer = restartWays(target, place, last);
    assert.ok(!('is' in byAnswer));
    assert.deepEqual([byAnswer[0]?.command.cwd, byAnswer[0]?.isFolderByAnswer], ['/evil', true]);
    const running = { argv: ['/usr/bin/node', '/usr/bin/sf', 'serve', 'smithy'], cwd: '/project' };
    const byProcess = restartWays(target, { ...place, running }, last);
    assert.ok(!('is' in byProcess));
    assert.deepEqual([byProcess[0]?.command.cwd, byProcess[0]?.isFolderByAnswer], ['/project', undefined]);
  });

  it('is not where Windows looks for `sf`', () => {
    const ways = restartWays(target, { ...place, platform: 'win32' }, last);
    assert.ok(!('is' in ways));
    assert.deepEqual(ways[0]?.command.env, { NoDefaultCurrentDirectoryInExePath: '1' });
  });
});
