import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/freePort';
import { RealDispatchd } from '../../support/realDispatchd';
import { until } from '../../support/until';
import { endWindows, FakeWindow, type Look } from '../../support/window/fakeWindow';
import { dispatchdOf, installed, type Version } from '../../support/window/installed';

/** More than a window waits for the one with the focus to speak (8 s), and for the next polls. */
const ALL_HAVE_SPOKEN_MS = 10_000;

const OTHER: Readonly<Record<Version, Version>> = { old: 'new', new: 'old' };

describe('windows of two versions on one machine', function () {
  this.timeout(90_000);
  let storage: string;
  let daemon: RealDispatchd | undefined;
  beforeEach(() => (storage = mkdtempSync(join(tmpdir(), 'daemon-health-storage-'))));
  afterEach(async () => {
    await endWindows();
    await daemon?.stop();
    daemon = undefined;
    rmSync(storage, { recursive: true, force: true });
  });

  const messages = (look: Look, words: RegExp) => look.messages.filter(({ text }) => words.test(text));

  const countdowns = (look: Look) => look.progress.filter((line) => /build/.test(line)).length;

  function open(version: Version, url: string, more: object = {}, focused = false): Promise<FakeWindow> {
    return FakeWindow.open({
      extension: installed(version),
      storage,
      focused,
      settings: {
        discovery: false,
        daemons: [{ name: 'daemon', url, kind: 'dispatchd', pollIntervalMs: 1_000, ...more }],
      },
      answers: [{ to: 'Restart daemon?', press: 'Restart' }],
      ...(daemon && { env: { DISPATCHD_STATE_DIR: daemon.stateDir } }),
    });
  }

  for (const first of ['old', 'new'] as const) {
    const second = OTHER[first];

    // Not asked of the old code, and not to be mended from here: an old window takes no notice of a lock that is older
    // than five minutes, and two old windows that find the same dead owner may both get the lock.
    it(`restart it once: the ${second} one does not while the ${first} one does`, async () => {
      const url = `http://127.0.0.1:${await freePort()}`;
      // Never answers: the restart is under way for as long as the test lasts.
      const started = join(storage, 'started');
      const script = `require('fs').appendFileSync(${JSON.stringify(started)}, 'x'); setTimeout(() => {}, 60_000)`;
      const slow = { restart: { command: process.execPath, args: ['-e', script] } };
      const [busy, other] = [await open(first, url, slow), await open(second, url, slow)];
      void busy.run('restart', url).catch(() => undefined);
      await until(() => existsSync(started));
      // Beside those of the restart are those of what windows share, for moments.
      const locks = () => readdirSync(storage).filter((name) => /^restart\..*\.lock$/.test(name));
      const lock = locks();
      assert.equal(lock.length, 1);
      await other.run('restart', url);
      const refusals = (look: Look) =>
        look.messages.map(({ text }) => text).filter((text) => !/offline/.test(text));
      // What tells a message is loaded with the first one.
      const look = await other.until('the refusal', (now) => refusals(now).length > 0);
      assert.deepEqual(refusals(look), ['daemon is being restarted or stopped in another window.']);
      assert.deepEqual(locks(), lock, 'the lock stays');
      assert.equal((await busy.look()).faults.length, 0);
    });

    it(`restart it in the ${second} one once the ${first} one was killed in the middle of that`, async () => {
      const url = `http://127.0.0.1:${await freePort()}`;
      const started = join(storage, 'started');
      const script = `require('fs').appendFileSync(${JSON.stringify(started)}, 'x'); setTimeout(() => {}, 2_000)`;
      const slow = { restart: { command: process.execPath, args: ['-e', script] } };
      const [busy, other] = [await open(first, url, slow), await open(second, url, slow)];
      void busy.run('restart', url).catch(() => undefined);
      await until(() => existsSync(started));
      await busy.kill();
      rmSync(started);
      void other.run('restart', url).catch(() => undefined);
      await until(() => existsSync(started));
    });

    // What the other version has told neither of them knows: one window of each may tell it.
    it(`tell each thing once at the most, and once where the ${first} one has the focus`, async () => {
      daemon = await new RealDispatchd(dispatchdOf('new')).start(
        '--chaos',
        '--poll-stale-threshold-ms',
        '1500',
      );
      const { url } = daemon;
      const windows = [await open(first, url, {}, true), await open(second, url)];
      const [speaking, silent] = windows as [FakeWindow, FakeWindow];
      for (const window of windows) await window.row('daemon', 'healthy');
      // That a window says nothing has no event.
      const everybodySpoke = async () => {
        await new Promise((resolve) => setTimeout(resolve, ALL_HAVE_SPOKEN_MS));
        return Promise.all(windows.map((window) => window.look()));
      };

      await daemon.post('/api/tasks', { name: 'build', command: 'sleep 300', timeoutMs: 50_000 });
      await speaking.until('the countdown', (look) => countdowns(look) > 0);
      assert.equal(countdowns(await silent.look()), 0);
      await daemon.post('/api/chaos/hang');
      await speaking.until('the wedge', (look) => messages(look, /wedged/).length > 0);
      await silent.row('daemon', 'wedged');
      await daemon.kill();
      await daemon.start('--port', new URL(url).port);
      const restarted = /daemon restarted/;
      await speaking.until('the restart', (look) => messages(look, restarted).length > 0);

      const looks = await everybodySpoke();
      const told = looks.map((look) => [messages(look, /wedged/).length, messages(look, restarted).length]);
      assert.deepEqual(told[0], [1, 1]);
      assert.ok(
        told[1]!.every((times) => times <= 1),
        String(told[1]),
      );
      for (const { faults } of looks) assert.deepEqual(faults, []);
    });
  }
});
