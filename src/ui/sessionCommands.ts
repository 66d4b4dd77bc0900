import * as vscode from 'vscode';
import type { DispatchdClient } from '../daemons/dispatchdClient';
import type { DaemonModel } from '../daemons/fleet';
import type { Session } from '../health/report';
import { endOf, isLive, isStranded } from '../health/sessions';
import { duration } from '../health/wording';
import type { WorkDeps } from '../work';
import { canResume, resumeCommand } from '../daemons/smithyResume';
import { clientOf } from './dispatchds';
import { withoutLinks } from './links';
import type { LostWork } from './lostWork';
import type { OutputDocuments } from './outputDocuments';
import { sessionRowId } from './rowIds';
import { pickTimeout } from './timeoutPick';
import { ensureTrusted } from './trust';

const STATUS_MESSAGE_MS = 6_000;

interface Item {
  readonly model: DaemonModel;
  readonly session: Session;
}

interface Found extends Item {
  readonly client: DispatchdClient;
}

export interface SessionCommandDeps extends Pick<WorkDeps, 'models' | 'poll' | 'log'> {
  readonly lost: LostWork;
  readonly output: OutputDocuments;
}

/**
 * The commands about single sessions. Their targets are row ids; from the palette, without one, the user picks among
 * the sessions that the command is for. They fail with an error fit to show.
 */
export class SessionCommands {
  constructor(private readonly deps: SessionCommandDeps) {}

  /** Gives running sessions more time. */
  async extendSession(targets: readonly unknown[]): Promise<void> {
    const found = await this.#find(targets, 'Give which session more time?', isLive);
    for (const { model, session, client } of found) {
      const byMs = await client.extend(session.id);
      this.#say(model, `“${session.title}” extended by ${duration(byMs)}`);
      await this.deps.poll(model.daemon.origin);
    }
  }

  /** Runs ended or interrupted work again; what had timed out may be given more time. */
  async runAgain(targets: readonly unknown[]): Promise<void> {
    if (!(await ensureTrusted('Run Again'))) return;
    const ended = (session: Session) =>
      endOf(session) !== undefined && !(endOf(session) === 'interrupted' && !isStranded(session));
    for (const found of await this.#find(targets, 'Run which session again?', ended)) {
      const { session } = found;
      let timeoutMs: number | undefined;
      if (endOf(session) === 'timedOut' && session.timeoutMs !== undefined) {
        const picked = await pickTimeout(`“${session.title}” timed out. How long may it run now?`, [
          2 * session.timeoutMs,
          session.timeoutMs,
        ]);
        if (picked === undefined) return;
        timeoutMs = picked;
      }
      await this.#start(found, timeoutMs);
    }
  }

  /** Goes on with interrupted work: of a named session, or of a smithy's agent. */
  async resumeSession(targets: readonly unknown[]): Promise<void> {
    if (!(await ensureTrusted('Resume'))) return;
    for (const item of await this.#choose(targets, 'Resume which session?', isStranded, canResume)) {
      if (isLost(item)) await this.#resumeLost(item);
      else await this.#start(await withClient(item), undefined);
    }
  }

  /** The command of a session; of a smithy's, which has none, the one that goes on with it. */
  async copyCommand(targets: readonly unknown[]): Promise<void> {
    const question = 'Copy the command of which session?';
    for (const item of await this.#choose(targets, question, () => true, canResume)) {
      const command = isLost(item)
        ? resumeCommand(item.model.daemon.origin, item.session)
        : await (await withClient(item)).client.command(item.session.id);
      await vscode.env.clipboard.writeText(command);
    }
  }

  async showOutput(targets: readonly unknown[]): Promise<void> {
    for (const { session, client } of await this.#find(targets, 'Show the output of which session?')) {
      await this.deps.output.show(session.title, session.id, client);
    }
  }

