import assert from 'node:assert/strict';
import type { StrangeAnswer } from '../../../src/health/cause';
import type { Answered, Connection, Identified, Kind, KindCode } from '../../../src/kinds/kind';
import { Look } from '../../../src/kinds/look';
import { createProbe } from '../../../src/kinds/probe';
import { recognise } from '../../../src/kinds/recognise';
import type { Target } from '../../../src/model/target';
import { Ask, NoAnswer } from '../../../src/system/httpClient';
import { reportWith } from '../health/support';

const FILES: Target = { kind: 'file', paths: ['/run/x/state.json'] };
const TIMEOUTS = { requestMs: 60, fallbackMs: 40 };

/** A kind without an address. @param asked takes down who was asked what */
function kindOf(id: string, asked: string[], code: Partial<KindCode> & Partial<Connection>): Kind {
  const connection: Connection = {
    ask: (look) => {
      asked.push(`${id} ask`);
      return code.ask ? code.ask(look) : Promise.resolve(report(id));
    },
    ...(code.sessions && { sessions: code.sessions }),
  };
  return {
    id,
    ports: [],
    provenBy: 'answer',
    runsCommands: false,
    hasPage: false,
    load: () =>
      Promise.resolve({
        identify: (look) => {
          asked.push(`${id} identify`);
          return code.identify ? code.identify(look) : Promise.resolve(found(id));
        },
        connect: code.connect ?? (() => connection),
        restartWays: () => [],
      }),
  };
}

const report = (kind: string): Answered => ({ is: 'report', report: reportWith({ kind }), latencyMs: 1 });
const found = (kind: string): Identified => ({ kind, isRunning: true });
const noHealthOf = (kind: string): StrangeAnswer => ({ is: 'noHealthOf', kind });
const noneOf = (kind: string) => () => Promise.resolve(noHealthOf(kind));
const silence = () => Promise.reject(new NoAnswer('refused', { is: 'connectionRefused' }));

