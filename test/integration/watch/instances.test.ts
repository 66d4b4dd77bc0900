import { at, idAt } from '../../support/target';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../src/app/systemClock';
import { Registry } from '../../../src/watch/registry';
import { createProbe } from '../../../src/kinds/probe';
import { ProcessFates } from '../../../src/watch/processFates';
import type { NewLife } from '../../../src/health/instances';
import type { Restarted } from '../../../src/health/workMade';
import { SpeakerLease } from '../../../src/store/speakerTurn';
import { instanceTold } from '../../../src/ui/notifications/noticeOf';
import { DaemonProcess, dispatchdFile, stopDaemons } from '../../support/dispatchd/daemonProcess';
import { LONG } from '../../support/dispatchd/commands';
import { MemoryMemento, memoryOver } from '../../support/memento';
import { SmithyProcess, smithySession } from '../../support/smithyProcess';
import { until } from '../../support/until';

/** One window that looks at one daemon only when told to. */
class Window {
  readonly registry: Registry;
  readonly seen: { readonly restarted: Restarted; readonly isNews: boolean }[] = [];
  readonly processes = new ProcessFates(assert.ifError);

  constructor(
    readonly url: string,
    state = new MemoryMemento(),
    onNews: (restarted: Restarted, began: NewLife['began']) => void = () => {},
  ) {
    const memory = memoryOver(state);
    this.registry = new Registry({
      clock: systemClock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: (target) => Promise.resolve(createProbe(target)),
      recall: (daemonId) => memory.recall(daemonId),
      processes: this.processes,
    });
    this.registry.on('stepped', (model, events, watched) => {
      memory.stepped(model, watched);
      for (const event of events) {
        if (event.kind !== 'restarted') continue;
        const { restarted, isNews, began } = event;
        this.seen.push({ restarted, isNews });
        if (isNews) onNews(restarted, began);
      }
    });
    this.registry.configure({
      daemons: [{ name: 'test', ...at(url), pollIntervalMs: 300_000, configured: true }],
      problems: [],
    });
  }

  async look(): Promise<void> {
    await this.registry.refresh();
  }

  /** Nothing that the world was asked is still to be answered. */
  async answered(): Promise<void> {
    const monitor = this.registry.monitor(idAt(this.url));
    await until(() => monitor?.watched.questions.length === 0, 'the answers of the world');
  }

  get news(): string[] {
    return this.seen
      .filter(({ isNews }) => isNews)
      .map(({ restarted }) => `${restarted.resumed} resumed, ${restarted.interrupted} interrupted`);
  }
}

