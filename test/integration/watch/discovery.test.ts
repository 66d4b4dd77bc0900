import { http } from '../../support/target';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProbe } from '../../../src/kinds/probe';
import { ownIdentity } from '../../../src/system/identity';
import { scan, scanPlaces } from '../../../src/watch/discovery/scan';
import { FakeSmithy } from '../../support/fakeSmithy';
import { AnsweringServer, sendJson } from '../../support/answeringServer';
import { smithySession } from '../../support/smithyProcess';
import { makeProject } from '../../support/project';

const TIMEOUT_MS = 300;

/** A smithy with a stopped loop, whose sessions are what a test says. */
class SmithyServer {
  readonly #server = createServer();

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(project: string, sessions: (response: ServerResponse) => void): Promise<this> {
    this.#server.on('request', ({ url }: IncomingMessage, response: ServerResponse) => {
      if (url === '/api/sessions') return sessions(response);
      const database = join(project, '.stoneforge', 'stoneforge.db');
      sendJson(response, { status: 'ok', database, services: { dispatchDaemon: 'stopped' } });
    });
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await once(this.#server.close(), 'close');
  }
}

describe('a scan of this machine', () => {
  let folder: string;
  const servers: { stop(): Promise<void> }[] = [];

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-discovery-')));
    makeProject(join(folder, 'project'));
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  const kept = <T extends { stop(): Promise<void> }>(server: T): T => {
    servers.push(server);
    return server;
  };
  const smithy = async (project: string) => kept(await FakeSmithy.start(join(folder, project)));
  const answering = async (...[answer]: Parameters<typeof AnsweringServer.start>) =>
    kept(await AnsweringServer.start(answer));
  const portOf = ({ url }: { url: string }) => Number(new URL(url).port);
  const look = (
    targets: readonly { url: string }[],
    { skip = [], workspaces = [join(folder, 'project')] }: { skip?: number[]; workspaces?: string[] } = {},
  ) =>
    scan(
      { skipPorts: new Set(skip), workspaceFolders: workspaces },
      {
        ...scanPlaces({ DISPATCHD_STATE_DIR: join(folder, 'state') }),
        ports: targets.map(portOf),
        timeoutMs: TIMEOUT_MS,
      },
    );

  it('finds the smithy of the open workspace', async () => {
    const server = await smithy('project');
    const [found, ...others] = await look([server]);
    assert.deepEqual(others, []);
    assert.ok(found);
    const { kind, target, belongs, database, isRunning } = found;
    assert.deepEqual(
      { kind, target, belongs, database, isRunning },
      {
        kind: 'smithy',
        target: http(`http://localhost:${portOf(server)}`),
        belongs: true,
        database: join(folder, 'project', '.stoneforge', 'stoneforge.db'),
        isRunning: true,
      },
    );
  });

  it('finds out whether sessions of a smithy with a stopped loop run', async () => {
    const stopped = async (sessions: (response: ServerResponse) => void) => {
      const server = kept(await new SmithyServer().start(join(folder, 'project'), sessions));
      const [found] = await look([server]);
      return { isRunning: found?.isRunning, runsAgents: found?.runsAgents };
    };
    for (const [status, runsAgents] of [
      ['running', true],
      ['terminated', false],
    ] as const) {
      const sessions = [{ ...smithySession('e-worker-1'), status }];
      assert.deepEqual(await stopped((response) => sendJson(response, { sessions })), {
        isRunning: false,
        runsAgents,
      });
    }
    const unknown = await stopped((response) => sendJson(response, {}, 500));
    assert.deepEqual(unknown, { isRunning: false, runsAgents: false }, 'what is not known is not claimed');
  });

  it('knows one of another folder as not ours', async () => {
    const [found] = await look([await smithy('elsewhere')]);
    assert.equal(found?.belongs, false);
    assert.equal(found?.folder, join(folder, 'elsewhere'));
  });

  it('knows the workspace through a symbolic link, on either side', async () => {
    symlinkSync(join(folder, 'project'), join(folder, 'link'));
    const byLink = await smithy('link');
    const direct = await smithy('project');
    const workspaces = [join(folder, 'link')];
    const found = await look([byLink, direct], { workspaces });
    assert.deepEqual(
      found.map(({ belongs }) => belongs),
      [true, true],
    );
    assert.equal(found[0]?.database, found[1]?.database);
  });

  it('asks a watched port nothing', async () => {
    const server = await smithy('project');
    assert.deepEqual(await look([server], { skip: [portOf(server)] }), []);
    assert.deepEqual(server.requests, []);
  });

  it('asks an older smithy, whose health does not tell of its daemon, for its status', async () => {
    const server = await smithy('project');
    server.hidesServices = true;
    const [found] = await look([server]);
    assert.equal(found?.isRunning, true);
    assert.deepEqual(server.requests, ['/api/health', '/api/daemon/status']);
  });

  it('takes nothing else for a daemon, and waits for nothing', async () => {
    const database = '/x/.stoneforge/stoneforge.db';
    const others = [
      await answering((response) => response.end('<html></html>')),
      await answering((response) => sendJson(response, { error: 'no' }, 404)),
      await answering((response) => sendJson(response, [])),
      await answering((response) => sendJson(response, { status: 'ok' })),
      // A server of the same makers: a database, but no dispatch daemon.
      await answering((response) => sendJson(response, { status: 'ok', database })),
      await answering((response) =>
        sendJson(response, { database: '../x.db', services: { dispatchDaemon: 'running' } }),
      ),
      await answering((response) => response.destroy()),
      await answering(() => undefined),
    ];
    const startedMs = performance.now();
    assert.deepEqual(await look(others), []);
    assert.ok(performance.now() - startedMs < 10 * TIMEOUT_MS);
  });

  it('finds a dispatchd where its state file says it is', async () => {
    const instance = { id: 'one', pid: process.pid, workspace: join(folder, 'project', 'packages') };
    const server = await answering((response) =>
      sendJson(response, { status: 'ok', services: { dispatchDaemon: 'running' }, instance }),
    );
    mkdirSync(join(folder, 'state'));
    const state = { version: 1, id: 'one', pid: process.pid, port: portOf(server), url: server.url };
    const { pid: _, ...birth } = ownIdentity();
    writeFileSync(join(folder, 'state', 'instance.json'), JSON.stringify({ ...state, birth }));
    const [found] = await look([]);
    assert.deepEqual(
      { kind: found?.kind, target: found?.target, belongs: found?.belongs },
      { kind: 'dispatchd', target: http(server.url), belongs: true },
    );
  });

  for (const [what, birth, isFound] of [
    ['an earlier process of the same number', { startedAtMs: 1, startTicks: 1 }, false],
    ['this very process', { startedAtMs: Math.round(performance.timeOrigin) }, true],
  ] as const) {
    it(`${isFound ? 'finds' : 'does not look for'} a dispatchd where ${what} wrote the state file`, async () => {
      const instance = { id: 'one', pid: process.pid };
      const server = await answering((response) =>
        sendJson(response, { status: 'ok', services: { dispatchDaemon: 'running' }, instance }),
      );
      mkdirSync(join(folder, 'state'));
      const state = { version: 1, id: 'one', pid: process.pid, birth, port: portOf(server), url: server.url };
      writeFileSync(join(folder, 'state', 'instance.json'), JSON.stringify(state));
      assert.equal((await look([])).length, isFound ? 1 : 0);
    });
  }

  it('does not believe a state file whose process has ended and whose number another one has', async () => {
    const instance = { id: 'one', pid: process.pid, workspace: join(folder, 'project') };
    const server = await answering((response) =>
      sendJson(response, { status: 'ok', services: { dispatchDaemon: 'running' }, instance }),
    );
    mkdirSync(join(folder, 'state'));
    const state = { version: 1, id: 'one', pid: process.pid, port: portOf(server), url: server.url };
    const hourAgoMs = Date.now() - 3_600_000;
    for (const born of [
      { birth: { startedAtMs: hourAgoMs, startTicks: 1 } },
      { startedAt: new Date(hourAgoMs).toISOString() },
      {},
    ]) {
      writeFileSync(join(folder, 'state', 'instance.json'), JSON.stringify({ ...state, ...born }));
      assert.deepEqual(await look([]), [], JSON.stringify(born));
    }
    writeFileSync(
      join(folder, 'state', 'instance.json'),
      JSON.stringify({ ...state, startedAt: new Date().toISOString() }),
    );
    assert.equal((await look([])).length, 1, 'of an earlier version, whose process was there');
  });

  for (const [what, text] of Object.entries({ 'a broken': '{"pid":', 'an empty': '' })) {
    it(`is not stopped by ${what} state file`, async () => {
      mkdirSync(join(folder, 'state'));
      writeFileSync(join(folder, 'state', 'instance.json'), text);
      assert.equal((await look([await smithy('project')])).length, 1);
    });
  }

  describe('and the probe of a smithy', () => {
    it('tells its database, and asks for it once', async () => {
      const server = await smithy('project');
      const probe = createProbe(http(server.url));
      try {
        for (let poll = 0; poll < 3; poll++) {
          const sample = await probe.ask();
          assert.ok(sample.ok);
          assert.equal(sample.report.database?.path, join(folder, 'project', '.stoneforge', 'stoneforge.db'));
        }
        assert.equal(server.requests.filter((path) => path === '/api/health').length, 1);
      } finally {
        await probe.close();
      }
    });

    it('asks again after a failure: another process may have taken the port', async () => {
      const server = await smithy('project');
      const probe = createProbe(http(server.url));
      try {
        await probe.ask();
        server.isBroken = true;
        assert.equal((await probe.ask()).ok, false);
        server.isBroken = false;
        server.folder = join(folder, 'elsewhere');
        const sample = await probe.ask();
        assert.ok(sample.ok);
        assert.match(sample.report.database?.path ?? '', /elsewhere/);
      } finally {
        await probe.close();
      }
    });

    it('does without it where the route fails', async () => {
      const server = await smithy('project');
      server.hasNoHealth = true;
      const probe = createProbe(http(server.url));
      try {
        const sample = await probe.ask();
        assert.ok(sample.ok);
        assert.equal(sample.report.database, undefined);
      } finally {
        await probe.close();
      }
    });
  });
});
