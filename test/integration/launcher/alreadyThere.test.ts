import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { alreadyThere } from '../../../src/launcher/alreadyThere';
import { freePort } from '../../support/freePort';

/** A file system on a machine that is gone answers in minutes, or never. */
const HUNG = '/hung/project/.stoneforge/stoneforge.db';

describe('before a smithy is started', () => {
  const files = createRequire(__filename)('node:fs/promises') as { realpath: unknown };
  const { realpath } = files;
  let said: object = {};
  const server = createServer((_request, response) => response.end(JSON.stringify(said)));

  before(async () => {
    files.realpath = (path: string) =>
      path === HUNG ? new Promise(() => undefined) : Promise.reject(new Error('not there'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    process.env['DAEMON_HEALTH_DISCOVERY_PORTS'] = String((server.address() as AddressInfo).port);
  });
  after(() => {
    files.realpath = realpath;
    delete process.env['DAEMON_HEALTH_DISCOVERY_PORTS'];
    server.closeAllConnections();
    server.close();
  });

  it('a database on a file system that hangs does not hold up the start', async () => {
    said = { database: HUNG };
    const place = {
      url: `http://127.0.0.1:${await freePort()}`,
      onlyOne: { kind: 'smithy', folder: '/other' },
    };
    assert.equal(await alreadyThere(place), undefined);
  });

  it('a smithy of the same folder is found although its file system hangs', async () => {
    said = { database: HUNG };
    const place = {
      url: `http://127.0.0.1:${await freePort()}`,
      onlyOne: { kind: 'smithy', folder: join('/hung', 'project') },
    };
    assert.match((await alreadyThere(place)) ?? '', /^A smithy for \/hung\/project already answers at /);
  });
});