describe('the lives of real daemons', function () {
  this.timeout(30_000);
  before(() => dispatchdFile());
  const windows: Window[] = [];
  const open = (...what: ConstructorParameters<typeof Window>) => {
    const window = new Window(...what);
    windows.push(window);
    return window;
  };
  afterEach(async () => {
    for (const { registry } of windows.splice(0)) registry.dispose();
    await stopDaemons();
  });

  describe('of a dispatchd', () => {
    /** Begins work that is resumed and work that is not, ends it and starts it again. */
    async function interrupt(first: DaemonProcess, signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
      const ids = [await first.submit({ kind: 'named', ...LONG }), await first.submit(LONG)];
      for (const id of ids) await first.session(id, 'running');
      await first.stop(signal);
      const second = await DaemonProcess.start(['--port', String(first.port)], first.stateDir);
      await until(() => second.port === first.port, 'its port');
      await second.session(ids[0]!, 'running');
    }

    it('are told once, with work that the window has never seen', async () => {
      const daemon = await DaemonProcess.start();
      const window = open(`http://127.0.0.1:${daemon.port}`);
      await window.look();
      await interrupt(daemon);
      await window.look();
      await window.look();
      assert.deepEqual(window.news, ['1 resumed, 1 interrupted']);
    });

    it('are told where it is ended in good order, though it is seen to end', async () => {
      const daemon = await DaemonProcess.start();
      const window = open(`http://127.0.0.1:${daemon.port}`);
      const ended = interrupt(daemon, 'SIGTERM');
      for (let look = 0; look < 5; look++) await window.look();
      await ended;
      await window.look();
      await window.look();
      assert.deepEqual(window.news, ['1 resumed, 1 interrupted']);
    });

    it('are told by the next window of the workspace where none was open, once', async () => {
      const daemon = await DaemonProcess.start();
      const state = new MemoryMemento();
      const url = `http://127.0.0.1:${daemon.port}`;
      await open(url, state).look();
      await interrupt(daemon);
      const second = open(url, state);
      await second.look();
      const third = open(url, state);
      await third.look();
      assert.deepEqual(second.news, ['1 resumed, 1 interrupted']);
      assert.deepEqual(third.news, []);
    });

    it('are not told to a workspace that has never seen it', async () => {
      const daemon = await DaemonProcess.start();
      await interrupt(daemon);
      const window = open(`http://127.0.0.1:${daemon.port}`);
      await window.look();
      await window.look();
      assert.deepEqual(window.seen, []);
    });
  });

  describe('of a smithy', () => {
    let smithy: SmithyProcess;
    let window: Window;
    /** Lets it run a cycle, so that no time of its loop is missing. */
    const untilCycled = async () => {
      const startedMs = performance.now();
      do {
        await new Promise((resolve) => setTimeout(resolve, 100));
        const answer = await fetch(`${smithy.url}/api/daemon/status`);
        const { health } = (await answer.json()) as { health: { lastPollCompletedAt?: string } };
        if (health.lastPollCompletedAt !== undefined) return;
      } while (performance.now() - startedMs < 8_000);
      throw new Error('it completes no cycle');
    };
    const lost = () => window.seen.flatMap(({ restarted }) => restarted.lost.map(({ id }) => id));

    beforeEach(async () => {
      smithy = await new SmithyProcess('/project').start();
      await smithy.says({ sessions: [smithySession('a'), smithySession('b')] });
      await untilCycled();
      window = open(smithy.url);
      await window.look();
      assert.equal(await window.processes.fate(idAt(smithy.url)), 'lives', 'its process is noted');
    });
    afterEach(() => smithy.kill());

    it('are seen in its process alone, where it is back before anybody asked it', async () => {
      await smithy.kill();
      await smithy.start();
      await untilCycled();
      await window.look();
      await until(() => window.seen.length > 0, 'the restart');
      assert.deepEqual(window.news, ['0 resumed, 2 interrupted']);
      assert.deepEqual(lost(), ['session-of-a', 'session-of-b']);
    });

    it('are seen in the times of its loop, and told after its first cycle', async () => {
      await smithy.kill();
      await smithy.start();
      await smithy.says({ sessions: [smithySession('a', { id: 'new' })] });
      await window.look();
      await untilCycled();
      await window.look();
      await until(() => window.seen.length > 0, 'the restart');
      assert.deepEqual(window.news, ['1 resumed, 1 interrupted']);
      assert.deepEqual(lost(), ['session-of-b']);
    });

    it('are told once each over two windows, however soon the next one begins', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'daemon-health-told-'));
      try {
        const told: string[] = [];
        const telling = (name: string) => {
          const lease = new SpeakerLease({ folder, pid: process.pid, takeoverMs: 50 });
          const seen: Promise<void>[] = [];
          const teller = open(smithy.url, new MemoryMemento(), (restarted, began) => {
            const claim = lease.claim([instanceTold(idAt(smithy.url), undefined, began)], () => true);
            seen.push(
              claim.then((ours) => void (ours.size > 0 && told.push(`${restarted.interrupted} by ${name}`))),
            );
          });
          return { teller, look: () => teller.look(), seen };
        };
        const [first, second] = [telling('first'), telling('second')];
        await Promise.all([first.look(), second.look()]);
        for (const sessions of [[smithySession('c')], [smithySession('d'), smithySession('e')], []]) {
          const lives = first.seen.length;
          for (const { teller } of [first, second]) {
            assert.equal(await teller.processes.fate(idAt(smithy.url)), 'lives', 'its process is noted');
          }
          await smithy.kill();
          await smithy.start();
          await smithy.says({ sessions });
          // The first sees that nobody has run a cycle yet, the second does not.
          await first.look();
          await untilCycled();
          await first.look();
          await until(() => first.seen.length > lives, 'the restart in the first window');
          await Promise.all(first.seen);
          await second.look();
          await until(() => second.seen.length > lives, 'the restart in the second window');
          await Promise.all(second.seen);
        }
        assert.deepEqual(told, ['2 by first', '1 by first', '2 by first']);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });

    it('go on where all its work has ended', async () => {
      await smithy.says({ sessions: [] });
      await window.look();
      // Its process is being looked at.
      assert.equal(await window.processes.fate(idAt(smithy.url)), 'lives');
      await window.answered();
      await window.look();
      assert.deepEqual(window.seen, []);
    });

    it('leave nothing interrupted that smithy remembers to have ended', async () => {
      await smithy.kill();
      await smithy.start();
      await smithy.says({ history: { a: [{ id: 'session-of-a', endedAt: new Date().toISOString() }] } });
      await untilCycled();
      await window.look();
      await until(() => window.seen.length > 0, 'the restart');
      assert.deepEqual(lost(), ['session-of-b']);
      assert.deepEqual(window.news, ['0 resumed, 1 interrupted']);
    });
  });
});
