import { reportWith } from '../../health/support';
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toDatabase } from '../../../../src/kinds/smithy/database';
import { readStatus } from '../../../../src/kinds/smithy/status';
import { causeText } from '../../../../src/words/causes';
import { readPath } from '../../../../src/kinds/read/paths';
import { scan, scanPlaces } from '../../../../src/watch/discovery/scan';
import { startFlags } from '../../../../src/kinds/dispatchd/instanceFile';

/** Paths that lead to another machine or to a device as soon as the system looks at them. */
const FOREIGN: readonly (readonly [what: string, path: string])[] = [
  ['a network share', '\\\\host\\share\\.stoneforge\\stoneforge.db'],
  ['a network share with slashes', '//host/share/.stoneforge/stoneforge.db'],
  ['a network share with mixed separators', '/\\host/share/stoneforge.db'],
  ['a network share with mixed separators', '\\/host\\share\\stoneforge.db'],
  ['a network share by WebDAV', '\\\\host@SSL@443\\DavWWWRoot\\x.db'],
  ['a device', '\\\\.\\pipe\\x'],
  ['a device with slashes', '//./pipe/x'],
  ['a verbatim path', '\\\\?\\UNC\\host\\share\\x.db'],
  ['a verbatim path of this machine', '\\\\?\\C:\\x\\y.db'],
  ['a path of the object manager', '\\??\\UNC\\host\\share\\x.db'],
  ['a path of the object manager with slashes', '/??/UNC/host/share/x.db'],
  ['a path on the current drive', '\\x\\y.db'],
  ['a path that counts from the folder of a drive', 'C:x\\y.db'],
  ['a drive alone', 'C:'],
  ['a stream of a file', 'C:\\x\\y.db:stream'],
  ['a device in a folder', 'C:\\x\\COM1'],
  ['a device with an ending', 'C:\\x\\con.db'],
  ['a device with a space', 'C:\\aux .txt\\y.db'],
  ['a host that autofs mounts', '/net/host/share/x.db'],
  ['a host that autofs mounts', '/net//host/x.db'],
  ['a host that autofs mounts, on a disk that takes A for a', '/NET/host/x.db'],
  ['the folder of autofs itself', '/net'],
  ['a server of macOS', '/Network/Servers/host/x.db'],
  ['the same by another name of its disk', '/System/Volumes/Data/net/host/x.db'],
  ['the same with a separator too many', '/System//Volumes/Data/net/host/x.db'],
  ['a file of macOS by its numbers', '/.vol/16777220/2/net/host/x.db'],
  // Where `/var/run` is a link to `/run`, this is `/net/host`.
  ['a way up', '/var/run/../net/host/x.db'],
  ['a way up on Windows', 'C:\\x\\..\\..\\y.db'],
  ['a way up with mixed separators', '/x\\..\\y.db'],
  ['this very folder', '/./net/host/x.db'],
  ['a root by the kernel', '/proc/self/root/net/host/x.db'],
  ['an open file by the kernel', '/dev/fd/3'],
  ['a URL', 'file://host/share/x.db'],
  ['an encoded share', '%5C%5Chost%5Cshare'],
  ['a zero', '/x\0/y.db'],
  ['a space at the end', '/net /x '],
  ['a relative path', 'net/host/x.db'],
];

/** Paths of this machine, in the form in which daemons give them. */
const OWN: readonly string[] = [
  '/home/dev/project/.stoneforge/stoneforge.db',
  '/home/dev/a b/ü.db',
  '/home/dev/net/x.db',
  '/netbooks/x.db',
  '/devel/x.db',
  '/home/dev/..project/...x',
  '/home//dev/',
  '/',
  'C:\\Users\\dev\\project\\.stoneforge\\stoneforge.db',
  'c:/Users/dev/project',
  'C:\\console\\auxiliary\\nul1.db',
  'D:\\',
];

/** Every call of `node:fs/promises` that names a path, while `work` runs. */
async function pathsTouched(work: () => unknown): Promise<readonly string[]> {
  const files = createRequire(__filename)('node:fs/promises') as Record<string, unknown>;
  const touched: string[] = [];
  const kept = { ...files };
  for (const [name, call] of Object.entries(kept)) {
    if (typeof call !== 'function') continue;
    files[name] = (path: unknown, ...rest: unknown[]) => {
      if (typeof path === 'string') touched.push(path);
      return (call as (...all: unknown[]) => unknown)(path, ...rest);
    };
  }
  try {
    await work();
  } finally {
    Object.assign(files, kept);
  }
  return touched;
}

