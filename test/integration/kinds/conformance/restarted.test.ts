import assert from 'node:assert/strict';
import type { Restarted } from '../../../../src/health/workMade';
import { lostOf, withLost } from '../../../../src/health/interrupted';
import { isLive, isStranded } from '../../../../src/health/sessions';
import { Registry } from '../../../../src/watch/registry';
import type { DaemonModel } from '../../../../src/model/daemonModel';
import type { spoken } from '../../../support/spoken';
import { workText } from '../../../../src/words/work';
import { isAlive } from '../../../../src/system/processTable';
import { watchedAt } from '../../../support/target';
import { until } from '../../../support/until';
import { reportOf } from '../../support';
import { RestartWorld, waysOf } from './restartWorld';
import { eachKind, POLL_MS, tellsOfWork, type Play } from './theatre';

const registries: Registry[] = [];

/** Follows the lives of a play's daemon. @returns what was told of them so far */
function follow(play: Play): { readonly told: readonly Restarted[]; look: () => Promise<void> } {
  const told: Restarted[] = [];
  const { kind, target } = play.stage;
  const daemon = { name: kind.id, ...watchedAt(target), pollIntervalMs: 300_000, configured: true };
  const registry = new Registry({
    clock: play.watch.time,
    random: () => 0.5,
    isFocused: () => true,
    createProbe: () =>
      Promise.resolve({
        ask: () => play.poll(),
        statusText: () => play.asker.statusText(),
        get lostWork() {
          return play.asker.lostWork;
        },
        close: () => Promise.resolve(),
      }),
    recall: () => ({}),
  });
  registries.push(registry);
  registry.on('stepped', (_model, events) => {
    for (const event of events) if (event.kind === 'restarted') told.push(event.restarted);
  });
  const look = async () => {
    play.watch.wait(POLL_MS);
    if (registry.models.length === 0) registry.configure({ daemons: [daemon], problems: [] });
    await registry.refresh();
  };
  return { told, look };
}

/** Polls on for longer than any new life is waited for. */
async function lookOn({ look }: ReturnType<typeof follow>): Promise<void> {
  for (let ask = 0; ask < 5; ask++) await look();
}

eachKind('a daemon of each kind that restarts by itself', (play, kind) => {
  afterEach(() => registries.splice(0).forEach((registry) => registry.dispose()));

  it('restarted: is told of exactly once where the answer can tell it, else not at all', async () => {
    const { stage } = play();
    const seen = follow(play());
    const { traits } = await play().untilWell();
    await seen.look();
    await stage.vanish();
    await seen.look();
    await stage.start();
    await play().untilWell();
    await lookOn(seen);
    assert.equal(seen.told.length, traits.namesItsInstances ? 1 : 0);
  });

  if (!tellsOfWork(kind)) return;
  it('interrupted: its work that is gone is told exactly once', async () => {
    const { stage } = play();
    const seen = follow(play());
    await play().untilWell();
    const work = await play().untilWorks();
    await seen.look();
    await stage.vanish();
    await seen.look();
    await stage.start();
    const after = await play().untilWell();
    await lookOn(seen);
    await until(() => seen.told.length > 0);
    await lookOn(seen);
    assert.equal(seen.told.length, 1);
    const [{ lost, interrupted, resumed }] = seen.told as [Restarted];
    assert.deepEqual({ interrupted, resumed }, { interrupted: 1, resumed: 0 });
    const { traits } = after;
    assert.deepEqual(
      lost.map(({ title }) => title),
      traits.remembersInterrupted ? [] : [work.title],
      'who does not remember its work has lost it',
    );
    const report = reportOf(await play().poll());
    const listed = (report.sessions ?? []).filter(isStranded);
    const kept = lostOf(withLost([], lost, report, 0), report);
    assert.equal([...listed, ...kept].length, 1, 'the work is in one place, and in no second one');
  });
});

/** Outcome, core and tree tell the same of the work. */
async function saysTheSame(
  { registry, model }: RestartWorld,
  outcome: ReturnType<typeof spoken>,
  told: readonly Restarted[],
  said: string,
): Promise<void> {
  const listed = ({ track, lost = [] }: DaemonModel) => [
    ...(track.last?.report.sessions ?? []).filter(isStranded),
    ...lost,
  ];
  // One that tells of no cycles may still be resuming, and one of any make tells of no work: nothing is told of it.
  if (told.length === 0) {
    assert.doesNotMatch(outcome.text, /resumed|interrupted/, said);
    return;
  }
  assert.equal(told.length, 1, said);
  const [{ resumed, interrupted }] = told as [Restarted];
  const text = workText({ resumed, interrupted });
  assert.ok(outcome.text.includes(text), `${text}: ${said}`);
  assert.equal(outcome.work?.interrupted, interrupted, said);
  await registry.refresh();
  assert.equal(listed(registry.model(model.daemon.id)!).length, interrupted, `in the tree: ${said}`);
}

eachKind('a daemon of each kind that is restarted by us', (play, kind) => {
  it('restarted: in each way that it has, and proven as far as it tells', async () => {
    const { stage } = play();
    for (const way of await waysOf(play())) {
      const report = await play().untilWell();
      const work = tellsOfWork(kind) ? await play().untilWorks() : undefined;
      const world = new RestartWorld(play(), way);
      const told: Restarted[] = [];
      world.registry.on('stepped', (_model, events) => {
        for (const event of events) if (event.kind === 'restarted') told.push(event.restarted);
      });
      const { plan, outcome } = await world.restart();
      const said = `by ${way.by}: ${outcome.kind}, ${outcome.text}\n${world.steps.join('\n')}`;
      assert.equal(outcome.kind, report.progress.kind === 'untold' ? 'unproven' : 'cured', said);
      assert.ok(plan.owner, said);
      assert.equal(await isAlive(plan.owner.pid), false, said);
      const isOurs = way.by === 'spawn';
      assert.equal(
        world.steps.some((step) => step.includes(`process ${plan.owner!.pid}`)),
        isOurs,
        `who ends it: ${said}`,
      );
      const { process } = outcome as { process?: { pid: number } };
      assert.ok(process && process.pid !== plan.owner.pid, said);
      await saysTheSame(world, outcome, told, said);
      world.registry.dispose();
      const after = await play().untilWell();
      assert.equal(after.kind, stage.kind.id);
      if (!work) continue;
      const goesOn = after.sessions?.some((session) => session.id === work.id && isLive(session));
      assert.equal(goesOn, way.keepsWork, `whether its work goes on: ${said}`);
    }
  });

  if (!tellsOfWork(kind)) return;
  it('interrupted: the plan names the work, and none where the way keeps it', async () => {
    await play().untilWell();
    await play().untilWorks();
    for (const way of await waysOf(play())) {
      const world = new RestartWorld(play(), way);
      const { interrupts } = await world.plan();
      assert.equal(interrupts.length, way.keepsWork ? 0 : 1, way.by);
      world.registry.dispose();
    }
  });
});
