import { messageOf, UserError } from '../../base/errors';
import type { DaemonId } from '../../health/report';
import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import type { DaemonModel } from '../../model/daemonModel';
import type { Settings } from '../../settings/settings';
import type { RestartController, StopWork } from '../../restart/controller';
import { addressOf } from '../../kinds/target';
import { isEndedByUs, type Plan } from '../../restart/plan';
import type { Progress } from '../../model/restartStep';
import { restartStepText, restartWaitText } from '../../words/restartSteps';
import type { Outcome } from '../../model/outcome';
import { isRestartLoop } from '../../store/restartRecords';
import { RESTART_LOOP_COUNT, RESTART_LOOP_MS } from '../../store/policy';
import { isOpenSince, isRecovering } from '../../health/incident';
import { severityOf } from '../../health/verdict';
import { STATE_LABELS } from '../../words/states';
import { duration, type Clock } from '../../base/time';
import type { Notifications } from '../notifications/notifications';
import { outcomeNotice } from '../notifications/outcomeNotice';
import { ask, inNotification, say, type Steps } from '../shared/say';
import { ensureTrusted } from './trust';
import { MAX_NAMED_SESSIONS } from '../policy';

export interface RestartCommandsDeps {
  readonly controller: RestartController;
  readonly settings: Pick<Settings, 'inspectNode'>;
  readonly clock: Clock;
  readonly door: Pick<Notifications, 'tell'>;
  /** An error that nobody expected, to be logged with its stack. */
  readonly onUnexpected: (where: string, error: unknown) => void;
  /** The daemon as it is now; `undefined` when it is no longer watched. */
  readonly current: (daemonId: DaemonId) => DaemonModel | undefined;
}

/** Restart and stop as the user meets them: trust, consent, progress with cancel, an honest end. */
export class RestartCommands {
  /** Restarts that were started and not proven in time. */
  readonly #late = new Map<DaemonId, Plan>();

  constructor(private readonly deps: RestartCommandsDeps) {}

  /** @param openedMs of the incident whose message asked for it: when that began, in monotonic ms */
  async restart(model: DaemonModel, openedMs?: number): Promise<void> {
    const { name } = model.daemon;
    const agreed = await this.#agree(model, `Restart ${name}?`, 'Restart', openedMs);
    if (!agreed) return;
    const { plan, inspect } = agreed;
    await this.#shown(plan, `${plan.owner ? 'Restarting' : 'Starting'} ${name}`, (work) =>
      this.deps.controller.restart(plan, { ...work, inspect }),
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
    const afterAt = clock.now().wallAt;
    const outcome = await inNotification(title, (steps) =>
      restarts({ ...shownIn(steps), signal: abortSignal(steps.token) }),
    );
    if (outcome.kind === 'late') this.#late.set(daemonId, plan);
    else this.#late.delete(daemonId);
    const span = { afterAt, byAt: clock.now().wallAt };
    door.tell([outcomeNotice(outcome, plan.model, current(daemonId), span)]);
  }

  /** Restart as a task: each step a line in the terminal. Resolves with whether a new process runs. */
  restartInTerminal(
    model: DaemonModel,
    write: (line: string) => void,
    signal: AbortSignal,
  ): Promise<boolean> {
    return inTerminal(write, this.deps.onUnexpected, async () => {
      const agreed = await this.#agree(model, `Restart ${model.daemon.name}?`, 'Restart');
      if (!agreed) return false;
      const { kind, text } = await this.deps.controller.restart(agreed.plan, {
        signal,
        inspect: agreed.inspect,
        onStep: (step) => write(`${restartStepText(step)}…`),
      });
      write(text);
      return kind === 'cured' || kind === 'unproven';
    });
  }

