import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createProbe } from '../../../src/kinds/probe';
import { DaemonProcess } from '../../support/dispatchd/daemonProcess';
import { until } from '../../support/until';
import { dispatchdScope } from '../dispatchdScope';

describe('dispatchd in a crowd', function () {
  this.timeout(60_000);
  const scope = dispatchdScope();

  /** So many connections that have said this and then wait, the first one first. */
  async function crowd(port: number, count: number, says: string): Promise<Socket[]> {
    const sockets: Socket[] = [];
    scope.add(() => {
      for (const socket of sockets) socket.destroy();
      return Promise.resolve();
    });
    for (let opened = 0; opened < count; opened++) {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      socket.pause();
      sockets.push(socket);
      await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
      if (says !== '') socket.write(says.replaceAll('PORT', String(port)));
    }
    return sockets;
  }

  const REQUEST = 'GET /api/tasks HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n';

  for (const [what, says] of [
    ['idle connections', ''],
    ['half-open requests', 'GET /api/tasks HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nX-Slow: '],
    ['half-sent bodies', 'POST /api/tasks HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 100\r\n\r\n{'],
    ['slow readers', REQUEST.repeat(2)],
  ] as const) {
    it(`answers a status within a second beside 1,000 ${what}`, async () => {
      const daemon = await DaemonProcess.start(['--workers', '0']);
      for (let task = 0; task < 100; task++) await daemon.submit({ command: 'x'.repeat(3_000) });
      const probe = createProbe({ kind: 'http', origin: `http://127.0.0.1:${daemon.port}` });
      scope.add(() => probe.close());
      assert.ok((await probe.ask()).ok);
      await crowd(daemon.port, 1_000, says);
      // A busy machine makes any single ask slow.
      const tookMs: number[] = [];
      for (let ask = 0; ask < 3; ask++) {
        const startedMs = performance.now();
        for (const path of ['/api/daemon/status', '/metrics', '/health', '/livez', '/readyz']) {
          assert.equal((await daemon.get(path)).status, 200, path);
        }
        tookMs.push((performance.now() - startedMs) / 5);
        const sample = await probe.ask();
        assert.ok(sample.ok, JSON.stringify(sample));
      }
      assert.ok(Math.min(...tookMs) < 1_000, `${tookMs.join(', ')} ms`);
    });
  }

  it('closes the connection that was idle for the longest, and keeps the newest', async () => {
    const daemon = await DaemonProcess.start(['--workers', '0']);
    const [first, ...others] = await crowd(daemon.port, 256, '');
    // It is the oldest, and was used last.
    first!.write(REQUEST.replaceAll('PORT', String(daemon.port)));
    await once(first!.resume(), 'data');
    const [next] = await crowd(daemon.port, 1, '');
    others[0]!.resume();
    await until(() => others[0]!.closed);
    assert.deepEqual(
      [first!, others[1]!, others.at(-1)!, next!].map(({ closed }) => closed),
      [false, false, false, false],
    );
  });
});
