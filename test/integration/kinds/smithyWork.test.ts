import { at, idAt, watchedAt } from '../../support/target';
import assert from 'node:assert/strict';
import { SmithyAgents } from '../../../src/kinds/smithy/agents';
import { ProcessFates } from '../../../src/watch/processFates';
import type { ProcessFinder } from '../../../src/watch/processFinder';
import type { Session } from '../../../src/health/report';
import { SmithyProcess } from '../../support/smithyProcess';
import { Scope, playing, loadRecording } from '../support';
import { freePort } from '../../support/freePort';

const fatesBy = (finder: ProcessFinder) => new ProcessFates(assert.ifError, () => Promise.resolve(finder));

describe('the process behind a smithy', function () {
  this.timeout(20_000);
  let smithy: SmithyProcess;
  beforeEach(async () => (smithy = await new SmithyProcess('/project').start()));
  afterEach(() => smithy.kill());

  const daemon = () => at(smithy.url);

  it('lives, however often it is asked for', async () => {
    const processes = new ProcessFates(assert.ifError);
    await processes.note(daemon());
    for (let n = 0; n < 3; n++) assert.equal(await processes.fate(idAt(smithy.url)), 'lives');
  });

  it('is gone when it was killed, also once another one owns the port', async () => {
    const processes = new ProcessFates(assert.ifError);
    await processes.note(daemon());
    assert.equal(await processes.fate(idAt(smithy.url)), 'lives');
    await smithy.kill();
    assert.equal(await processes.fate(idAt(smithy.url)), 'gone');
    await smithy.start();
    await processes.note(daemon());
    assert.equal(
      await processes.fate(idAt(smithy.url)),
      'gone',
      'it is still the same one that is asked for',
    );
    processes.forget(idAt(smithy.url));
    await processes.note(daemon());
    assert.equal(await processes.fate(idAt(smithy.url)), 'lives');
  });

  it('is not known where nobody noted it, where nothing listens, and on another machine', async () => {
    const processes = new ProcessFates(assert.ifError);
    assert.equal(await processes.fate(idAt(smithy.url)), 'unknown');
    const port = await freePort();
    await processes.note(at(`http://127.0.0.1:${port}`));
    assert.equal(await processes.fate(idAt(`http://127.0.0.1:${port}`)), 'unknown');
    await processes.note(at(`http://build.example:${smithy.port}`));
    assert.equal(await processes.fate(idAt(`http://build.example:${smithy.port}`)), 'unknown');
  });

  it('is looked for once, and only one process is looked at afterwards', async () => {
    const calls: string[] = [];
    const processes = fatesBy({
      ownerOf: (port) => {
        calls.push(`owner of ${port}`);
        return Promise.resolve({ pid: 7, startedAtMs: 0 });
      },
      fateOf: ({ pid }) => {
        calls.push(`look at ${pid}`);
        return Promise.resolve('alive');
      },
    });
    for (let poll = 0; poll < 5; poll++) void processes.note(at('http://localhost:3457'));
    await processes.fate(idAt('http://localhost:3457'));
    assert.deepEqual(calls, ['owner of 3457', 'look at 7']);
  });

  it('is not looked for where the daemon has no address', async () => {
    const processes = fatesBy({
      ownerOf: (port) => Promise.reject(new Error(`asked for the owner of ${port}`)),
      fateOf: () => Promise.resolve('alive'),
    });
    const files = watchedAt({ kind: 'file', paths: ['/run/x/state.json'] });
    await processes.note(files);
    assert.equal(await processes.fate(files.id), 'unknown');
  });

  it('is not known where the system fails', async () => {
    const processes = fatesBy({
      ownerOf: () => Promise.reject(new Error('no lsof')),
      fateOf: () => Promise.reject(new Error('no ps')),
    });
    await processes.note(daemon());
    assert.equal(await processes.fate(idAt(smithy.url)), 'unknown');
  });

  it('is not known where some process has its number and the system does not tell since when', async () => {
    const processes = fatesBy({
      ownerOf: () => Promise.resolve({ pid: 7, startedAtMs: 0 }),
      fateOf: () => Promise.resolve('unknown'),
    });
    await processes.note(daemon());
    assert.equal(await processes.fate(idAt(smithy.url)), 'unknown');
  });
});

