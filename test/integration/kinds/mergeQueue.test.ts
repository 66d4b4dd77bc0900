import assert from 'node:assert/strict';
import type { AskTimeouts } from '../../../src/kinds/kind';
import { MERGE_QUEUE_REREAD_MS } from '../../../src/kinds/smithy/policy';
import { problemText } from '../../../src/words/problemText';
import { MINUTE_MS, Watch } from '../../unit/health/support';
import { modelOf } from '../../unit/ui/support';
import { HEALTHY, PATIENT, Scope, answering, loadRecording, playing, reportOf } from '../support';

type Handler = Parameters<Scope['http']>[0];

const ROUTE = '/api/health/diagnostics';
const POLL_MS = 5_000;

describe('the merge queue of a smithy', function () {
  this.timeout(20_000);
  const scope = new Scope();
  const realNow = performance.now.bind(performance);
  let passedMs = 0;

  beforeEach(() => {
    passedMs = 0;
    performance.now = () => realNow() + passedMs;
  });
  afterEach(async () => {
    performance.now = realNow;
    await scope.close();
  });

  /** The recorded diagnostics, with this merge queue. */
  function diagnostics(mergeQueue: unknown): Handler {
    const recording = loadRecording('diagnostics');
    return playing({ [ROUTE]: { ...recording, body: { ...(recording.body as object), mergeQueue } } });
  }
  const stuck = (stuckInTestingCount: unknown, stuckInMergingCount: unknown): Handler =>
    diagnostics({ awaitingMergeCount: 4, stuckInTestingCount, stuckInMergingCount, stuckTasks: [] });

  /** A smithy whose diagnostics answer so, as a window asks it every 5 s. */
  async function smithy(first: Handler, timeouts: AskTimeouts = PATIENT) {
    let handler = first;
    let status: Handler = playing(HEALTHY);
    const server = await scope.http((request, response) =>
      (request.url === ROUTE ? handler : status)(request, response),
    );
    const probe = scope.probe(server.origin, timeouts);
    const watch = new Watch();
    const ask = async () => {
      const sample = await probe.ask();
      watch.observe({ ...sample, startedMs: watch.time.monotonicMs });
      return sample;
    };
    return {
      watch,
      ask,
      /** Asks until this much time has passed. */
      askFor: async (forMs: number) => {
        for (let askedMs = 0; askedMs < forMs; askedMs += POLL_MS) {
          await ask();
          passedMs += POLL_MS;
          watch.wait(POLL_MS);
        }
      },
      /** The next reading of the merge queue. */
      read: async () => {
        await ask();
        passedMs += MERGE_QUEUE_REREAD_MS;
        return reportOf(await ask()).stuckMerges;
      },
      answer: (next: Handler) => (handler = next),
      answerStatus: (next: Handler) => (status = next),
      asked: (route: string) => server.requests.filter((each) => each === route).length,
    };
  }

  it('makes it stuck where tasks stay in testing or in merging, told once, with their number', async () => {
    const { watch, ask, askFor, read, answer } = await smithy(stuck(2, 1));
    assert.equal(await read(), 3);
    assert.equal(watch.state, 'stuck');
    await askFor(MINUTE_MS);
    answer(stuck(0, 1));
    assert.equal(await read(), 1);
    assert.equal(watch.reasonInWords, '1 task has been in the merge queue for over 10 min');
    assert.deepEqual(watch.spoken, ['problem stuck']);
    assert.equal(
      problemText(modelOf(watch), 'stuck', '', watch.time.now()),
      'smithy is stuck: 1 task has been in the merge queue for over 10 min.',
    );
    answer(stuck(0, 0));
    assert.equal(await read(), 0);
    await ask();
    assert.equal(watch.state, 'healthy');
  });

  it('is asked for every two minutes, and not by the first ask; the status is asked no more often', async () => {
    const { askFor, asked } = await smithy(stuck(0, 0));
    await askFor(MERGE_QUEUE_REREAD_MS);
    assert.equal(asked(ROUTE), 0);
    await askFor(4 * MINUTE_MS);
    assert.equal(asked(ROUTE), 2);
    assert.equal(asked('/api/daemon/status'), (6 * MINUTE_MS) / POLL_MS);
  });

  it('is asked for once where there is no such route, until another version may be there', async () => {
    const { askFor, ask, asked, answerStatus, read } = await smithy(playing({}));
    await askFor(10 * MINUTE_MS);
    assert.equal(asked(ROUTE), 1);
    answerStatus(answering('{"error":"x"}', { status: 500 }));
    await ask();
    answerStatus(playing(HEALTHY));
    assert.equal(await read(), undefined);
    assert.equal(asked(ROUTE), 2);
  });

  const failing: readonly [what: string, Handler, AskTimeouts?][] = [
    ['answers with an error', answering('{"error":"Failed to collect diagnostics: x"}', { status: 500 })],
    ['does not answer', () => undefined, { requestMs: 8_000, fallbackMs: 300 }],
    ['closes the connection', (_request, response) => response.socket?.destroy()],
    ['has no merge queue', diagnostics(undefined)],
    ['has null for it', diagnostics(null)],
    ['has a number for it', diagnostics(7)],
    ['has no counts', diagnostics({})],
    ['counts in words', stuck('2', '1')],
    ['counts below zero', stuck(-2, 1)],
    ['counts a half', stuck(0.5, 0)],
    ['counts more than there can be', stuck(Number.MAX_VALUE, 0)],
    ['is a list', answering('[]')],
    ['is no JSON', answering('stuck: 2')],
    ['is too large to be read', answering(`{"mergeQueue":${'['.repeat(4 * 1024 * 1024)}`)],
  ];
  for (const [what, handler, timeouts] of failing) {
    it(`is not known where its route ${what}; that is no failure of the daemon`, async () => {
      const { watch, read, asked } = await smithy(handler, timeouts);
      assert.equal(await read(), undefined);
      assert.equal(asked(ROUTE) > 0, true);
      assert.equal(watch.state, 'healthy');
    });
  }

  it('stays as it was told where one answer does not come, and is not known after a second', async () => {
    const { watch, read, answer } = await smithy(stuck(1, 0));
    assert.equal(await read(), 1);
    answer(answering('', { status: 500 }));
    assert.equal(await read(), 1);
    assert.equal(watch.state, 'stuck');
    assert.equal(await read(), undefined);
    assert.equal(watch.state, 'healthy');
  });

  it('stays as it was told where the daemon does not answer once', async () => {
    const { watch, ask, read, answerStatus } = await smithy(stuck(1, 0));
    assert.equal(await read(), 1);
    answerStatus((_request, response) => response.socket?.destroy());
    await ask();
    assert.equal(watch.state, 'notAnswering');
    answerStatus(playing(HEALTHY));
    await ask();
    assert.equal(watch.state, 'stuck');
  });

  it('is not asked of a dispatchd', async () => {
    const status = {
      isRunning: true,
      instance: { id: 'i', startedAt: new Date().toISOString() },
      sessions: [],
    };
    const { read, asked, answerStatus } = await smithy(stuck(1, 0));
    answerStatus(answering(JSON.stringify(status)));
    assert.equal(await read(), undefined);
    assert.equal(asked(ROUTE), 0);
  });
});
