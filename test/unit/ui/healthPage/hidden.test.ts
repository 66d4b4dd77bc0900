import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mock } from 'node:test';
import { PAGE_DRAW_EVERY_MS } from '../../../../src/ui/policy';
import type * as Pages from '../../../../src/ui/healthPage/healthPage';
import type { Away } from '../../../../src/health/away';
import { HOUR_MS } from '../../../../src/base/time';
import { FakeScreen } from '../../../support/fakeScreen';
import { loadWith } from '../../../support/fakeVSCode';
import { goodReport, Watch } from '../../health/support';
import { modelOf } from '../support';

const FILE = join(__dirname, '../../../../src/ui/healthPage/healthPage');

describe('the tab of the health page', () => {
  let asked: number;
  let sent: number;
  let drawn: string;
  let away: Away | undefined;
  let visible: boolean;
  let say: (message: unknown) => void;
  let show: () => void;
  let shut: () => void;

  const watch = new Watch();
  const open = () => {
    asked = sent = 0;
    away = undefined;
    visible = true;
    const screen = new FakeScreen();
    const disposable = { dispose: () => undefined };
    const webview = {
      html: '',
      postMessage: (message: unknown) => {
        drawn = JSON.stringify(message);
        return Promise.resolve((sent += 1) > 0);
      },
      onDidReceiveMessage: (listener: typeof say) => ((say = listener), disposable),
    };
    const panel = {
      webview,
      get visible() {
        return visible;
      },
      onDidChangeViewState: (listener: typeof show) => ((show = listener), disposable),
      onDidDispose: (listener: typeof shut) => ((shut = listener), disposable),
      dispose: () => shut(),
    };
    const fake = {
      ...screen.vscode,
      ViewColumn: { Active: -1 },
      window: { ...screen.vscode.window, createWebviewPanel: () => panel },
    };
    watch.answer(goodReport(watch.time));
    const { HealthPage } = loadWith<typeof Pages>(fake, FILE);
    const page = new HealthPage({
      clock: watch.time,
      models: () => {
        asked += 1;
        // What just changed, changes the page.
        watch.wait(60_000).answer(goodReport(watch.time));
        return [modelOf(watch)];
      },
      entries: () => [],
      away: () => away,
      onSeen: () => undefined,
      onError: (error) => assert.fail(String(error)),
    });
    page.open();
    return page;
  };
  const later = () => mock.timers.tick(3 * PAGE_DRAW_EVERY_MS);
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('makes and sends nothing while nobody sees it, and is drawn once it is seen', () => {
    const page = open();
    say({ ready: true });
    visible = false;
    later();
    [asked, sent] = [0, 0];
    for (let poll = 0; poll < 5; poll++) page.draw();
    later();
    assert.deepEqual([asked, sent], [0, 0]);
    visible = true;
    show();
    later();
    assert.deepEqual([asked, sent], [1, 1]);
  });

  it('shows the time since you left also where that was read after it was opened', () => {
    const page = open();
    say({ ready: true });
    const backAt = watch.time.wallAt;
    away = { leftAt: backAt - HOUR_MS, backAt, isSeen: false };
    page.draw();
    later();
    assert.match(drawn, /"value":"away","selected"/);
  });

  it('stays at the time that was chosen', () => {
    const page = open();
    say({ ready: true });
    say({ range: 'hour' });
    const backAt = watch.time.wallAt;
    away = { leftAt: backAt - HOUR_MS, backAt, isSeen: false };
    page.draw();
    later();
    assert.match(drawn, /"value":"hour","selected"/);
  });

  it('goes back to the last day where nobody knows any more when you left', () => {
    const page = open();
    const backAt = watch.time.wallAt;
    away = { leftAt: backAt - HOUR_MS, backAt, isSeen: false };
    say({ range: 'away' });
    away = undefined;
    page.draw();
    later();
    assert.match(drawn, /"value":"day","selected"/);
  });

  it('makes and sends nothing once it is closed, whatever was about to be drawn', () => {
    const page = open();
    page.draw();
    shut();
    [asked, sent] = [0, 0];
    for (let poll = 0; poll < 5; poll++) page.draw();
    later();
    assert.deepEqual([asked, sent], [0, 0]);
  });
});