  /** Stop as a task. Resolves with whether the daemon is gone. */
  stopInTerminal(model: DaemonModel, write: (line: string) => void, signal: AbortSignal): Promise<boolean> {
    return inTerminal(write, this.deps.onUnexpected, async () => {
      const plan = (await this.#agree(model, `Stop ${model.daemon.name}?`, 'Stop'))?.plan;
      if (!plan) return false;
      const { kind, text } = await this.deps.controller.stop(plan, {
        signal,
        onStep: (step) => write(`${restartStepText(step)}…`),
      });
      write(text);
      return kind === 'stopped';
    });
  }

  async stop(model: DaemonModel): Promise<void> {
    const { name } = model.daemon;
    const plan = (await this.#agree(model, `Stop ${name}?`, 'Stop'))?.plan;
    if (!plan) return;
    const { text } = await inNotification(`Stopping ${name}`, (steps) =>
      this.deps.controller.stop(plan, { ...shownIn(steps), signal: abortSignal(steps.token) }),
    );
    void say('info', text);
  }

  /** The plan, once the user agreed to what it ends; `undefined` where not. */
  async #agree(
    model: DaemonModel,
    question: string,
    verb: 'Restart' | 'Stop',
    openedMs?: number,
  ): Promise<{ plan: Plan; inspect: boolean } | undefined> {
    if (!(await ensureTrusted(`${verb === 'Restart' ? 'Restarting' : 'Stopping'} ${model.daemon.name}`)))
      return undefined;
    const plan = await (verb === 'Restart'
      ? this.deps.controller.planRestart(model)
      : this.deps.controller.plan(model));
    const alwaysInspect = this.deps.settings.inspectNode();
    const isLoop = verb === 'Restart' && isRestartLoop(plan.records, this.deps.clock.now().wallAt);
    const detail = consequences(plan, isLoop, openedMs !== undefined && isOver(plan.model, openedMs));
    if (detail === undefined) return { plan, inspect: alwaysInspect };
    const isTrouble = verb === 'Restart' && plan.owner && severityOf(plan.model.track.verdict) !== 'plain';
    const buttons = [...(isLoop ? [SHOW_LOG] : []), verb, ...(isTrouble && !alwaysInspect ? [INSPECT] : [])];
    const choice = await ask('warning', question, detail, ...buttons);
    if (choice === SHOW_LOG) await vscode.commands.executeCommand('daemonHealth.showLog');
    if (choice !== verb && choice !== INSPECT) return undefined;
    return { plan, inspect: alwaysInspect || choice === INSPECT };
  }
}

/** A task's work: an error is a line in its terminal, and so is a refusal. */
async function inTerminal(
  write: (line: string) => void,
  onUnexpected: (where: string, error: unknown) => void,
  work: () => Promise<boolean>,
): Promise<boolean> {
  try {
    const done = await work();
    if (!done) write('Not done.');
    return done;
  } catch (error) {
    if (!(error instanceof UserError)) onUnexpected('A task of a daemon', error);
    write(messageOf(error));
    return false;
  }
}

const SHOW_LOG = 'Show Log';
/** Looks into the event loop of a Node daemon first: it opens the daemon's inspector for a moment. */
const INSPECT = 'Inspect, Then Restart';

/** What the user should know first; `undefined` where nothing is lost and the process is known. */
function consequences(
  { owner, interrupts, ownerIsKnown, model, way, doubt }: Plan,
  isLoop: boolean,
  isOld: boolean,
): string | undefined {
  const parts: string[] = [];
  if (isOld) {
    const { daemon, track } = model;
    parts.push(`The message is old: ${daemon.name} is ${STATE_LABELS[track.verdict.state].label} now.`);
  }
  // Where nothing runs nothing is lost by trying.
  if (owner && doubt !== undefined) parts.push(`It may not start again: ${doubt}.`);
  if (isLoop) {
    parts.push(
      `It was restarted ${RESTART_LOOP_COUNT} times or more in the last ${duration(RESTART_LOOP_MS)}. ` +
        'Another restart may not help; the log may say why.',
    );
  }
  if (owner && way?.keepsWork !== true) parts.push(...unknownWork(model));
  if (owner && interrupts.length > 0) {
    const named = interrupts.slice(0, MAX_NAMED_SESSIONS).map((what) => `• ${what}`);
    const more = interrupts.length - named.length;
    parts.push(
      `This interrupts ${interrupts.length} running session${interrupts.length === 1 ? '' : 's'}:`,
      ...named,
      ...(more > 0 ? [`and ${more} more`] : []),
    );
  }
  // What may not come back by itself is started by hand, by its whole command line.
  if (owner && isEndedByUs(way) && (!ownerIsKnown || doubt !== undefined)) {
    const address = addressOf(model.daemon.target);
    parts.push(
      address ? `The process that holds port ${address.port} will be ended:` : 'This process will be ended:',
      `${owner.pid}: ${owner.commandLine}`,
      // Only the user's own processes come this far.
      `of ${userInfo().username}` +
        (owner.startedAtMs === undefined ? '' : `, started ${new Date(owner.startedAtMs).toLocaleString()}`),
    );
  }
  return parts.length > 0 ? parts.join('\n') : undefined;
}

/**
 * Whether a message about the incident that began at this moment (monotonic ms) tells what is not so any more: VS Code
 * cannot close a message with buttons.
 */
function isOver({ track }: Plan['model'], openedMs: number): boolean {
  const { incident, verdict } = track;
  return !isOpenSince(incident, openedMs) || isRecovering(incident) || severityOf(verdict) === 'plain';
}

/** Work that may be interrupted although nothing tells of it. */
function unknownWork({ daemon: { name }, track: { last } }: Plan['model']): readonly string[] {
  const { subAgents = [], turns = false, tasks = false } = last?.report.unknownWork ?? {};
  const named = subAgents.slice(0, MAX_NAMED_SESSIONS);
  const more = subAgents.length - named.length;
  const names = [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
  const [agents, they] = subAgents.length === 1 ? ['sub-agent', 'it works'] : ['sub-agents', 'they work'];
  const own = [...(turns ? ['on a turn of its chats'] : []), ...(tasks ? ['on background tasks'] : [])];
  return [
    ...(names === ''
      ? []
      : [`${name} runs the ${agents} ${names}; whether ${they} on something is not known.`]),
    ...(own.length === 0 ? [] : [`Whether ${name} works ${own.join(' or ')} is not known.`]),
  ];
}

/** Steps and waiting both take the one line of a notification. */
function shownIn({ step }: Steps): Progress {
  const show = (text: string) => step(`${text}…`);
  return {
    onStep: (now) => show(restartStepText(now)),
    onWait: (now) => show(restartWaitText(now)),
  };
}

function abortSignal(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => controller.abort(new Error('cancelled')));
  return controller.signal;
}
