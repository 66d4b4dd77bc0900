import { valueOf } from '../tree/row';
import { isUserError } from '../../base/errors';
import { sentenceOf } from '../../words/errors';
import { cleanText } from '../../base/text';
import * as vscode from 'vscode';
import type { Clock } from '../../base/time';
import { isConflictId } from '../../health/conflicts';
import type { DaemonState } from '../../health/states';
import type { Registry } from '../../watch/registry';
import type { DaemonModel } from '../../model/daemonModel';
import type { Discovery } from '../../watch/discovery/discovery';
import type { Settings } from '../../settings/settings';
import { choose } from '../shared/choose';
import { openReport } from './openReport';
import { checkEndpoint } from './checkEndpoint';
import { configureDaemons } from './configure';
import { offerFirstSteps, sampleCommand, type FirstSteps } from './firstSteps';
import { addDaemon } from './addDaemon';
import { foundCommands } from './found';
import { worstFirst } from '../../words/states';
import type { Log } from '../shared/log';
import { plain } from '../shared/markdown';
import { more } from './more';
import { isSessionRowId } from '../tree/rowIds';
import { inStatusBar, inView, say } from '../shared/say';
import { find, findNamed, itemOf, pick, type Purpose } from './daemonChoice';
import { snooze } from './snooze';
import type { Snoozes } from '../../store/snoozes';
import type { HealthTree } from '../tree/tree';
import { bundledDaemon } from '../tasks/bundledDaemon';
import { canStop, dashboardOf, isFleet } from '../shared/usable';
import { filterSeries } from './filterSeries';
import { pageOf } from './page';
import { NONE, QUESTIONS, SHOW_LOG, keepingEvidence, unexpectedText } from './commandsText';

/** What the room of restarts does. */
interface RestartCommands {
  /** @param openedMs of the incident whose message asked for it: when that began, in monotonic ms */
  restart(model: DaemonModel, openedMs?: number): Promise<void>;
  /** Waits on for the proof of a restart that was late. */
  waitLonger(model: DaemonModel): Promise<void>;
  stop(model: DaemonModel): Promise<void>;
  keepEvidence(model: DaemonModel): Promise<void>;
}

export interface CommandDeps {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly tree: HealthTree;
  readonly log: Log;
  readonly settings: Settings;
  /** Loaded when it is first asked for. */
  readonly restarts: () => Promise<RestartCommands>;
  readonly snoozes: Snoozes;
  readonly runOnSessions: RunCommand;
  readonly discovery: () => Promise<Discovery>;
  readonly openHealthPage: () => Promise<void>;
  /** Loaded when it is first asked for. */
  readonly demo: () => Promise<{ show(): Promise<void>; end(): void }>;
  readonly firstSteps: FirstSteps;
}

export type RunCommand = (command: string, targets: readonly unknown[]) => Promise<void>;

/**
 * Runs the commands of the palette, of the tree and of links; what looks after work has its own. `target` is a
 * daemon's id, one of its row ids or its name; without one the user picks, where there is a choice. This file is
 * a chunk of its own, loaded with the first command.
 */
