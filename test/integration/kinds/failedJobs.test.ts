import assert from 'node:assert/strict';
import { DispatchdClient } from '../../../src/kinds/dispatchd/client';
import { SmithyAgents } from '../../../src/kinds/smithy/agents';
import type { Sample } from '../../../src/health/report';
import { sentenceOf } from '../../../src/words/errors';
import { DaemonProcess } from '../../support/dispatchd/daemonProcess';
import { until } from '../../support/until';
import { Watch } from '../../unit/health/support';
import { HEALTHY, playing, reportOf } from '../support';
import { dispatchdScope } from '../dispatchdScope';

describe('a job that cannot be started changes nothing of the daemon', function () {
  this.timeout(40_000);
  const scope = dispatchdScope();

  /** The states of a daemon, and all that was told of them. */
  function watched() {
    const watch = new Watch();
    const see = (sample: Sample) =>
      watch.wait(5_000).observe({ ...sample, startedMs: watch.time.monotonicMs });
    return { watch, see };
  }

  it('a command that a dispatchd cannot spawn is a failed session with its reason', async () => {
    const daemon = await DaemonProcess.start();
    const origin = `http://127.0.0.1:${daemon.port}`;
    const probe = scope.probe(origin);
    await until(async () => reportOf(await probe.ask()).progress.kind === 'cycles', 'a first cycle');
    const { watch, see } = watched();
    await until(async () => see(await probe.ask()) === 'healthy', 'a healthy dispatchd');
    const transitions = watch.transitions.length;

    const client = new DispatchdClient(origin, daemon.stateDir);
    const id = await client.submit({ name: 'n', command: 'no-such-program-here', args: [] });
    const job = async () => reportOf(await probe.ask()).sessions?.find((session) => session.id === id);
    await until(async () => (await job())?.status === 'failed', 'the failed job');
    assert.match((await job())?.outcome ?? '', /command not found|ENOENT/);
    assert.equal(see(await probe.ask()), 'healthy');
    assert.deepEqual([watch.transitions.length, watch.spoken], [transitions, []]);
  });

  for (const status of [404, 409]) {
    it(`a resume that a smithy answers with ${status} is an error about that session`, async () => {
      const body = JSON.stringify({ error: { code: 'X', message: 'this session cannot go on' } });
      const server = await scope.http((request, response) => {
        if (request.method === 'POST') response.writeHead(status).end(body);
        else playing(HEALTHY)(request, response);
      });
      const probe = scope.probe(server.origin);
      const { watch, see } = watched();
      assert.equal(see(await probe.ask()), 'healthy');
      const session = {
        id: 's',
        title: 'worker',
        status: 'interrupted',
        agentId: 'a',
        providerSessionId: 'p',
      };
      await assert.rejects(new SmithyAgents(server.origin).resume(session), (error) => {
        assert.match(sentenceOf(error), /this session cannot go on/);
        return true;
      });
      assert.equal(see(await probe.ask()), 'healthy');
      assert.deepEqual(watch.spoken, []);
    });
  }
});