describe('a probe', () => {
  let asked: string[];
  beforeEach(() => (asked = []));
  const probeOf = (kinds: readonly Kind[], kind?: string) =>
    createProbe(FILES, { timeouts: TIMEOUTS, kinds, ...(kind !== undefined && { kind }) });

  it('finds out the kind once, and asks that kind from then on', async () => {
    const probe = probeOf([
      kindOf('a', asked, { identify: noneOf('a') }),
      kindOf('b', asked, {}),
      kindOf('c', asked, {}),
    ]);
    for (let n = 0; n < 2; n++) {
      const sample = await probe.ask();
      assert.equal(sample.ok && sample.report.kind, 'b');
    }
    assert.deepEqual(asked, ['a identify', 'b identify', 'b ask', 'b ask']);
  });

  it('asks the kind that the user named, and others where what answers is a stranger to it', async () => {
    const why: StrangeAnswer = { is: 'noStatusRoute' };
    const stranger = (): Promise<Answered> => Promise.resolve({ is: 'stranger', why });
    const kinds = [kindOf('a', asked, { identify: noneOf('a') }), kindOf('b', asked, { ask: stranger })];
    const lost = await probeOf(kinds, 'b').ask();
    assert.deepEqual(!lost.ok && lost.failure, { kind: 'wrongAnswer', cause: why });
    assert.deepEqual(asked.splice(0), ['b ask', 'a identify']);
    const known = await probeOf([kindOf('a', asked, {}), kinds[1]!], 'b').ask();
    assert.equal(known.ok && known.report.kind, 'a');
  });

  it('looks anew after a failure that was more than slowness', async () => {
    let fails: (() => Promise<Answered>) | undefined;
    const probe = probeOf([
      kindOf('a', asked, { ask: () => fails?.() ?? Promise.resolve(report('a')) }),
      kindOf('b', asked, {}),
    ]);
    await probe.ask();
    const cases = [
      ['timeout', ['a ask']],
      ['refused', ['a identify', 'a ask']],
    ] as const;
    for (const [kind, next] of cases) {
      fails = () => Promise.reject(new NoAnswer(kind, { is: 'closed' }));
      const sample = await probe.ask();
      assert.equal(!sample.ok && sample.failure.kind, kind);
      fails = undefined;
      asked.length = 0;
      assert.equal((await probe.ask()).ok, true);
      assert.deepEqual(asked, next);
    }
  });

  it('takes slowness after another failure for no proof of who is there', async () => {
    let fails: 'refused' | 'timeout' | undefined;
    const ask = (): Promise<Answered> =>
      fails ? Promise.reject(new NoAnswer(fails, { is: 'closed' })) : Promise.resolve(report('a'));
    const probe = probeOf([kindOf('a', asked, { ask })]);
    for (fails of [undefined, 'refused', 'timeout', undefined] as const) await probe.ask();
    assert.deepEqual(asked.slice(-2), ['a identify', 'a ask']);
  });

  it('waits no longer than its deadline for a kind that does not keep the deadline', async () => {
    const probe = probeOf([kindOf('a', asked, { ask: () => new Promise(() => undefined) })]);
    const startedMs = performance.now();
    const sample = await probe.ask();
    assert.ok(performance.now() - startedMs < 2_000);
    assert.equal(!sample.ok && sample.failure.kind, 'timeout');
    assert.deepEqual(!sample.ok && sample.failure.cause, { is: 'noAnswer', withinMs: 100 });
  });

  it('says in one line what a kind throws that should not', async () => {
    const sample = await probeOf([
      kindOf('a', asked, { ask: () => Promise.reject(new Error('a\nb')) }),
    ]).ask();
    assert.deepEqual(!sample.ok && sample.failure, {
      kind: 'reset',
      cause: { is: 'unexpected', error: 'Error: a b' },
    });
  });

  it('is tried again where a kind could not be loaded', async () => {
    const kind = kindOf('a', asked, {});
    let loads = 0;
    const load = () => (loads++ === 1 ? Promise.reject(new Error('no chunk')) : kind.load());
    const probe = probeOf([{ ...kind, load }]);
    assert.equal((await probe.ask()).ok, false);
    assert.equal((await probe.ask()).ok, true);
  });

  it('changes sessions only where the last answer was of a kind that can', async () => {
    const sessions = {} as NonNullable<Connection['sessions']>;
    const probe = probeOf([kindOf('a', asked, { sessions })]);
    assert.equal(probe.sessions, undefined);
    await probe.ask();
    assert.equal(probe.sessions, sessions);
  });
});

describe('who is recognised', () => {
  let within: Ask;
  beforeEach(() => (within = new Ask(1_000)));
  // An ask looks after our event loop until it is ended.
  afterEach(() => within[Symbol.dispose]());
  const look = () => new Look(FILES, 'find', within, undefined);

  it('is the first kind that takes it for its own', async () => {
    const asked: string[] = [];
    const kinds = [
      kindOf('a', asked, { identify: noneOf('a') }),
      kindOf('b', asked, {}),
      kindOf('c', asked, {}),
    ];
    assert.deepEqual(await recognise(look(), kinds), found('b'));
    assert.deepEqual(asked, ['a identify', 'b identify']);
  });

  it('is nobody, for the reason of the first kind', async () => {
    const kinds = [kindOf('a', [], { identify: noneOf('a') }), kindOf('b', [], { identify: noneOf('b') })];
    assert.deepEqual(await recognise(look(), kinds), noHealthOf('a'));
    assert.deepEqual(await recognise(look(), []), { is: 'unknownKind' });
  });

  it('is not asked for by the next kind where nobody answers', async () => {
    const asked: string[] = [];
    const kinds = [kindOf('a', asked, { identify: silence }), kindOf('b', asked, {})];
    await assert.rejects(recognise(look(), kinds), { code: { is: 'connectionRefused' } });
    assert.deepEqual(asked, ['a identify']);
  });
});
