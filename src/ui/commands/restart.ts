import { isUserError } from '../../base/errors';
import type { DaemonId } from '../../health/report';
import * as vscode from 'vscode';
import type { DaemonModel } from '../../model/daemonModel';
import type { Settings } from '../../settings/settings';
import type { RestartController } from '../../restart/controller';
import type { StopWork } from '../../restart/stop';
import type { AskOutliving } from '../../restart/edges';
import type { Plan } from '../../restart/plan';
import type { Progress } from '../../model/restartStep';
import { restartStepText, restartWaitText } from '../../words/restartSteps';
import type { Outcome } from '../../model/outcome';
import { isRestartLoop } from '../../store/restartRecords';
import { isOpenSince } from '../../health/incident';
import { rowOf } from '../../health/states';
import { severityOf } from '../../health/verdict';
import { sentenceOf } from '../../words/errors';
import type { Outlived } from '../../model/outliving';
import { leftText } from '../../words/outlivingText';
import { outcomeText, stopText } from '../../words/outcomes';
import { joined } from '../../base/text';
import type { Clock } from '../../base/time';
import type { Inspectable } from '../../diagnostics/inspectNode';
import type { Notifications } from '../notifications/notifications';
import { outcomeNotice } from '../notifications/outcomeNotice';
import { plain } from '../shared/markdown';
import { reached } from '../shared/milestones';
import { ask, inNotification, say, type Steps } from '../shared/say';
import { FIND_OUT, inspectText } from './inspectText';
import { askOutliving, isToOffer, offerToEnd } from './outliving';
import { consequences, reportAt, stopping } from './restartText';
import { ensureTrusted } from './trust';

export interface RestartCommandsDeps {
  readonly controller: RestartController;
  readonly settings: Pick<Settings, 'inspectNode'>;
  readonly clock: Clock;
  readonly door: Pick<Notifications, 'tell'>;
  /** An error that nobody expected, to be logged with its stack. */
  readonly onUnexpected: (where: string, error: unknown) => void;
  /** Whom the processes belong to that may be ended. */
  readonly userName: () => string;
  /** Whether the event loop of a process can be looked into. Sends nothing. */
  readonly inspectable: (owner: NonNullable<Plan['owner']>) => Promise<Inspectable>;
  /** The daemon as it is now; `undefined` when it is no longer watched. */
  readonly current: (daemonId: DaemonId) => DaemonModel | undefined;
}

type WriteLine = (line: string) => void;
type Verb = 'Restart' | 'Stop';

/** What the user agreed to. */
interface Agreed {
  readonly plan: Plan;
  readonly inspect: boolean;
}

/** Restart and stop as the user meets them: trust, consent, progress with cancel, an honest end. */
export class RestartCommands {
  /** Restarts that were started and not proven in time. */
  readonly #late = new Map<DaemonId, Plan>();

  constructor(private readonly deps: RestartCommandsDeps) {}

