import assert from 'node:assert/strict';
import type { RestartEdges } from '../../../src/restart/attempt';
import { Outliving } from '../../../src/restart/outliving';
import { planFor } from '../../../src/restart/plan';
import { prove } from '../../../src/restart/prove';
import { waysFor } from '../../../src/restart/startCommand';
import { readDaemons } from '../../../src/settings/daemonList';
import { consequences } from '../../../src/ui/commands/restartText';
import { START_CONTEXT } from '../../support/startContext';
import { goodReport, Watch } from '../health/support';

const of = (preset: string) =>
  readDaemons([{ name: preset, preset }], { configured: true, allowRemote: false }).daemons[0]!;

describe("a restart by the daemon's own command", () => {
  for (const [preset, keepsWork, said] of [
    ['claude', true, undefined],
    [
      'codex',
      false,
      'codex is restarted by `codex app-server daemon restart`, which does not keep the running work.',
    ],
  ] as const) {
    it(`ends no process besides, and says what becomes of the work: ${preset}`, async () => {
      const daemon = of(preset);
      const watch = new Watch();
      watch.answer();
      const ways = await waysFor(daemon, undefined, { ...START_CONTEXT, workspaceFolder: undefined });
      assert.ok(!('is' in ways));
      const [way] = ways;
      assert.deepEqual([way?.by, way?.keepsWork], ['itself', keepsWork]);
      const plan = await planFor({ daemon, track: watch.track }, undefined, []);
      assert.equal(plan.owner, undefined);
      const about = { isLoop: false, isOld: false, now: watch.time.now(), userName: () => 'dev' };
      assert.equal(consequences({ ...plan, way: way! }, about), said);
    });
  }

  it('proves nothing before the command has ended: until then the old process answers', async () => {
    const daemon = of('codex');
    const watch = new Watch();
    const report = goodReport(watch.time);
    let end: (code: number) => void = () => undefined;
    const ended = new Promise<number>((resolve) => (end = resolve));
    let asks = 0;
    const edges: RestartEdges = {
      outliving: new Outliving({ daemon, track: watch.track }, undefined, undefined, new Set()),
      findListener: () => Promise.resolve(undefined),
      isThere: () => Promise.resolve(false),
      stop: () => assert.fail(),
      isPortFree: () => assert.fail(),
      beginStart: () => assert.fail(),
      start: () => assert.fail(),
      whyNotOurs: () => assert.fail(),
      ask: () => {
        if (++asks === 2) end(0);
        return Promise.resolve({ ok: true, startedMs: 0, latencyMs: 1, report });
      },
      workMade: () => Promise.resolve(undefined),
      workTold: () => undefined,
      startErrors: () => undefined,
      onUnexpected: (error) => assert.fail(String(error)),
    };
    const [way] = (await waysFor(daemon, undefined, START_CONTEXT)) as [never];
    const request = {
      daemon,
      owner: undefined,
      before: undefined,
      way,
      signal: new AbortController().signal,
      onStep: () => undefined,
    };
    assert.deepEqual(await prove(request, edges, { ended, isMarked: true }), {});
    assert.ok(asks >= 2, `${asks} asks`);
  });
});
