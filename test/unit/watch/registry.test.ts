import assert from 'node:assert/strict';
import type { DaemonConfig } from '../../../src/model/daemonConfig';
import type { Sample } from '../../../src/health/report';
import { Registry } from '../../../src/watch/registry';
import { listedOf, readDaemons } from '../../../src/settings/daemonList';
import { until } from '../../support/until';
import { FAILURES, FakeTime, goodReport } from '../health/support';
import { daemon } from '../ui/support';

/** Asked so rarely that no timer of its own comes within a test. */
const rarely = (config: DaemonConfig): DaemonConfig => ({ ...config, pollIntervalMs: 60_000 });

describe('a registry', () => {
  const config = daemon('smithy', 3457);
  const session = { id: 'a', title: 'a', status: 'running' };
  const lost = [{ session: { ...session, id: 'l', status: 'interrupted' }, foundAt: 0 }];
  let registry: Registry;
  let errors: unknown[];
  let fails: boolean;

  beforeEach(() => {
    errors = [];
    const clock = new FakeTime();
    lost[0]!.foundAt = clock.wallAt;
    fails = false;
    const ask = (): Promise<Sample> => {
      if (fails) {
        return Promise.resolve({ ok: false, startedMs: clock.monotonicMs, failure: FAILURES.refused });
      }
      const report = goodReport(clock, { kind: 'dispatchd', instance: { id: 'x' }, sessions: [session] });
      return Promise.resolve({ ok: true, startedMs: clock.monotonicMs, latencyMs: 3, report });
    };
    registry = new Registry({
      clock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: () =>
        Promise.resolve({ ask, statusText: () => Promise.resolve(''), close: () => Promise.resolve() }),
      recall: () => ({ lost }),
      onError: (error) => errors.push(error),
    });
    registry.configure({ daemons: [config], problems: [] });
  });
  afterEach(() => registry.dispose());

  it('watches a demo besides what the settings say, until the demo is over', () => {
    const demo = rarely({ ...daemon('demo (hang)', 45_678), demo: { folder: '/x' } });
    const names = () => registry.models.map((model) => model.daemon.name);
    registry.watchDemo(demo);
    assert.deepEqual(names(), ['smithy', 'demo (hang)']);
    registry.configure({ daemons: [config], problems: [] });
    assert.deepEqual(names(), ['smithy', 'demo (hang)'], 'settings were changed meanwhile');
    assert.deepEqual(
      registry.lasting.map((model) => model.daemon.name),
      ['smithy'],
    );
    assert.deepEqual(
      listedOf(registry.models).map(({ name }) => name),
      ['smithy'],
      'no demo comes into the settings of the user',
    );
    registry.watchDemo();
    assert.deepEqual(names(), ['smithy']);
  });

  it('whose listener throws says so, and tells the others', async () => {
    const heard: string[] = [];
    const thrown = new Error('this surface throws');
    registry.on('stepped', () => {
      throw thrown;
    });
    registry.on('stepped', () => heard.push('stepped'));
    registry.on('change', () => heard.push('change'));
    await registry.refresh();
    assert.deepEqual(heard, ['stepped', 'change']);
    assert.deepEqual(errors, [thrown]);
    assert.equal(registry.models[0]?.track.samples, 1);
  });

  it('asks the other daemons of this machine at once when one fails, so that one cause is one message', async () => {
    const [first, second] = [daemon('first', 3457), daemon('second', 3458)];
    const entry = { name: 'far', url: 'http://192.0.2.1:3459' };
    const { daemons } = readDaemons([entry], { configured: true, allowRemote: true });
    const far = daemons[0]!;
    registry.configure({ daemons: [first, second, far].map(rarely), problems: [] });
    await registry.refresh();
    const samples = () => [first, second, far].map(({ id }) => registry.monitor(id)!.track.samples);
    assert.deepEqual(samples(), [1, 1, 1]);
    fails = true;
    await registry.monitor(first.id)!.poll();
    await until(() => samples()[1] === 2, 'the second is asked');
    assert.deepEqual(samples(), [2, 2, 1]);
  });

  it('keeps all that is known of a daemon whose settings change, but for its track', async () => {
    await registry.refresh();
    const { track: _before, ...known } = registry.monitor(config.id)!.watched;
    assert.equal(known.samples.length, 1);
    registry.configure({ daemons: [{ ...config, name: 'renamed' }], problems: [] });
    const { track, ...kept } = registry.monitor(config.id)!.watched;
    assert.equal(track.samples, 0);
    for (const part of ['history', 'samples', 'deadlines', 'instance', 'lost'] as const) {
      assert.ok(known[part], part);
      assert.equal(kept[part], known[part], part);
    }
  });
});
