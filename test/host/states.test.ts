import assert from 'node:assert/strict';
import type { DaemonHealthApi } from '../../src/api';
import { AnsweringServer, healthyAnswer, sendJson } from '../support/answeringServer';
import { activatedApi, untilState, watch } from './support';

describe('a watched daemon in the extension host', () => {
  let api: DaemonHealthApi;
  let server: AnsweringServer;

  before(async () => {
    api = await activatedApi();
    server = await AnsweringServer.start(healthyAnswer);
    await watch([{ name: 'test', url: server.url, pollIntervalMs: 1_000 }]);
  });

  after(async () => {
    await watch(undefined);
    await server.stop();
  });

  it('is healthy while its loop completes cycles', async () => {
    server.become(healthyAnswer);
    await untilState(api, server.url, 'healthy');
  });

  it('is wedged as soon as it says pollStale', async () => {
    server.become((response) =>
      sendJson(response, {
        isRunning: true,
        health: { computedAt: new Date().toISOString(), pollStale: true },
      }),
    );
    await untilState(api, server.url, 'wedged');
  });

  it('is a wrong answer, with its cause, when a web page comes back', async () => {
    server.become((response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
    const { reason } = await untilState(api, server.url, 'wrongAnswer');
    assert.match(reason, /web page/);
  });

  it('is stuck when tasks wait and no worker is there', async () => {
    server.become((response) => {
      const at = new Date().toISOString();
      sendJson(response, {
        isRunning: true,
        health: {
          computedAt: at,
          lastPollStartedAt: at,
          lastPollCompletedAt: at,
          pollStale: false,
          readyUnassignedTasks: 3,
          availableWorkers: 0,
          stuck: true,
        },
      });
    });
    const { reason } = await untilState(api, server.url, 'stuck');
    assert.match(reason, /3 ready tasks/);
  });
});