  /** Ends running sessions, once the user has agreed. */
  async cancelSession(targets: readonly unknown[]): Promise<void> {
    for (const { model, session, client } of await this.#find(targets, 'Stop which session?', isLive)) {
      const stop = 'Stop Session';
      const choice = await vscode.window.showWarningMessage(
        `Stop “${session.title}”?`,
        { modal: true, detail: session.command ?? '' },
        stop,
      );
      if (choice !== stop) return;
      await client.cancel(session.id);
      this.#say(model, `“${session.title}” stopped`);
      await this.deps.poll(model.daemon.origin);
    }
  }

  /** Takes interrupted work off the list of what is to be run again. */
  async dismissSession(targets: readonly unknown[]): Promise<void> {
    for (const item of await this.#choose(targets, 'Dismiss which session?', isStranded, () => true)) {
      const { model, session } = item;
      if (isLost(item)) this.deps.lost.dismiss(model.daemon.origin, session.id);
      else {
        await (await withClient(item)).client.dismiss(session.id);
        await this.deps.poll(model.daemon.origin);
      }
    }
  }

  /** smithy answers when the agent has started, which may take it two minutes. */
  async #resumeLost({ model, session }: Item): Promise<void> {
    const { origin } = model.daemon;
    const { SmithyAgents } = await import('../daemons/probe');
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: `Resuming “${withoutLinks(session.title)}”` },
      () => new SmithyAgents(origin).resume(session),
    );
    this.deps.lost.dismiss(origin, session.id);
    this.#say(model, `“${session.title}” resumed`);
    await this.deps.poll(origin);
  }

  async #start({ model, session, client }: Found, timeoutMs: number | undefined): Promise<void> {
    await client.runAgain(session.id, timeoutMs);
    this.#say(model, `“${session.title}” runs again`);
    await this.deps.poll(model.daemon.origin);
  }

  #say({ daemon }: DaemonModel, text: string): void {
    this.deps.log(`[${daemon.name}] ${text}`);
    vscode.window.setStatusBarMessage(`$(check) ${text}`, STATUS_MESSAGE_MS);
  }

  async #find(
    targets: readonly unknown[],
    question: string,
    isMeant: (session: Session) => boolean = () => true,
  ): Promise<readonly Found[]> {
    const items = await this.#choose(targets, question, isMeant);
    return Promise.all(items.map((item) => withClient(item)));
  }

  /**
   * @param isMeant which sessions of a dispatchd the command is for
   * @param isMeantOfLost which of the lost work of other daemons
   */
  async #choose(
    targets: readonly unknown[],
    question: string,
    isMeant: (session: Session) => boolean,
    isMeantOfLost: (session: Session) => boolean = () => false,
  ): Promise<readonly Item[]> {
    const all = this.deps.models().flatMap((model): Item[] => {
      const { kind, sessions = [] } = model.track.last?.report ?? {};
      const known = kind === 'dispatchd' ? sessions : this.deps.lost.of(model).filter(isMeantOfLost);
      return known.map((session) => ({ model, session }));
    });
    // The tree passes what is selected besides what was clicked.
    const ids = new Set(targets.flat().filter((target) => typeof target === 'string'));
    const named = all.filter(({ model, session }) => ids.has(sessionRowId(model.daemon.origin, session.id)));
    if (ids.size > 0 && named.length === 0) {
      throw new Error(
        'This session is not known any more, or belongs to a daemon that only runs its own work.',
      );
    }
    if (named.length > 0) return named;
    return pick(
      all.filter((item) => isLost(item) || isMeant(item.session)),
      question,
    );
  }
}

function isLost({ model }: Item): boolean {
  return model.track.last?.report.kind !== 'dispatchd';
}

async function withClient(item: Item): Promise<Found> {
  return { ...item, client: await clientOf(item.model) };
}

async function pick(items: readonly Item[], question: string): Promise<readonly Item[]> {
  if (items.length === 0) throw new Error('No session is there for that.');
  const choice = await vscode.window.showQuickPick(
    items.map((item) => ({
      label: item.session.title,
      description: item.session.status,
      ...(item.session.command !== undefined && { detail: item.session.command }),
      item,
    })),
    { placeHolder: question },
  );
  return choice ? [choice.item] : [];
}
