import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo, type ListenOptions } from 'node:net';
import { findListeners } from '../../../src/system/processTable';
import { notRun } from '../../support/notRun';
import { NOBODY, whyNoOtherUser } from '../../support/otherUser';

describe('who is reached at an address', function () {
  this.timeout(20_000);
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function listen(options: ListenOptions): Promise<number> {
    const server = createServer((socket) => socket.destroy());
    servers.push(server);
    server.listen(options);
    await Promise.race([
      once(server, 'listening'),
      once(server, 'error').then(([error]) => Promise.reject(error as Error)),
    ]);
    return (server.address() as AddressInfo).port;
  }
  const pids = async (port: number, host: string) => (await findListeners(port, host)).map(({ pid }) => pid);

  it('of IPv4 is a socket of both families', async () => {
    const port = await listen({ host: '::', port: 0 });
    assert.deepEqual(await pids(port, '127.0.0.1'), [process.pid]);
    assert.deepEqual(await pids(port, '::1'), [process.pid]);
  });

  it('of IPv4 is no socket of IPv6 alone', async () => {
    const port = await listen({ host: '::', port: 0, ipv6Only: true });
    assert.deepEqual(await pids(port, '127.0.0.1'), []);
    assert.deepEqual(await pids(port, '::1'), [process.pid]);
    assert.deepEqual(await pids(port, 'localhost'), [process.pid]);
  });

  it('of localhost is nobody that is known where one of its addresses is held by who is not told', async function () {
    const reason = process.platform === 'linux' ? whyNoOtherUser() : 'elsewhere a tool tells';
    if (reason !== undefined) notRun(this, reason);
    const port = await listen({ host: '127.0.0.1', port: 0 });
    const table = require.resolve('../../../src/system/processTable.ts');
    const code = `process.setgroups([]); process.setgid(${NOBODY}); process.setuid(${NOBODY});
      require('node:net').createServer().listen(${port}, '::1', async () => {
        const found = await require(${JSON.stringify(table)}).findListeners(${port}, 'localhost');
        console.log(JSON.stringify(found.map(({ pid, isOurs }) => [pid === process.pid, isOurs])));
        process.exit();
      });`;
    const child = spawn(
      process.execPath,
      ['--import=tsx', '-e', `require(${JSON.stringify(table)}); ${code}`],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    assert.equal(String(said).trim(), '[]');
  });
});