  /** @param openedMs of the incident whose message asked for it: when that began, in monotonic ms */
  async restart(model: DaemonModel, openedMs?: number): Promise<void> {
    const agreed = await this.#agree(model, 'Restart', openedMs);
    if (!agreed) return;
    const { plan, inspect } = agreed;
    await this.#shown(plan, `${plan.owner ? 'Restarting' : 'Starting'} ${model.daemon.name}`, (work) =>
      this.deps.controller.restart(plan, { ...work, inspect, askOutliving: askingAbout(model) }),
    );
  }

  /** Waits on for the proof of a restart that was late. */
  async waitLonger({ daemon }: DaemonModel): Promise<void> {
    const plan = this.#late.get(daemon.id);
    if (!plan) return;
    await this.#shown(plan, `Waiting for ${daemon.name}`, (work) =>
      this.deps.controller.waitLonger(plan, work),
    );
  }

  async #shown(plan: Plan, title: string, restarts: (work: StopWork) => Promise<Outcome>): Promise<void> {
    const { id: daemonId } = plan.model.daemon;
    const { clock, door, current } = this.deps;
    const began = clock.now();
    const outcome = await inNotification(plain(title), (steps) => restarts(shownIn(steps)));
    if (outcome.kind === 'late') this.#late.set(daemonId, plan);
    else this.#late.delete(daemonId);
    if (outcome.kind === 'cured' && outcome.isRestart) reached('restarted');
    door.tell([outcomeNotice(outcome, plan.model, current(daemonId), began, clock.now())]);
    const { outlived, daemon } = outcome;
    if (isToOffer(outlived)) void this.#offerToEnd(plan.model, leftText(outlived.left, daemon), outlived);
  }

  #offerToEnd({ daemon: { id } }: DaemonModel, text: string, outlived: Outlived): Promise<void> {
    return offerToEnd(text, outlived, (left) => this.deps.controller.endOutliving(id, left));
  }

  /** Restart as a task: each step a line in the terminal. Resolves with whether a new process runs. */
  restartInTerminal(model: DaemonModel, write: WriteLine, signal: AbortSignal): Promise<boolean> {
    return this.#inTerminal(model, 'Restart', write, async ({ plan, inspect }) => {
      const work = { ...writtenBy(write), signal, inspect, askOutliving: askingAbout(model) };
      const outcome = await this.deps.controller.restart(plan, work);
      write(outcomeText(outcome));
      if (outcome.report) write(reportAt(outcome.report.file));
      return outcome.kind === 'cured' || outcome.kind === 'unproven';
    });
  }

  /** Stop as a task. Resolves with whether the daemon is gone. */
  stopInTerminal(model: DaemonModel, write: WriteLine, signal: AbortSignal): Promise<boolean> {
    return this.#inTerminal(model, 'Stop', write, async ({ plan }) => {
      const outcome = await this.deps.controller.stop(plan, { ...writtenBy(write), signal });
      write(stopText(outcome));
      return outcome.kind === 'stopped';
    });
  }

  async stop(model: DaemonModel): Promise<void> {
    const agreed = await this.#agree(model, 'Stop');
    if (!agreed) return;
    const outcome = await inNotification(stopping(model.daemon.name), (steps) =>
      this.deps.controller.stop(agreed.plan, shownIn(steps)),
    );
    const outlived = outcome.kind === 'stopped' && outcome.is === 'ended' ? outcome.outlived : undefined;
    if (isToOffer(outlived)) void this.#offerToEnd(model, stopText(outcome), outlived);
    else void say('info', plain(stopText(outcome)));
  }

  /** A task's work, once the user agreed: an error is a line in its terminal. */
  async #inTerminal(
    model: DaemonModel,
    verb: Verb,
    write: WriteLine,
    work: (agreed: Agreed) => Promise<boolean>,
  ): Promise<boolean> {
    try {
      const agreed = await this.#agree(model, verb);
      if (agreed) return await work(agreed);
      write('Cancelled: nothing was changed.');
    } catch (error) {
      if (!isUserError(error)) this.deps.onUnexpected('A task of a daemon', error);
      write(sentenceOf(error));
    }
    return false;
  }

  /** The plan, once the user agreed to what it ends; `undefined` where not. */
  async #agree(model: DaemonModel, verb: Verb, openedMs?: number): Promise<Agreed | undefined> {
    const { name } = model.daemon;
    const { phase } = rowOf(model.track.verdict);
    const doing = verb === 'Stop' ? 'Stopping' : phase === 'down' ? 'Starting' : 'Restarting';
    if (!(await ensureTrusted(`${doing} ${name}`))) return undefined;
    const plan = await (verb === 'Restart'
      ? this.deps.controller.planRestart(model)
      : this.deps.controller.plan(model));
    const alwaysInspect = this.deps.settings.inspectNode();
    const now = this.deps.clock.now();
    const isLoop = verb === 'Restart' && isRestartLoop(plan.records, now.wallAt);
    const isOld = openedMs !== undefined && isOver(plan.model, openedMs);
    const detail = consequences(plan, { isLoop, isOld, now, userName: this.deps.userName });
    if (detail === undefined) return { plan, inspect: alwaysInspect };
    const isTrouble = verb === 'Restart' && severityOf(plan.model.track.verdict) !== 'plain';
    const look = isTrouble && plan.owner ? await this.deps.inspectable(plan.owner) : undefined;
    const about = look && inspectText(look, name, plan.owner!.pid, alwaysInspect);
    // What does not run is started.
    const word = verb === 'Restart' && !plan.owner ? 'Start' : verb;
    const offers = look?.is === 'node' && !alwaysInspect ? [FIND_OUT] : [];
    const buttons = [...(isLoop ? [SHOW_LOG] : []), word, ...offers];
    const whole = plain(joined([detail, about], '\n'));
    const choice = await ask('warning', plain(`${word} ${name}?`), whole, ...buttons);
    if (choice === SHOW_LOG) await vscode.commands.executeCommand('daemonHealth.showLog');
    if (choice !== word && choice !== FIND_OUT) return undefined;
    return { plan, inspect: alwaysInspect || choice === FIND_OUT };
  }
}

function askingAbout({ daemon }: DaemonModel): AskOutliving {
  return (left) => askOutliving(daemon.name, left);
}

const SHOW_LOG = 'Show Log';

/**
 * Whether a message about the incident that began at this moment (monotonic ms) tells what is not so any more: VS Code
 * cannot close a message with buttons.
 */
function isOver({ track }: Plan['model'], openedMs: number): boolean {
  const { incident, verdict } = track;
  return !isOpenSince(incident, openedMs) || severityOf(verdict) === 'plain';
}

function writtenBy(write: WriteLine): Progress {
  return { onStep: (now) => write(`${restartStepText(now)}…`) };
}

/** Steps and waiting both take the one line of a notification, which has a button to cancel. */
function shownIn({ step, token }: Steps): StopWork {
  const controller = new AbortController();
  token.onCancellationRequested(() => controller.abort(new Error('cancelled')));
  const show = (text: string) => step(plain(`${text}…`));
  return {
    signal: controller.signal,
    onStep: (now) => show(restartStepText(now)),
    onWait: (now) => show(restartWaitText(now)),
  };
}
