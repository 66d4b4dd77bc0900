import * as vscode from 'vscode';
import type { DaemonModel } from '../daemons/fleet';
import type { Plan, RestartController } from '../restart/controller';
import type { Outcome } from '../restart/restart';

const MAX_NAMED_SESSIONS = 5;

/** Restart and stop as the user meets them: trust, consent, progress with cancel, an honest end. */
export class RestartCommands {
  constructor(private readonly controller: RestartController) {}

  async restart(model: DaemonModel): Promise<void> {
    const { name } = model.daemon;
    const plan = await this.#agree(model, `Restart ${name}?`, 'Restart');
    if (!plan) return;
    const outcome = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: `${plan.owner ? 'Restarting' : 'Starting'} ${name}`,
        cancellable: true,
      },
      (progress, token) =>
        this.controller.restart(plan, {
          signal: abortSignal(token),
          onStep: (step) => progress.report({ message: `${step}…` }),
        }),
    );
    tellOutcome(outcome, model.daemon.origin);
  }

  /** Restart as a task: each step a line in the terminal. Resolves with whether it is cured. */
  async restartInTerminal(
    model: DaemonModel,
    write: (line: string) => void,
    signal: AbortSignal,
  ): Promise<boolean> {
    try {
      const plan = await this.#agree(model, `Restart ${model.daemon.name}?`, 'Restart');
      if (!plan) {
        write('Nothing was changed.');
        return false;
      }
      const { kind, text } = await this.controller.restart(plan, {
        signal,
        onStep: (step) => write(`${step}…`),
      });
      write(text);
      return kind === 'cured';
    } catch (error) {
      write(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  async stop(model: DaemonModel): Promise<void> {
    const { name } = model.daemon;
    const plan = await this.#agree(model, `Stop ${name}?`, 'Stop');
    if (!plan) return;
    if (!plan.owner) {
      void vscode.window.showInformationMessage(
        `${name} does not run: nothing listens on port ${model.daemon.port}.`,
      );
      return;
    }
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `Stopping ${name}`, cancellable: true },
      (_progress, token) => this.controller.stop(plan, abortSignal(token)),
    );
  }

  /** The plan, once the user agreed to what it ends; `undefined` where not. */
  async #agree(model: DaemonModel, question: string, verb: string): Promise<Plan | undefined> {
    if (!(await ensureTrust(model))) return undefined;
    const plan = await this.controller.plan(model);
    const detail = consequences(plan);
    if (detail === undefined) return plan;
    const choice = await vscode.window.showWarningMessage(question, { modal: true, detail }, verb);
    return choice === verb ? plan : undefined;
  }
}

/** What the user should know first; `undefined` where nothing is lost and the process is known. */
function consequences({ owner, interrupts, ownerIsKnown, model }: Plan): string | undefined {
  if (!owner) return undefined;
  const parts: string[] = [];
  if (interrupts.length > 0) {
    const named = interrupts.slice(0, MAX_NAMED_SESSIONS).map((title) => `• ${title}`);
    const more = interrupts.length - named.length;
    parts.push(
      `This interrupts ${interrupts.length} running session${interrupts.length === 1 ? '' : 's'}:`,
      ...named,
      ...(more > 0 ? [`and ${more} more`] : []),
    );
  }
  if (!ownerIsKnown) {
    parts.push(
      `The process that holds port ${model.daemon.port} will be ended:`,
      `${owner.pid}: ${owner.commandLine}`,
    );
  }
  return parts.length > 0 ? parts.join('\n') : undefined;
}

async function ensureTrust({ daemon }: DaemonModel): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true;
  const manage = 'Manage Workspace Trust';
  const choice = await vscode.window.showWarningMessage(
    `Starting or stopping ${daemon.name} runs commands on this machine, and this workspace may set which. ` +
      'That needs a trusted workspace; nothing was done.',
    manage,
  );
  if (choice === manage) await vscode.commands.executeCommand('workbench.trust.manage');
  return false;
}

/** Tells how it ended. Does not wait for the answer: a message may stay on screen for hours. */
function tellOutcome({ kind, text }: Outcome, origin: string): void {
  if (kind === 'cured' || kind === 'cancelled') {
    void vscode.window.showInformationMessage(text);
    return;
  }
  const commands: Record<string, string> = {
    'Show Terminal': 'workbench.action.terminal.focus',
    'Show Log': 'daemonHealth.showLog',
    'Show Details': 'daemonHealth.showDetails',
  };
  const buttons = Object.keys(commands);
  const answer =
    kind === 'failed'
      ? vscode.window.showErrorMessage(text, ...buttons)
      : vscode.window.showWarningMessage(text, ...buttons);
  void answer.then((choice) => {
    const command = choice === undefined ? undefined : commands[choice];
    if (command !== undefined) void vscode.commands.executeCommand(command, origin);
  });
}

function abortSignal(token: vscode.CancellationToken): AbortSignal {
  const controller = new AbortController();
  token.onCancellationRequested(() => controller.abort(new Error('cancelled')));
  return controller.signal;
}
