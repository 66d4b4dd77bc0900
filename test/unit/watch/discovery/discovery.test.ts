import { http } from '../../../support/target';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { decideAdoption, identityOf, type Watched } from '../../../../src/watch/discovery/adoption';
import type { Adopted } from '../../../../src/store/adopted';
import { type FoundDaemon } from '../../../../src/model/foundDaemon';
import { readPorts } from '../../../../src/kinds/ports';
import { instanceFileIn, places } from '../../../../src/kinds/dispatchd/instanceFile';
import { ownIdentity } from '../../../../src/system/identity';
import { scanPlaces } from '../../../../src/watch/discovery/scan';
import { belongsTo, projectFolder, readPath, shortPath } from '../../../../src/kinds/read/paths';

const DATABASE = '/project/.stoneforge/stoneforge.db';

function found(port: number, changes: Partial<FoundDaemon> = {}): FoundDaemon {
  return {
    kind: 'smithy',
    target: http(`http://localhost:${port}`),
    folder: '/project',
    place: '~/project',
    database: DATABASE,
    isRunning: true,
    belongs: true,
    ...changes,
  };
}

function watched(port: number, changes: Partial<Watched> = {}): Watched {
  return {
    name: 'smithy',
    origin: `http://localhost:${port}`,
    port,
    kind: 'smithy',
    configured: false,
    database: DATABASE,
    isGone: false,
    isReplaced: false,
    goneForMs: 0,
    answers: true,
    ...changes,
  };
}

const gone = { isGone: true, answers: false };

function adopted(port: number, changes: Partial<Adopted> = {}): Adopted {
  return {
    name: 'smithy (project)',
    kind: 'smithy',
    origin: `http://localhost:${port}`,
    database: DATABASE,
    ...changes,
  };
}

const NOTHING = { adopted: [], retired: [] };

describe('a found daemon', () => {
  it('of the open workspace is watched, by a name that tells which it is', () => {
    const { notes, ...adoption } = decideAdoption(NOTHING, [], [found(3458)]);
    assert.deepEqual(adoption, { adopted: [adopted(3458)], retired: [] });
    assert.deepEqual(notes, ['smithy (project) on port 3458 belongs to this workspace and is watched']);
  });

  it('of the same folder as another has its port in its name', () => {
    const { adopted: both } = decideAdoption(NOTHING, [], [found(3458), found(3459)]);
    assert.deepEqual(
      both.map(({ name }) => name),
      ['smithy (project)', 'smithy (project) 3459'],
    );
  });

  it('of another folder is left alone', () => {
    const { notes, ...adoption } = decideAdoption(NOTHING, [], [found(3458, { belongs: false })]);
    assert.deepEqual(adoption, NOTHING);
    assert.deepEqual(notes, []);
  });

  it('that is watched already, by whichever host name, is not adopted', () => {
    const known = watched(3458, { origin: 'http://127.0.0.1:3458' });
    assert.deepEqual(decideAdoption(NOTHING, [known], [found(3458)]).adopted, []);
  });

  it('is remembered by where it works, not by its port', () => {
    assert.equal(identityOf(found(3458)), identityOf(found(3460)));
    assert.notEqual(identityOf(found(3458)), identityOf(found(3458, { database: '/other.db' })));
  });
});

describe('a daemon that vanished from its port', () => {
  const before = { adopted: [adopted(3458)], retired: [] };

  it('and is found on another with the same database is the same one, moved', () => {
    const decision = decideAdoption(before, [watched(3458, gone)], [found(3459)]);
    assert.deepEqual(decision.adopted, [adopted(3459, { movedFromPort: 3458 })]);
    assert.equal(decision.notes[0], 'smithy moved from port 3458 to 3459: same database');
  });

  it('is no longer looked for on its default port either', () => {
    const decision = decideAdoption(NOTHING, [watched(3457, gone)], [found(3458)]);
    assert.deepEqual(decision.adopted, [adopted(3458, { movedFromPort: 3457 })]);
    assert.deepEqual(decision.retired, ['http://localhost:3457']);
  });

  it('and is back on the default port is the default again', () => {
    const moved = { adopted: [adopted(3458)], retired: ['http://localhost:3457'] };
    const { notes: _, ...adoption } = decideAdoption(moved, [watched(3458, gone)], [found(3457)]);
    assert.deepEqual(adoption, NOTHING);
  });

  it('stays as an outage where nothing serves its database', () => {
    const other = found(3459, { database: '/other.db', belongs: false });
    assert.deepEqual(decideAdoption(before, [watched(3458, gone)], [other]).adopted, before.adopted);
  });

  it('was the second of two, and stopping it was right: it is not an outage', () => {
    const decision = decideAdoption(before, [watched(3457), watched(3458, gone)], []);
    assert.deepEqual(decision.adopted, []);
  });

  it('stays where the user named it', () => {
    const named = watched(3457, { ...gone, configured: true });
    assert.deepEqual(decideAdoption(NOTHING, [named], [found(3458, { belongs: false })]).retired, []);
  });

  it('and whose port another database has now is no longer watched there', () => {
    const taken = watched(3458, { isGone: true, isReplaced: true });
    assert.deepEqual(decideAdoption(before, [taken], []).adopted, []);
  });
});