describe('a path that a daemon names', () => {
  for (const [what, path] of FOREIGN) {
    it(`is dropped where it is ${what}: ${JSON.stringify(path)}`, () =>
      assert.equal(readPath(path), undefined));
  }
  for (const path of OWN) it(`is kept as it is: ${path}`, () => assert.equal(readPath(path), path));
});

describe('no file call is made with a path that leads to another machine', () => {
  const ORIGIN = 'http://127.0.0.1:3457';
  /** What a scan reads by itself: a state folder, and whose a port is. */
  const OWN_FILES: readonly string[] = ['/no-such-folder/instance.json', '/proc/net/tcp', '/proc/net/tcp6'];
  const wanted = (touched: readonly string[], path: string) =>
    touched.filter((one) => one.startsWith(path) || one.includes('host'));

  it('the spy sees a path of this machine', async () => {
    const path = '/no-such-host/.stoneforge/stoneforge.db';
    assert.deepEqual(await pathsTouched(() => toDatabase(path, ORIGIN, 100)), [path]);
  });

  for (const [, path] of FOREIGN) {
    it(`by the database of a health answer: ${JSON.stringify(path)}`, async () => {
      const touched = await pathsTouched(() => toDatabase(path, ORIGIN, 100));
      assert.deepEqual(touched, []);
    });
  }

  describe('by a scan', () => {
    let server: Server;
    let health: object = {};

    before(async () => {
      server = createServer((_request, response) => response.end(JSON.stringify(health)));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      // The first scan loads what the kinds are: files of our own.
      await scan({ skipPorts: new Set(), workspaceFolders: [] }, { ...scanPlaces({}), ports: [] });
    });
    after(() => {
      server.closeAllConnections();
      server.close();
    });

    for (const [, path] of FOREIGN) {
      it(JSON.stringify(path), async () => {
        const places = {
          ...scanPlaces({ DISPATCHD_STATE_DIR: '/no-such-folder' }),
          ports: [(server.address() as AddressInfo).port],
          timeoutMs: 2_000,
        };
        for (health of [
          { database: path, services: { dispatchDaemon: 'running' } },
          { instance: { id: 'a', workspace: path }, services: { dispatchDaemon: 'running' } },
        ]) {
          const touched = await pathsTouched(() =>
            scan({ skipPorts: new Set(), workspaceFolders: [] }, places),
          );
          assert.deepEqual(
            touched.filter((one) => !OWN_FILES.includes(one)),
            [],
          );
        }
      });
    }
  });

  for (const [, path] of FOREIGN) {
    it(`by the folders of an instance: ${JSON.stringify(path)}`, async () => {
      const report = readStatus(
        { isRunning: true, instance: { id: 'a', pid: 1, stateDir: path, workspace: path } },
        0,
      );
      if ('is' in report) throw new Error(causeText(report));
      assert.equal(report.instance?.stateDir, undefined);
      assert.equal(report.instance?.workspace, undefined);
      const touched = await pathsTouched(() => startFlags(report, 1));
      assert.deepEqual(wanted(touched, path), []);
    });
  }

  describe('by the flags in the file of an instance', () => {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-health-flags-'));
    after(() => rmSync(folder, { recursive: true, force: true }));

    for (const [stateDir, isTaken] of [
      ['\\\\host\\share', false],
      ['//host/share', false],
      ['/net/host/share', false],
      ['C:\\x\\state', true],
      [folder, true],
    ] as const) {
      it(`${JSON.stringify(stateDir)} ${isTaken ? 'is given' : 'is not given'} to a new daemon`, async () => {
        for (const place of [['--state-dir', stateDir], [`--state-dir=${stateDir}`]]) {
          const argv = ['--port', '3470', ...place];
          writeFileSync(join(folder, 'instance.json'), JSON.stringify({ pid: 1, argv }));
          const flags = await startFlags(reportWith({ instance: { stateDir: folder } }), 1);
          assert.deepEqual(flags, isTaken ? argv : undefined);
        }
      });
    }
  });
});
