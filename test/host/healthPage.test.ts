import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Entry } from '../../src/health/incidentLog';
import type { Session } from '../../src/health/report';
import { HealthPage } from '../../src/ui/healthPage/healthPage';
import { goodReport, HOUR_MS, MINUTE_MS, SECOND_MS, Watch } from '../unit/health/support';
import { modelOf } from '../unit/ui/support';

const DAEMONS = 10;
const SESSIONS_EACH = 50;
/** The fastest of them is what counts: others may have waited for something else on the machine. */
const ROUNDS = 8;
/** Wanted is 1.3; other tests run on the machine meanwhile. */
const MOST = 1.6;

const EMPTY = `<!DOCTYPE html><html><head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-x'">
</head><body><script nonce="x">acquireVsCodeApi().postMessage({ ready: true });</script></body></html>`;

/** A day of work and trouble, with all that the page draws. */
function dayOf() {
  const nowAt = Date.now();
  const entries: Entry[] = [];
  const models = Array.from({ length: DAEMONS }, (_, daemon) => {
    const watch = new Watch();
    watch.time.wallAt = nowAt;
    const sessions = Array.from({ length: SESSIONS_EACH }, (_each, index): Session => {
      const startedAt = nowAt - 24 * HOUR_MS + index * 28 * MINUTE_MS;
      const limits = { timeoutMs: 20 * MINUTE_MS, extensionsUsed: index % 3, maxExtensions: 3 };
      const title = `Session ${index} of daemon ${daemon}`;
      const endedAt = startedAt + 25 * MINUTE_MS;
      return {
        id: `s${index}`,
        title,
        status: 'completed',
        kind: 'foreground',
        startedAt,
        endedAt,
        ...limits,
      };
    });
    watch.answer(goodReport(watch.time, { kind: 'dispatchd', sessions }));
    const model = modelOf(watch, `daemon ${daemon}`, 3_000 + daemon);
    const of = { daemonId: model.daemon.id, name: model.daemon.name };
    entries.push({ ...of, is: 'watch', fromAt: nowAt - 24 * HOUR_MS, toAt: nowAt });
    for (let hour = 1; hour < 24; hour += 4) {
      const fromAt = nowAt - hour * HOUR_MS;
      const reason = { is: 'loopHangs', stale: { is: 'pollStale' } } as const;
      const times = { fromAt, seenAt: fromAt + 20 * SECOND_MS, endedAt: fromAt + 25 * SECOND_MS };
      entries.push({
        ...of,
        is: 'phase',
        state: 'wedged',
        reason,
        ...times,
        seenBy: { [`w${hour}`]: fromAt },
      });
    }
    return model;
  });
  return { models, entries };
}

async function untilReady(open: (ready: () => void) => () => void): Promise<number> {
  const beganMs = performance.now();
  let close: () => void = () => undefined;
  await new Promise<void>((resolve) => (close = open(resolve)));
  const tookMs = performance.now() - beganMs;
  close();
  return tookMs;
}

function openEmpty(ready: () => void): () => void {
  const options = { enableScripts: true, localResourceRoots: [], enableFindWidget: true };
  const panel = vscode.window.createWebviewPanel(
    'daemonHealth.page',
    'Empty',
    vscode.ViewColumn.Active,
    options,
  );
  panel.webview.onDidReceiveMessage(ready);
  panel.webview.html = EMPTY;
  return () => void panel.dispose();
}

describe('opening the health page', function () {
  this.timeout(60_000);

  it('takes little longer than an empty webview, with a day of 10 daemons and 500 sessions', async () => {
    const { models, entries } = dayOf();
    let times = 0;
    let ready: () => void = () => undefined;
    const clock = new Watch().time;
    clock.wallAt = Date.now();
    const openPage = (isReady: () => void) => {
      times = 0;
      ready = isReady;
      const page = new HealthPage({
        clock,
        // Asked as the tab is made, and again once its script says that it runs.
        models: () => {
          times += 1;
          if (times === 2) ready();
          return models;
        },
        entries: () => entries,
        away: () => undefined,
        onSeen: () => undefined,
        onError: (error) => assert.fail(String(error)),
      });
      page.open();
      return () => page.dispose();
    };
    const empty: number[] = [];
    const full: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      empty.push(await untilReady(openEmpty));
      full.push(await untilReady(openPage));
    }
    const [least, most] = [Math.min(...empty), Math.min(...full)];
    const said = `${(most / least).toFixed(2)} times an empty webview: ${most.toFixed(0)} ms, ${least.toFixed(0)} ms`;
    console.log(`      opens in ${said} (wanted: 1.3 times)`);
    assert.ok(most / least <= MOST, said);
  });
});
