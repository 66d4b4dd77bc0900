import { systemClock } from '../../../../src/app/systemClock';
import type { RestartWay } from '../../../../src/kinds/kind';
import type { DaemonModel } from '../../../../src/model/daemonModel';
import { RestartController } from '../../../../src/restart/controller';
import { restartStepText } from '../../../../src/words/restartSteps';
import { Registry } from '../../../../src/watch/registry';
import { watchedAt } from '../../../support/target';
import { reportOf } from '../../support';
import type { Play } from './theatre';
import { spoken } from '../../../support/spoken';
import { quietRestarts } from '../../../support/quietRestarts';

/** How the daemon of a play can be restarted here: as its kind says, else by the command of its stage. */
export async function waysOf(play: Play): Promise<readonly RestartWay[]> {
  const { kind, target, command } = play.stage;
  const where = {
    name: kind.id,
    dispatchdPath: command.kind === 'process' ? (command.args[0] ?? '') : '',
    nodePath: process.execPath,
    workspaceFolder: undefined,
    platform: process.platform,
  };
  const code = await kind.load();
  const last = reportOf(await play.probe().ask());
  const pid = last.instance?.pid;
  const lastArgs = pid === undefined ? undefined : await code.startFlags?.(last, pid);
  const ways = code.restartWays(target, { ...where, ...(lastArgs && { lastArgs }) }, last);
  return 'is' in ways ? [{ by: 'spawn', keepsWork: false, command }] : ways;
}

/** A window that watches the daemon of a play and restarts it in one way. */
export class RestartWorld {
  readonly steps: string[] = [];
  readonly registry: Registry;
  readonly controller: RestartController;

  constructor(play: Play, way: RestartWay) {
    const { kind, target } = play.stage;
    this.registry = new Registry({
      clock: systemClock,
      random: () => 0.5,
      isFocused: () => true,
      createProbe: () => Promise.resolve(play.probe({ kind: kind.id })),
      recall: () => ({}),
    });
    const daemon = {
      name: kind.id,
      kind: kind.id,
      ...watchedAt(target),
      pollIntervalMs: 60_000,
      configured: true,
    };
    this.registry.configure({ daemons: [daemon], problems: [] });
    this.controller = new RestartController({
      registry: this.registry,
      prepare: () => Promise.resolve({ way }),
      ...quietRestarts(play.stage.folder),
      start: (_model, _signal, env) =>
        Promise.resolve({ ...play.stage.run(way.command, env), isMarked: true }),
    });
  }

  /** As it was last seen. */
  get model(): DaemonModel {
    return this.registry.models[0]!;
  }

  async plan() {
    await this.registry.refresh();
    return this.controller.planRestart(this.model);
  }

  async restart() {
    const plan = await this.plan();
    const outcome = await this.controller.restart(plan, {
      signal: new AbortController().signal,
      onStep: (step) => this.steps.push(restartStepText(step)),
      proofTimeoutMs: 15_000,
    });
    return { plan, outcome: spoken(outcome) };
  }
}
