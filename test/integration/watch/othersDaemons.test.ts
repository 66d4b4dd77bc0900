import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rowTexts } from '../../support/rowTexts';
import { DiscoveryWindow, type DiscoverySettings } from '../../support/discoveryWindow';
import { FakeSmithy } from '../../support/fakeSmithy';
import { freePort } from '../../support/freePort';
import { NOBODY, whyNoOtherUser } from '../../support/otherUser';
import { makeProject } from '../../support/project';

describe('a smithy at the default address', () => {
  let folder: string;
  let port: number;
  let window: DiscoveryWindow;
  const ends: (() => unknown)[] = [];

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-others-')));
    for (const name of ['project', 'other']) makeProject(join(folder, name));
    port = await freePort();
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  });

  async function smithy(project: string): Promise<FakeSmithy> {
    const started = await FakeSmithy.start(join(folder, project), port);
    ends.push(() => started.stop().catch(() => undefined));
    return started;
  }
  async function open(more: Partial<DiscoverySettings> = {}): Promise<void> {
    const raw = [
      { name: 'smithy', url: `http://localhost:${port}`, kind: 'smithy' },
      ...(more.hasOwnList ? [] : [{ name: 'dispatchd', url: `http://127.0.0.1:${await freePort()}` }]),
    ];
    const workspaceFolders = [join(folder, 'project')];
    window = new DiscoveryWindow({ raw, workspaceFolders, ports: [port], ...more });
    ends.push(() => window.close());
    window.registry.on('change', () => shown.push(...watched()));
    shown.length = 0;
    await window.open();
  }
  const shown: string[] = [];
  const watched = () =>
    window.registry.models.map(({ daemon, track }) => `${daemon.name} ${track.verdict.state}`);
  const offered = () => rowTexts(window.registry.found);

  it('that works for the open folder is watched', async () => {
    await smithy('project');
    await open();
    assert.deepEqual(watched(), ['smithy healthy']);
    assert.deepEqual(offered(), []);
  });

  it("that works elsewhere is offered as that project's, and never shown as this folder's", async () => {
    const other = await smithy('other');
    await open();
    assert.deepEqual(offered(), [`Found: smithy on ${port} | · ${join(folder, 'other')}`]);
    assert.deepEqual(window.discovery.found(`http://localhost:${port}`), {
      name: 'smithy (other)',
      url: `http://localhost:${port}`,
      kind: 'smithy',
    });
    const asked = other.requests.filter((path) => path === '/api/daemon/status').length;
    for (let poll = 0; poll < 3; poll++) await window.pollAfter(15_000);
    assert.deepEqual(shown, []);
    const askedLater = other.requests.filter((path) => path === '/api/daemon/status').length;
    assert.equal(askedLater, asked, 'nobody polls what is not watched');
  });

  it('that works elsewhere, and comes while the window is open, is offered', async () => {
    await open();
    await smithy('other');
    await window.pollAfter();
    assert.deepEqual(offered(), [`Found: smithy on ${port} | · ${join(folder, 'other')}`]);
    assert.deepEqual(shown, []);
  });

  it("gives way to that of the open folder, which is watched by the default's name", async () => {
    const other = await smithy('other');
    await open();
    await other.stop();
    await window.pollAfter();
    assert.deepEqual(offered(), []);
    await smithy('project');
    await window.pollAfter();
    assert.deepEqual(watched(), ['smithy healthy']);
  });

  it('that comes in place of that of the open folder is offered', async () => {
    const ours = await smithy('project');
    await open();
    await ours.stop();
    await window.pollAfter();
    await smithy('other');
    await window.pollAfter();
    assert.deepEqual(watched(), []);
    assert.deepEqual(offered(), [`Found: smithy on ${port} | · ${join(folder, 'other')}`]);
  });

  const asToday: [what: string, more: Partial<DiscoverySettings>][] = [
    ['with no folder open', { workspaceFolders: [] }],
    ['that the user wrote into the list', { hasOwnList: true }],
  ];
  for (const [what, more] of asToday) {
    it(`is watched ${what}, wherever it works`, async () => {
      await smithy('other');
      await open(more);
      assert.deepEqual(watched(), ['smithy healthy']);
    });
  }

  it('that does not tell where it works is watched', async () => {
    (await smithy('other')).hasNoHealth = true;
    await open();
    assert.deepEqual(watched(), ['smithy healthy']);
  });

  it('that works elsewhere is offered also where nothing else is looked for', async () => {
    await smithy('other');
    await open({ discovery: false });
    assert.deepEqual(shown, []);
    assert.deepEqual(offered(), [`Found: smithy on ${port} | · ${join(folder, 'other')}`]);
  });

  describe('of another user', function () {
    let other: ChildProcess;
    before(function () {
      if (whyNoOtherUser() !== undefined || process.platform !== 'linux') this.skip();
    });
    beforeEach(async () => {
      const source = `
        const { createServer } = require('node:http');
        const answers = JSON.parse(process.env.ANSWERS);
        createServer(({ url }, response) => {
          response.writeHead(answers[url] ? 200 : 404, { 'content-type': 'application/json' });
          response.end(JSON.stringify(answers[url] ?? {}));
        }).listen(${port}, '127.0.0.1', () => console.log('listens'));`;
      const database = join(folder, 'project', '.stoneforge', 'stoneforge.db');
      const answers = {
        '/api/health': { status: 'ok', database, services: { dispatchDaemon: 'running' } },
        '/api/daemon/status': { isRunning: true, available: true, config: { pollIntervalMs: 5_000 } },
      };
      other = spawn(process.execPath, ['-e', source], {
        uid: NOBODY,
        cwd: '/',
        env: { ANSWERS: JSON.stringify(answers) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(other.stdout!, 'data');
      ends.push(async () => {
        other.kill('SIGKILL');
        await once(other, 'exit');
      });
    });

    for (const [what, more] of [
      ['the open folder', {}],
      ['it, with no folder open', { workspaceFolders: [] }],
    ] as const) {
      it(`is only offered, with the owner's name, although it works for ${what}`, async () => {
        await open(more);
        assert.deepEqual(shown, []);
        assert.deepEqual(offered(), [
          `Found: smithy on ${port} | · ${join(folder, 'project')} · runs as user nobody`,
        ]);
      });
    }

    it('is watched where the user asked for it', async () => {
      await open({ hasOwnList: true });
      assert.deepEqual(watched(), ['smithy unverified']);
    });
  });
});
