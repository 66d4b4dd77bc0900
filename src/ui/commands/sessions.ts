import { UserError } from '../../base/errors';
import { cleanText } from '../../base/text';
import * as vscode from 'vscode';
import type { DaemonModel } from '../../model/daemonModel';
import { endOf } from '../../health/sessions';
import type { LostWork } from '../../kinds/kind';
import type { SessionsDeps } from '../shared/sessionsDeps';
import { plain, type PlainText } from '../shared/markdown';
import type { OutputDocuments } from './outputDocuments';
import { ask, inStatusBar, say, sayShortly } from '../shared/say';
import { SessionChoice, isLost, type FoundSession } from './sessionChoice';
import type { SessionItem } from './sessionPurposes';
import { MAX_ID_CHARS } from '../policy';
import { inTurn } from './inTurn';
import { extensionOf, isExtendable, pickExtension } from './pickExtension';
import { pickTimeout } from './pickTimeout';
import { ensureTrusted } from './trust';
import {
  CANNOT,
  DONE,
  RESUME,
  RUN,
  RUN_AGAIN,
  STOP_SESSION,
  copiedWithDoubt,
  doubtfulId,
  resumeQuestion,
  resuming,
  stopQuestion,
} from './commandsText';

export interface SessionCommandDeps extends Pick<
  SessionsDeps,
  'clock' | 'models' | 'poll' | 'log' | 'probe' | 'dismissLost'
> {
  readonly output: OutputDocuments;
}

/**
 * The commands about single sessions. Their targets are row ids; from the palette, without one, the user picks among
 * the sessions that the command is for. They fail with an error fit to show.
 */
export class SessionCommands {
  readonly #choice: SessionChoice;

  constructor(private readonly deps: SessionCommandDeps) {
    this.#choice = new SessionChoice(deps);
  }

  /** Gives running sessions more time: as much as the call says (`{ byMs }`), else as the user picks, once for all. */
  async extendSession(targets: readonly unknown[]): Promise<void> {
    const found = await this.#choice.find('extendSession', targets);
    const extension = extensionOf(targets) ?? (await pickExtension(found));
    if (!extension) return;
    await inTurn(found.filter(isExtendable), async ({ model, session, actions }) => {
      const byMs = await actions.extend(session.id, extension.byMs);
      await this.#done(model, DONE.extended(session.title, byMs));
    });
  }

  /** Runs ended or interrupted work again; what had timed out may be given more time. */
  async runAgain(targets: readonly unknown[]): Promise<void> {
    if (!(await ensureTrusted(RUN_AGAIN))) return;
    await inTurn(await this.#choice.find('runAgain', targets), async (found) => {
      const { session } = found;
      let timeoutMs: number | undefined;
      if (endOf(session) === 'timedOut' && session.timeoutMs !== undefined) {
        const picked = await pickTimeout(RUN.howLongAgain(session.title), [
          2 * session.timeoutMs,
          session.timeoutMs,
        ]);
        if (picked === undefined) return false;
        timeoutMs = picked;
      }
      await this.#start(found, timeoutMs);
      return true;
    });
  }

  /** Goes on with interrupted work: of a named session, or of a smithy's agent. */
  async resumeSession(targets: readonly unknown[]): Promise<void> {
    if (!(await ensureTrusted(RESUME))) return;
    await inTurn(await this.#choice.choose('resumeSession', targets), async (item) => {
      if (isLost(item)) await this.#resumeLost(item);
      else await this.#start(await this.#choice.withActions(item), undefined);
    });
  }

  /** The command of a session; of a smithy's, which has none, the one that goes on with it. */
  async copyCommand(targets: readonly unknown[]): Promise<void> {
    for (const item of await this.#choice.choose('copyCommand', targets)) {
      const lost = isLost(item) ? await this.#lostWork(item.model) : undefined;
      const command = lost
        ? lost.resumeCommand(item.session)
        : await (await this.#choice.withActions(item)).actions.command(item.session.id);
      await vscode.env.clipboard.writeText(command);
      if (lost?.isDoubtful(item.session)) void say('warning', copiedWithDoubt(doubtIn(item)));
    }
  }

  async showOutput(targets: readonly unknown[]): Promise<void> {
    await inTurn(await this.#choice.find('showOutput', targets), ({ session, actions }) =>
      this.deps.output.show(session.title, session.id, actions),
    );
  }

  /** Ends running sessions, once the user has agreed. */
  async cancelSession(targets: readonly unknown[]): Promise<void> {
    await inTurn(await this.#choice.find('cancelSession', targets), async ({ model, session, actions }) => {
      const command = plain(session.command ?? '');
      const choice = await ask('warning', stopQuestion(session.title), command, STOP_SESSION);
      if (choice !== STOP_SESSION) return false;
      await actions.cancel(session.id);
      await this.#done(model, DONE.stopped(session.title));
      return true;
    });
  }

  /** Takes interrupted work off the list of what is to be run again. */
  async dismissSession(targets: readonly unknown[]): Promise<void> {
    await inTurn(await this.#choice.choose('dismissSession', targets), async (item) => {
      const { model, session } = item;
      if (isLost(item)) this.deps.dismissLost(model.daemon.id, session.id);
      else {
        await (await this.#choice.withActions(item)).actions.dismiss(session.id);
        await this.deps.poll(model.daemon.id);
      }
    });
  }

  /** smithy answers when the agent has started, which may take it two minutes. */
  async #resumeLost({ model, session }: SessionItem): Promise<void> {
    const work = await this.#lostWork(model);
    if (work.isDoubtful(session)) {
      const doubt = plain(doubtIn({ model, session }));
      if ((await ask('warning', resumeQuestion(session.title), doubt, RESUME)) !== RESUME) return;
    }
    await inStatusBar(resuming(session.title), () => work.resume(session));
    this.deps.dismissLost(model.daemon.id, session.id);
    await this.#done(model, DONE.resumed(session.title));
  }

  /** @throws an error fit to show where the daemon cannot go on with what it forgot */
  async #lostWork({ daemon }: DaemonModel): Promise<LostWork> {
    const { lostWork } = await this.deps.probe(daemon.id);
    if (!lostWork) throw new UserError(CANNOT.resumeLost(daemon.name));
    return lostWork;
  }

  async #start({ model, session, actions }: FoundSession, timeoutMs: number | undefined): Promise<void> {
    await actions.runAgain(session.id, timeoutMs);
    await this.#done(model, DONE.runsAgain(session.title));
  }

  /** Says what was done, and asks the daemon what it is like now. */
  async #done({ daemon }: DaemonModel, text: PlainText): Promise<void> {
    this.deps.log(`[${daemon.name}] ${text}`);
    sayShortly('check', text);
    await this.deps.poll(daemon.id);
  }
}

function doubtIn({ model, session }: SessionItem): string {
  return doubtfulId(
    model.daemon.name,
    session.title,
    cleanText(session.providerSessionId ?? '', MAX_ID_CHARS),
  );
}