export function commandRunner(deps: CommandDeps): RunCommand {
  const { clock, registry, tree, log, settings, restarts, snoozes } = deps;
  const { runOnSessions, discovery } = deps;
  type Handler = (target: unknown, state: unknown) => unknown;
  const onPicked =
    (purpose: Purpose, act: (model: DaemonModel, state: unknown) => Promise<unknown>): Handler =>
    async (target, state) => {
      const model = await pick(deps, target, purpose);
      if (model) await act(model, state);
    };
  const handlers: Record<string, Handler> = {
    // A message that asks for it says since when its incident goes on; the tree has words of its own for what was picked.
    restart: onPicked({ question: QUESTIONS.restart, isFor: isOne }, async (model, openedMs) =>
      (await restarts()).restart(model, typeof openedMs === 'number' ? openedMs : undefined),
    ),
    openReport: (file) => openReport(String(file)),
    waitLonger: async (target) => {
      const model = find(registry, target);
      if (model) await (await restarts()).waitLonger(model);
    },
    start: async (target) => {
      const down = findNamed(registry, target);
      const model = down ?? (await bundledDaemon(registry, settings));
      await (await restarts()).restart(model);
      if (!down) void offerFirstSteps(registry.model(model.daemon.id), deps.firstSteps);
    },
    stop: onPicked({ question: QUESTIONS.stop, isFor: canStop, none: NONE.stop }, async (model) =>
      (await restarts()).stop(model),
    ),
    refresh: () =>
      inView('daemonHealth.daemons', () =>
        Promise.all([registry.refresh(), discovery().then((known) => known.scan())]),
      ),
    ...foundCommands(deps),
    addDaemon: (target) => addDaemon(deps, target),
    showDetails: (target) => {
      const model = find(registry, target) ?? worstFirst(registry.models)[0];
      const isRow = isConflictId(target) || isSessionRowId(target);
      return tree.reveal(isRow ? target : model?.daemon.id);
    },
    showLog: () => log.show(),
    keepEvidence: onPicked({ question: QUESTIONS.keepEvidence, isFor: isOne }, (model) =>
      inStatusBar(keepingEvidence(model.daemon.name), async () => (await restarts()).keepEvidence(model)),
    ),
    snooze: onPicked({ question: QUESTIONS.snooze }, (model) => snooze(model, snoozes, clock)),
    filterSeries: onPicked(
      { question: QUESTIONS.filterSeries, isFor: isFleet, none: NONE.filterSeries },
      (model) => filterSeries(model, tree),
    ),
    dismissFailedStart: (target) => {
      const model =
        findNamed(registry, target) ?? registry.models.find(({ track }) => track.startFailed !== undefined);
      if (model) registry.monitor(model.daemon.id)?.input({ kind: 'startFailureSeen' });
      else void say('info', NONE.failedStart);
    },
    more: async (target, state) => {
      const model = find(registry, target);
      if (model) await more(model, state as DaemonState, { clock, log, settings, snoozes });
    },
    mute: (kind) => settings.mute(String(kind)),
    list: async (daemonIds) => {
      const known = registry.models.filter(({ daemon }) =>
        (daemonIds as readonly unknown[]).includes(daemon.id),
      );
      const model = await choose(worstFirst(known).map(itemOf), { question: QUESTIONS.list });
      if (model) await tree.reveal(model.daemon.id);
    },
    openDashboard: onPicked(
      {
        question: QUESTIONS.openDashboard,
        isFor: (each) => dashboardOf(each) !== undefined,
        none: NONE.openDashboard,
      },
      async (model) => vscode.env.openExternal(vscode.Uri.parse(pageOf(model))),
    ),
    copyValue: (target) => {
      const row = typeof target === 'string' ? tree.row(target) : undefined;
      if (!row) return void say('info', NONE.row);
      return vscode.env.clipboard.writeText(valueOf(row));
    },
    copyDiagnostics: async (target) => {
      const model = find(registry, target);
      const { copyDiagnostics } = await import('./copyDiagnostics');
      await copyDiagnostics(registry, model ? [model] : registry.models, clock);
    },
    checkEndpoint: (target) => checkEndpoint(deps, target),
    configure: configureDaemons,
    runSample: () => runOnSessions('runCommand', [sampleCommand()]),
    showHang: async () => (await deps.demo()).show(),
    endDemo: async () => (await deps.demo()).end(),
    openHealthPage: () => deps.openHealthPage(),
  };
  return (command, targets) => {
    const name = command.replace(/^daemonHealth\./, '');
    const handler = handlers[name] ?? (() => runOnSessions(name, targets));
    return guarded(name, () => handler(targets[0], targets[1]), log);
  };
}

/**
 * A command that fails says why, in a notification and in the log. Of an error that nobody expected the log has the
 * stack, and the notification says that.
 */
async function guarded(name: string, run: () => unknown, log: Log): Promise<void> {
  try {
    await run();
  } catch (error) {
    const isExpected = isUserError(error);
    const said = sentenceOf(error);
    if (isExpected) log.error(said);
    else log.unexpected(`The command ${name}`, error);
    const text = isExpected ? plain(said) : unexpectedText(cleanText(said));
    void say('error', text, SHOW_LOG).then((choice) => choice === SHOW_LOG && log.show());
  }
}

const isOne = (model: DaemonModel) => !isFleet(model);
