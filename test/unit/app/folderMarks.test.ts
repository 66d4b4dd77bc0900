import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderMarks } from '../../../src/app/folderMarks';

describe('what a daemon works in', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'daemon-health-marks-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is looked for in the open folders, and told when it comes or goes', async () => {
    let changes = 0;
    const [web, server] = [join(folder, 'web'), join(folder, 'server')];
    for (const each of [web, server]) mkdirSync(each);
    const marks = new FolderMarks(
      () => [web, server],
      () => changes++,
    );
    await marks.look();
    assert.deepEqual([marks.has, changes], [false, 0]);
    mkdirSync(join(server, '.stoneforge'));
    await marks.look();
    await marks.look();
    assert.deepEqual([marks.has, changes], [true, 1]);
    rmSync(join(server, '.stoneforge'), { recursive: true });
    await marks.look();
    assert.deepEqual([marks.has, changes], [false, 2]);
  });
});
