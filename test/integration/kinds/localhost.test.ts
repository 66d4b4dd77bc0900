import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createProbe, type Probe } from '../../../src/kinds/probe';
import { scan, scanPlaces } from '../../../src/watch/discovery/scan';
import { besideText } from '../../../src/words/besideText';
import { healthyAnswer, sendJson } from '../../support/answeringServer';
import { freePort } from '../../support/freePort';
import { http } from '../../support/target';

const HOSTS = ['127.0.0.1', '::1'] as const;
type Host = (typeof HOSTS)[number];
const other = (host: Host): Host => (host === '::1' ? '127.0.0.1' : '::1');
const placeOf = (host: Host, port: number) => `${host === '::1' ? '[::1]' : host}:${port}`;

const webPage: RequestListener = (_request, response) =>
  void response.setHeader('content-type', 'text/html').end('<html></html>');
const silent: RequestListener = () => undefined;

describe('a name that stands for two addresses', () => {
  let port: number;
  let probe: Probe;
  const servers = new Map<Host, Server>();

  before(async function () {
    const server = createServer().listen(0, '::1');
    const [error] = await Promise.race([once(server, 'listening').then(() => []), once(server, 'error')]);
    server.close();
    if (error) this.skip();
  });
  beforeEach(async () => {
    port = await freePort();
    const timeouts = { requestMs: 400, fallbackMs: 100 };
    probe = createProbe(http(`http://localhost:${port}`), { kind: 'smithy', timeouts });
  });
  afterEach(async () => {
    await probe.close();
    for (const host of [...servers.keys()]) await close(host);
  });

  async function listen(host: Host, answer: RequestListener): Promise<string[]> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      answer(request, response);
    });
    servers.set(host, server);
    await once(server.listen({ port, host, ipv6Only: true }), 'listening');
    return asked;
  }
  async function close(host: Host): Promise<void> {
    const server = servers.get(host)!;
    servers.delete(host);
    server.closeAllConnections();
    await once(server.close(), 'close');
  }
  const smithy: RequestListener = ({ url }, response) =>
    url === '/api/daemon/status' ? healthyAnswer(response) : sendJson(response, {}, 404);
  const asked = async (): Promise<string> => {
    const sample = await probe.ask();
    if (!sample.ok) return sample.failure.kind;
    const { kind, beside } = sample.report;
    return beside ? `${kind}; ${besideText(beside)}` : kind;
  };

  for (const host of HOSTS) {
    describe(`with a smithy at ${host}`, () => {
      const there = () => placeOf(other(host), port);

      it('is watched there, and the other program is named', async () => {
        await listen(host, smithy);
        const strangers = await listen(other(host), webPage);
        const page = `smithy; ${there()} is another program: the answer is a web page; another service listens there`;
        assert.equal(await asked(), page);
        const before = strangers.length;
        assert.equal(await asked(), page);
        assert.equal(strangers.length, before, 'it is not asked again while the daemon answers');
      });

      it('does not wait for a silent program at the other address', async () => {
        await listen(host, smithy);
        await listen(other(host), silent);
        assert.match(await asked(), /^smithy; .* is another program: no answer within/);
      });

      it('fails by its own silence alone, whatever answers at the other address', async () => {
        await listen(host, smithy);
        await listen(other(host), webPage);
        await asked();
        await close(host);
        assert.equal(await asked(), 'refused');
        assert.equal(await asked(), 'refused');
        await listen(host, silent);
        assert.equal(await asked(), 'timeout');
        await close(host);
        await listen(host, smithy);
        assert.match(await asked(), /^smithy; /);
      });

      it('is followed to the other address when it moves there', async () => {
        await listen(host, smithy);
        await listen(other(host), webPage);
        await asked();
        await close(other(host));
        await close(host);
        assert.equal(await asked(), 'refused');
        assert.equal(await asked(), 'refused');
        await listen(other(host), smithy);
        assert.equal(await asked(), 'smithy', 'it has moved: nobody else was a daemon');
      });

      it('is found by a scan', async () => {
        const database = '/x/.stoneforge/stoneforge.db';
        await listen(host, (_request, response) =>
          sendJson(response, { status: 'ok', database, services: { dispatchDaemon: 'running' } }),
        );
        await listen(other(host), webPage);
        const found = await scan(
          { skipPorts: new Set(), workspaceFolders: [] },
          { ...scanPlaces({ DISPATCHD_STATE_DIR: '/nowhere' }), ports: [port] },
        );
        assert.deepEqual(
          found.map(({ kind }) => kind),
          ['smithy'],
        );
      });
    });
  }

  it('is watched at the other address when the smithy comes there and another program has its own', async () => {
    await listen('127.0.0.1', smithy);
    assert.equal(await asked(), 'smithy');
    await close('127.0.0.1');
    assert.equal(await asked(), 'refused');
    await listen('127.0.0.1', webPage);
    await listen('::1', smithy);
    assert.match(await asked(), /^smithy; .* is another program: the answer is a web page/);
  });

  it('with one program at both is asked as one', async () => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests++;
      healthyAnswer(response);
    });
    servers.set('::1', server);
    await once(server.listen({ port, host: '::' }), 'listening');
    assert.equal(await asked(), 'smithy');
    assert.equal(requests, 2, 'its status and its health, once each');
  });

  it('with one program that listens at each by itself names no other', async () => {
    const now = Date.now();
    const answer: RequestListener = (_request, response) =>
      sendJson(response, { isRunning: true, instance: { id: 'one' }, health: { computedAt: new Date(now) } });
    for (const host of HOSTS) await listen(host, answer);
    assert.equal(await asked(), 'dispatchd');
  });

  it('with two daemons is watched at that of the kind in the settings', async () => {
    await listen('127.0.0.1', (_request, response) =>
      sendJson(response, { isRunning: true, instance: { id: 'one' } }),
    );
    await listen('::1', smithy);
    assert.equal(await asked(), `smithy; ${placeOf('127.0.0.1', port)} is another daemon: a dispatchd`);
  });
});
