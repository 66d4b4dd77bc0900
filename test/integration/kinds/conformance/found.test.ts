import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KINDS } from '../../../../src/kinds/index';
import { addressOf } from '../../../../src/kinds/target';
import type { Target } from '../../../../src/model/target';
import { scan, scanPlaces } from '../../../../src/watch/discovery/scan';
import { answering, failureOf, reportOf, Scope } from '../../support';
import { ALL_KINDS, STAGES } from './stages';
import { eachKind } from './theatre';

describe('the lives of all kinds', () => {
  it('are played for every kind', () => {
    const missing = KINDS.map(({ id }) => id).filter((id) => !Object.hasOwn(STAGES, id));
    assert.deepEqual(
      missing,
      [],
      `no stage plays ${missing.join(', ')}: write one as in stages/ and add it to STAGES in stages.ts`,
    );
  });
});

const lives: Parameters<typeof eachKind>[1] = (play) => {
  const scope = new Scope();
  afterEach(() => scope.close());

  /** What stands at a place like the daemon's and is no daemon. */
  async function stranger(): Promise<Target> {
    const { target } = play();
    if (target.kind === 'http') {
      const { origin } = await scope.http(answering('<h1>hello</h1>', { type: 'text/html' }));
      return { kind: 'http', origin };
    }
    const file = join(dirname(target.kind === 'file' ? target.paths[0]! : ''), 'stranger.json');
    writeFileSync(file, '{"state": "fine"}');
    return { kind: target.kind, paths: [file] } as Target;
  }

  it('by a scan, which takes no stranger beside it for a daemon', async () => {
    const { stage, target, env } = play();
    const ports = [target, await stranger()].flatMap((place) => addressOf(place)?.port ?? []);
    const places = { ...scanPlaces(env, ALL_KINDS), ports, timeoutMs: 5_000 };
    const found = await scan({ skipPorts: new Set(), workspaceFolders: [] }, places);
    assert.deepEqual(
      found.map(({ kind, isRunning }) => [kind, isRunning]),
      stage.kind.isOfAnyMake ? [] : [[stage.kind.id, true]],
      'what may be of any make is found by nobody',
    );
    const [there] = found;
    if (!there) return;
    const port = addressOf(target)?.port;
    if (port === undefined) assert.deepEqual(there.target, target);
    else assert.equal(addressOf(there.target)?.port, port);
  });

  it('by its first answer, with its kind named and without', async () => {
    const { stage } = play();
    for (const kind of [undefined, stage.kind.id]) {
      const report = reportOf(await play().probe({ kind }).ask());
      assert.equal(report.kind, stage.kind.id, `named ${kind}`);
      assert.equal(report.isRunning, true);
    }
  });

  it('and what its kind says of it is so', async () => {
    const { kind } = play().stage;
    const probe = play().probe();
    const { traits } = reportOf(await probe.ask());
    assert.equal(probe.sessions !== undefined, traits.extendsOnRequest, 'who extends on request has actions');
    const text = await probe.statusText().catch(() => undefined);
    assert.equal(text !== undefined, kind.statusRoute !== undefined, 'its status route answers');
  });

  it('and a stranger is no daemon, whatever the user names it', async () => {
    const place = await stranger();
    for (const kind of [undefined, play().stage.kind.id]) {
      assert.equal(failureOf(await play().probe({ kind }, place).ask()).kind, 'wrongAnswer', `named ${kind}`);
    }
  });
};

eachKind('a daemon of each kind is found', lives, { isShared: true });
