import assert from 'node:assert/strict';
import { systemClock } from '../../../src/app/systemClock';
import { countdown } from '../../../src/health/countdown';
import { LONG_WORK_MS } from '../../../src/health/policy';
import { isEndWorthTelling, type WorkEnd } from '../../../src/health/workNews';
import { createProbe } from '../../../src/kinds/probe';
import { endedText } from '../../../src/ui/notifications/workText';
import { Registry } from '../../../src/watch/registry';
import { CHATTY, LONG, node } from '../../support/dispatchd/commands';
import { DaemonProcess, dispatchdFile, stopDaemons } from '../../support/dispatchd/daemonProcess';
import { at, idAt } from '../../support/target';
import { until } from '../../support/until';

/** One window that looks at one dispatchd only when told to, and what of the work it has to tell. */
class Window {
  readonly registry: Registry;
  readonly ends: WorkEnd[] = [];

  constructor(readonly url: string) {
    this.registry = new Registry({
      clock: systemClock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: (target) => Promise.resolve(createProbe(target)),
      recall: () => ({}),
    });
    this.registry.on('stepped', (_model, events) => {
      for (const event of events) if (event.kind === 'ended') this.ends.push(event);
    });
    this.registry.configure({
      daemons: [{ name: 'dispatchd', ...at(url), pollIntervalMs: 300_000, configured: true }],
      problems: [],
    });
  }

  async look(): Promise<void> {
    await this.registry.refresh();
  }

  get texts(): string[] {
    return this.ends.map((end) => endedText('dispatchd', end));
  }

  get prospects(): readonly string[] {
    const { name, id: daemonId } = this.registry.model(idAt(this.url))!.daemon;
    const deadlines = this.registry.monitor(daemonId)?.watched.deadlines;
    return countdown([{ daemonId, name, deadlines }], systemClock.now()).map(({ prospect }) => prospect);
  }
}

describe('what a window has to tell of the work of a real dispatchd', function () {
  this.timeout(60_000);
  before(() => dispatchdFile());
  const windows: Window[] = [];
  const open = async (daemon: DaemonProcess) => {
    const window = new Window(`http://127.0.0.1:${daemon.port}`);
    windows.push(window);
    await window.look();
    return window;
  };
  afterEach(async () => {
    for (const { registry } of windows.splice(0)) registry.dispose();
    await stopDaemons();
  });

  it('a failure with its exit code, and an end with its length, each once', async () => {
    const daemon = await DaemonProcess.start();
    const before = await daemon.submit({ ...node('process.exit(7)'), name: 'before' });
    await daemon.session(before, 'failed');
    const window = await open(daemon);
    const lint = await daemon.submit({ ...node('process.exit(3)'), name: 'Lint' });
    const build = await daemon.submit({ ...node('setTimeout(() => {}, 300)'), name: 'Build' });
    await daemon.session(lint, 'failed');
    await daemon.session(build, 'completed');
    await window.look();
    await window.look();
    assert.equal(window.texts.length, 2);
    assert.match(window.texts.join('\n'), /^“Lint” failed on dispatchd after .* \(exit code 3\)\.$/m);
    assert.match(window.texts.join('\n'), /^“Build” finished on dispatchd in .*s\.$/m);
    const later = await open(daemon);
    await later.look();
    assert.deepEqual(later.texts, [], 'what ended before a window looks is history');
  });

  it('an end within a minute only where nobody looked on when it came', async () => {
    const daemon = await DaemonProcess.start();
    const window = await open(daemon);
    const focusedSinceMs = systemClock.now().monotonicMs;
    await daemon.session(await daemon.submit({ ...node(''), name: 'quick' }), 'completed');
    await window.look();
    const [quick] = window.ends;
    const toldTo = (sinceMs: number | undefined, ranMs = quick!.ranMs!) =>
      isEndWorthTelling({ ...quick!, ranMs }, sinceMs, 'longOrAway');
    assert.deepEqual(
      [toldTo(focusedSinceMs), toldTo(undefined), toldTo(systemClock.now().monotonicMs)],
      [false, true, true],
    );
    assert.equal(toldTo(focusedSinceMs, LONG_WORK_MS + 1), true);
  });

  it('nothing of what was stopped from here, or of what a kill of the daemon interrupted', async () => {
    const daemon = await DaemonProcess.start();
    const window = await open(daemon);
    const stopped = await daemon.submit({ ...LONG, name: 'stopped' });
    const killed = await daemon.submit({ ...LONG, name: 'killed' });
    for (const id of [stopped, killed]) await daemon.session(id, 'running');
    await window.look();
    await (await window.registry.probe(idAt(window.url))).sessions!.cancel(stopped);
    await daemon.session(stopped, 'cancelled');
    await window.look();
    await daemon.stop('SIGKILL');
    const next = await DaemonProcess.start(['--port', String(daemon.port)], daemon.stateDir);
    await next.session(killed, 'interrupted');
    await window.look();
    await window.look();
    assert.deepEqual(window.texts, []);
  });

  it('that active work will be extended, which it is', async () => {
    const daemon = await DaemonProcess.start();
    const window = await open(daemon);
    const id = await daemon.submit({
      ...CHATTY,
      name: 'chatty',
      timeoutMs: 5_000,
      activityExtensionMs: 20_000,
      maxExtensions: 1,
    });
    await until(async () => {
      await window.look();
      return window.prospects.join() === 'extended';
    }, 'the first output');
    await until(async () => (await daemon.session(id, 'running')).extensionsUsed === 1, 'the extension');
    await window.look();
    assert.deepEqual(window.prospects, ['ends'], 'no extension is left');
  });
});
