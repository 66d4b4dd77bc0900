import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RealDispatchd } from '../../support/realDispatchd';
import { endWindows, FakeWindow, type Look } from '../../support/window/fakeWindow';
import type { ShownRow } from '../../support/window/shown';
import { dispatchdOf, installed } from '../../support/window/installed';

interface TaskJson {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly requestedExtensions: number;
}

/**
 * An update of the extension leaves dispatchd running: it outlives the windows. Until it is restarted, a window of one
 * version works with a dispatchd of the other.
 */
describe('a window and a running dispatchd of another version', function () {
  this.timeout(90_000);
  let storage: string;
  let daemon: RealDispatchd;
  let window: FakeWindow;
  beforeEach(() => (storage = mkdtempSync(join(tmpdir(), 'daemon-health-storage-'))));
  afterEach(async () => {
    await endWindows();
    await daemon.stop();
    rmSync(storage, { recursive: true, force: true });
  });

  for (const [ofWindow, ofDaemon] of [
    ['new', 'old'],
    ['old', 'new'],
  ] as const) {
    describe(`(${ofWindow} window, ${ofDaemon} dispatchd)`, () => {
      beforeEach(async () => {
        daemon = await new RealDispatchd(dispatchdOf(ofDaemon), storage).start('--chaos');
        window = await FakeWindow.open({
          extension: installed(ofWindow),
          storage,
          settings: {
            discovery: false,
            daemons: [{ name: 'daemon', url: daemon.url, kind: 'dispatchd', pollIntervalMs: 1_000 }],
          },
          env: { DISPATCHD_STATE_DIR: daemon.stateDir },
          answers: [
            { to: 'Restart daemon?', press: 'Restart' },
            { to: 'Stop daemon?', press: 'Stop' },
            { to: 'Stop “', press: 'Stop Session' },
          ],
        });
        await window.row('daemon', 'healthy');
      });

      const run = (command: string, more: object = {}) =>
        window.run('runCommand', { command, cwd: storage, timeoutMs: 600_000, ...more });
      const errors = ({ messages }: Look) => messages.filter(({ level }) => level === 'error');
      const tasks = async () =>
        ((await (await fetch(`${daemon.url}/api/sessions`)).json()) as { sessions: TaskJson[] }).sessions;
      /** The row of a session: by its title, before which this version has a figure. */
      const isOf = ({ label }: ShownRow, title: string) => label === title || label.endsWith(` · ${title}`);
      const rowOf = async (name: string) => (await window.row(name)).id;

      it('get along in all that is done with sessions', async () => {
        await run('echo built; sleep 300');
        // A window that reads without the token is not told what runs.
        const title = ofWindow === 'old' ? 'echo' : 'echo built; sleep 300';
        await window.row(title, 'left');
        const row = await rowOf(title);
        await window.run('extendSession', row, { byMs: 120_000 });
        assert.equal((await tasks())[0]?.requestedExtensions, 1);
        await window.run('copyCommand', row);
        if (ofWindow === 'new') assert.equal((await window.look()).clipboard, title);
        await window.run('showOutput', row);
        assert.deepEqual((await window.look()).documents, ['built\n']);
        await window.run('cancelSession', row);
        await window.row(title, ofWindow === 'old' ? 'cancelled' : 'stopped');
        await window.run('runAgain', row);
        await window.until('two sessions', ({ rows }) => rows.filter((row) => isOf(row, title)).length === 2);
        assert.deepEqual((await tasks()).map(({ status }) => status).sort(), ['cancelled', 'running']);
        const look = await window.look();
        const untold = ofWindow === 'old' ? ['The daemon does not tell its command.'] : [];
        assert.deepEqual(
          errors(look).map(({ text }) => text),
          untold,
        );
        assert.deepEqual(look.faults, []);
      });

      it('get along in a restart, after which the work is told and can be dealt with', async () => {
        for (const name of ['sleep 301', 'sleep 302'])
          await daemon.post('/api/tasks', { name, command: name });
        await daemon.post('/api/tasks', { name: 'named', kind: 'named', command: 'sleep 303' });
        await window.row('named', 'left');
        const before = daemon.pid;
        await window.run('restart', daemon.url);
        const look = await window.until('the outcome', ({ messages }) =>
          messages.some(({ text }) => text.startsWith('daemon restarted in')),
        );
        assert.match(
          look.messages.at(-1)!.text,
          /^daemon restarted in [^·]+ · 1 session resumed, 2 interrupted\.$/,
        );
        assert.notEqual(daemon.pid, before);
        await window.row('sleep 302', 'interrupted');
        await window.run('dismissSession', await rowOf('sleep 302'));
        await window.run('runAgain', await rowOf('sleep 301'));
        await window.until('that it runs again', ({ rows }) =>
          rows.some((one) => isOf(one, 'sleep 301') && `${one.label} ${one.description}`.includes('left')),
        );
        const end = await window.look();
        assert.deepEqual(errors(end), []);
        assert.equal(
          end.rows.some(({ context }) => context === 'detail.interrupted'),
          false,
        );
        assert.deepEqual(end.faults, []);
      });

      it('get along in a stop', async () => {
        await run('sleep 304');
        await window.run('stop', daemon.url);
        const look = await window.row('daemon', 'offline').then(() => window.look());
        assert.match(look.messages.at(-1)!.text, /^daemon stopped in .*ended by its own API\.$/);
        assert.deepEqual(errors(look), []);
      });

      it('get along in keeping evidence', async () => {
        await window.run('keepEvidence', daemon.url);
        assert.deepEqual(errors(await window.look()), []);
        assert.equal(readdirSync(join(storage, 'evidence')).length, 1);
      });
    });
  }
});