describe('what a smithy tells of its agents', () => {
  const scope = new Scope();
  afterEach(() => scope.close());

  const session: Session = {
    id: 'session-1',
    title: 'worker',
    status: 'interrupted',
    agentId: 'el-4253',
    providerSessionId: '1d19c563-a61b-4c11-8a50-fde92e24faf5',
  };

  it('is which sessions ended, as recorded', async () => {
    const { origin } = await scope.http(
      playing({ '/api/agents/el-4253/status': loadRecording('restart/1-after-agent-status') }),
    );
    const ended = await new SmithyAgents(origin).ended('el-4253');
    assert.equal(ended.length, 5);
    assert.deepEqual(ended[0], {
      id: 'session-mwr45c3l-0009-j8xn',
      providerSessionId: '1d19c563-a61b-4c11-8a50-fde92e24faf5',
      endedAt: Date.parse('2026-11-22T00:43:39.064Z'),
    });
  });

  it('is when the sessions of all agents ended, and why, also of the time before anybody asked', async () => {
    const { origin } = await scope.http(playing({ '/api/agents': loadRecording('restart/0-before-agents') }));
    const past = await new SmithyAgents(origin).past();
    assert.deepEqual(past?.lives, []);
    assert.equal(past?.sessions?.length, 9);
    const { id, title, agentId, startedAt, endedAt, outcome } = past.sessions[0]!;
    assert.deepEqual(
      [id, title, agentId, startedAt, endedAt, outcome],
      [
        'session-mwr45c3l-0009-j8xn',
        'e-worker-9-write-the-release-notes',
        'el-4253',
        Date.parse('2026-11-22T00:43:19.348Z'),
        Date.parse('2026-11-22T00:43:39.064Z'),
        'Session exceeded max duration (20s)',
      ],
    );
  });

  for (const body of [
    {},
    { agents: 'x' },
    {
      agents: [
        null,
        7,
        {},
        { id: 7 },
        { id: 'a', metadata: { agent: { sessionHistory: [null, { id: 7 }] } } },
      ],
    },
  ]) {
    it(`is nothing of its past where it answers with ${JSON.stringify(body)}`, async () => {
      const { origin } = await scope.http((_request, response) => response.end(JSON.stringify(body)));
      assert.deepEqual((await new SmithyAgents(origin).past())?.sessions ?? [], []);
    });
  }

  for (const [what, body] of [
    ['no history', {}],
    ['a history that is none', { recentHistory: 'x' }],
    ['entries that are none', { recentHistory: [null, 7, {}, { id: 7 }] }],
  ] as const) {
    it(`is nothing where it answers with ${what}`, async () => {
      const { origin } = await scope.http((_request, response) => response.end(JSON.stringify(body)));
      assert.deepEqual(await new SmithyAgents(origin).ended('el-4253'), []);
    });
  }

  it('is not known where it does not answer, or has no such agent', async () => {
    const { origin } = await scope.http(playing({}));
    await assert.rejects(new SmithyAgents(origin).ended('el-4253'));
    await assert.rejects(new SmithyAgents(`http://127.0.0.1:${await freePort()}`).ended('el-4253'));
  });

  it('goes on where its conversation is named, as recorded', async () => {
    let sent = '';
    const { origin } = await scope.http((request, response) => {
      request.on('data', (chunk) => (sent += String(chunk)));
      request.on('end', () => {
        playing({ '/api/agents/el-4253/resume': loadRecording('agent-resume-explicit') })(request, response);
      });
    });
    await new SmithyAgents(origin).resume({ ...session, cwd: '/project/worktree' });
    assert.deepEqual(JSON.parse(sent), {
      providerSessionId: '1d19c563-a61b-4c11-8a50-fde92e24faf5',
      workingDirectory: '/project/worktree',
    });
  });

  it('is its own reason where it refuses', async () => {
    const { origin } = await scope.http(
      playing({ '/api/agents/el-4253/resume': loadRecording('restart/1-after-resume-none') }),
    );
    await assert.rejects(new SmithyAgents(origin).resume(session), {
      code: { is: 'refused', daemon: 'smithy', status: 404, said: 'No resumable session found' },
    });
  });
});
