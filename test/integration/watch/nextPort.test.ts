import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiscoveryWindow } from '../../support/discoveryWindow';
import { FakeSmithy } from '../../support/fakeSmithy';
import { freePort } from '../../support/freePort';
import { makeProject } from '../../support/project';

/** Three free ports in a row. */
async function threePorts(): Promise<[number, number, number]> {
  for (;;) {
    const port = await freePort();
    try {
      for (const each of [port + 1, port + 2]) await close(await listen(each));
      return [port, port + 1, port + 2];
    } catch {
      // Somebody has one of them.
    }
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer();
  await once(server.listen(port, '127.0.0.1'), 'listening');
  return server;
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await once(server.close(), 'close');
}

describe('a second smithy beside one that is watched', () => {
  let folder: string;
  let ports: [number, number, number];
  let first: FakeSmithy;
  let window: DiscoveryWindow;
  const ends: (() => Promise<void>)[] = [];

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-next-port-')));
    for (const name of ['project', 'other']) makeProject(join(folder, name));
    ports = await threePorts();
    first = await smithy('project', ports[0]);
    // As a user has it who wrote the list: nothing else is watched.
    const raw = [{ name: 'smithy', url: `http://127.0.0.1:${ports[0]}` }];
    window = await new DiscoveryWindow({ raw, hasOwnList: true }).open();
    ends.push(() => Promise.resolve(window.close()));
    assert.equal(window.registry.models[0]?.track.verdict.state, 'healthy');
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  });

  async function smithy(project: string, port: number): Promise<FakeSmithy> {
    const started = await FakeSmithy.start(join(folder, project), port);
    ends.push(() => started.stop().catch(() => undefined));
    return started;
  }
  async function stranger(port: number): Promise<{ asked: string[]; end: () => Promise<void> }> {
    const server = await listen(port);
    const asked: string[] = [];
    server.on('request', ({ url = '' }, response) => {
      asked.push(url);
      response.end('<html></html>');
    });
    let isOpen = true;
    const end = async () => {
      if (isOpen) await close(server);
      isOpen = false;
    };
    ends.push(end);
    return { asked, end };
  }
  const conflicts = () => window.registry.conflicts.map(({ parties }) => parties.map(({ port }) => port));
  const statusAsks = ({ requests }: FakeSmithy) =>
    requests.filter((path) => path === '/api/daemon/status').length;

  it('is found with the next poll, and is a conflict', async () => {
    const second = await smithy('project', ports[1]);
    await window.pollAfter();
    assert.deepEqual(conflicts(), [[ports[0], ports[1]]]);
    assert.equal(statusAsks(second), 0, 'its health route tells all');
  });

  it('is watched where the project is open and nobody wrote a list', async () => {
    window.close();
    const raw = [{ name: 'smithy', url: `http://localhost:${ports[0]}`, kind: 'smithy' }];
    window = await new DiscoveryWindow({ raw, workspaceFolders: [join(folder, 'project')] }).open();
    await smithy('project', ports[1]);
    await window.pollAfter();
    await window.pollAfter();
    assert.deepEqual(
      window.registry.models.map(({ daemon, track }) => [daemon.name, track.verdict.state]),
      [
        ['smithy', 'healthy'],
        ['smithy (project)', 'healthy'],
      ],
    );
    assert.deepEqual(conflicts(), [[ports[0], ports[1]]]);
  });

  it('is found behind the port of another program, which is asked once', async () => {
    const other = await stranger(ports[1]);
    await window.pollAfter();
    await smithy('project', ports[2]);
    for (let poll = 0; poll < 3; poll++) await window.pollAfter();
    assert.deepEqual(conflicts(), [[ports[0], ports[2]]]);
    assert.deepEqual(other.asked, ['/api/health']);
  });

  it('is found where another program was, once the port has refused', async () => {
    const other = await stranger(ports[1]);
    await window.pollAfter();
    await other.end();
    await window.pollAfter();
    await smithy('project', ports[1]);
    await window.pollAfter();
    assert.deepEqual(conflicts(), [[ports[0], ports[1]]]);
  });

  it('of another project is offered, asked once, and no longer offered when it is gone', async () => {
    const second = await smithy('other', ports[1]);
    for (let poll = 0; poll < 3; poll++) await window.pollAfter();
    const offered = () => window.registry.found.map(({ place }) => place);
    assert.deepEqual(offered(), [join(folder, 'other')]);
    assert.deepEqual(second.requests, ['/api/health']);
    await second.stop();
    await window.pollAfter();
    assert.deepEqual(offered(), []);
  });

  it('is not looked for while nobody looks, and no status is asked for more than before', async () => {
    const before = statusAsks(first);
    window.isFocused = false;
    await smithy('project', ports[1]);
    for (let poll = 0; poll < 3; poll++) await window.pollAfter();
    assert.deepEqual(conflicts(), []);
    assert.equal(statusAsks(first), before + 3);
  });
});