describe('belonging to a workspace', () => {
  const cases: [folder: string, workspaceFolders: string[], belongs: boolean][] = [
    ['/project', ['/project'], true],
    ['/project/packages/a', ['/project'], true],
    ['/project', ['/project/packages/a'], true],
    ['/project', ['/elsewhere', '/project'], true],
    ['/project-two', ['/project'], false],
    ['/project', ['/project-two'], false],
    ['/..project', ['/'], true],
    ['/other', ['/project'], false],
    ['/project', [], false],
    ['C:\\Project', ['c:\\project\\src'], true],
    ['D:\\project', ['c:\\project'], false],
  ];
  for (const [folder, workspaceFolders, belongs] of cases) {
    it(`${folder} ${belongs ? 'belongs' : 'does not belong'} to [${workspaceFolders.join()}]`, () =>
      assert.equal(belongsTo(folder, workspaceFolders), belongs));
  }
});

describe('a path as a daemon says it', () => {
  it('is kept whole or not at all', () => {
    assert.equal(readPath('/a b/ü.db'), '/a b/ü.db');
    for (const bad of [
      'relative.db',
      '',
      5,
      null,
      undefined,
      '/a\nb',
      '/a\u202eb',
      `/${'x'.repeat(5_000)}`,
    ]) {
      assert.equal(readPath(bad), undefined, String(bad).slice(0, 20));
    }
  });

  it('names the project by its .stoneforge folder, and by nothing else', () => {
    assert.equal(projectFolder(DATABASE), '/project');
    assert.equal(projectFolder('C:\\p\\.stoneforge\\stoneforge.db'), 'C:\\p');
    assert.equal(projectFolder('/data/stoneforge.db'), undefined);
  });

  it('is shown from the home folder', () => {
    assert.equal(shortPath('/home/dev/project', '/home/dev'), '~/project');
    assert.equal(shortPath('/home/dev', '/home/dev'), '~');
    assert.equal(shortPath('/home/developer', '/home/dev'), '/home/developer');
    assert.equal(shortPath('/project', '/'), '/project');
  });
});

describe('the places to look at', () => {
  it("are smithy's twenty ports, ductor's one, and dispatchd's state file", () => {
    const { ports } = scanPlaces({});
    assert.deepEqual([ports[0], ports[19], ports.slice(20)], [3457, 3476, [8799]]);
    assert.equal(instanceFileIn({}), join(homedir(), '.daemon-health', 'dispatchd', 'instance.json'));
  });

  it('can be set by the environment', () => {
    const { ports } = scanPlaces({ DAEMON_HEALTH_DISCOVERY_PORTS: '4000, 4002-4004' });
    assert.deepEqual(ports, [4000, 4002, 4003, 4004]);
    assert.equal(instanceFileIn({ DISPATCHD_STATE_DIR: '/state' }), join('/state', 'instance.json'));
  });

  it('are none where the environment names none, and bounded where it names too many', () => {
    assert.deepEqual(readPorts(''), []);
    assert.deepEqual(readPorts('x,0,70000,5-4,-3'), []);
    assert.equal(readPorts('1-65535').length, 100);
  });
});

describe("dispatchd's state file", () => {
  const { pid, ...birth } = ownIdentity();
  const file = { version: 1, pid, port: 4000, url: 'http://127.0.0.1:4000', birth };
  const folder = mkdtempSync(join(tmpdir(), 'daemon-health-places-'));
  after(() => rmSync(folder, { recursive: true }));

  const found = (value: unknown) => {
    writeFileSync(join(folder, 'instance.json'), JSON.stringify(value));
    return places({ env: { DISPATCHD_STATE_DIR: folder }, isWanted: () => true });
  };

  it('tells the address, if who wrote the file lives', async () => {
    assert.deepEqual(await found(file), [http('http://127.0.0.1:4000')]);
    const ended = { ...birth, startedAtMs: birth.startedAtMs - 60_000, startTicks: 1 };
    assert.deepEqual(await found({ ...file, birth: ended }), []);
  });

  it('of an earlier version tells the address, if who has its number began before the file says', async () => {
    const at = (startedAt: number) => ({ ...file, birth: undefined, startedAt: new Date(startedAt) });
    assert.deepEqual(await found(at(Date.now())), [http('http://127.0.0.1:4000')]);
    assert.deepEqual(await found(at(birth.startedAtMs - 60_000)), []);
    assert.deepEqual(await found({ ...file, birth: undefined }), []);
  });

  const bad: Record<string, unknown> = {
    'a remote address': { ...file, url: 'http://192.168.0.1:4000' },
    'another protocol': { ...file, url: 'file:///etc/passwd' },
    'no address': { ...file, url: undefined },
    'a pid that is none': { ...file, pid: -1 },
    'no object': [],
  };
  for (const [what, value] of Object.entries(bad)) {
    it(`with ${what} is not believed`, async () => assert.deepEqual(await found(value), []));
  }
});
