import * as vscode from 'vscode';
import { Countdown } from '../ui/notifications/countdown';
import { OutputDocuments } from '../ui/commands/outputDocuments';
import { RunInDaemon } from '../ui/commands/runInDaemon';
import { SessionCommands } from '../ui/commands/sessions';
import { isSessionCommand, usableOnSessions } from '../ui/commands/sessionPurposes';
import { sessionRows } from '../ui/tree/sessionRows';
import type { SessionsDeps } from '../ui/shared/sessionsDeps';

export type Sessions = ReturnType<typeof createSessions>;

/**
 * What looks after the work that daemons run: countdowns and the commands about sessions. This file is a chunk of its own, loaded once a daemon answers.
 */
export function createSessions(deps: SessionsDeps) {
  const countdown = new Countdown(deps);
  const output = new OutputDocuments();
  const sessions: SessionCommands = new SessionCommands({ ...deps, output });
  const runCommand = new RunInDaemon(deps);
  const subscriptions = vscode.Disposable.from(countdown, output);
  deps.drawSessions(sessionRows((model) => model.lost ?? []));
  const showUsable = () => deps.showUsable(usableOnSessions(deps.models()));
  showUsable();
  return {
    /** Called after every poll. */
    update: () => {
      countdown.update();
      showUsable();
    },
    /** Called when time alone changed what a countdown shows. */
    counted: () => countdown.update(),
    /**
     * Its targets are what the command was called with: row ids from the tree and from links.
     * @throws when there is no such command
     */
    run: async (command: string, targets: readonly unknown[]) => {
      if (command === 'runCommand') return runCommand.run(targets[0]);
      if (!isSessionCommand(command)) throw new Error(`There is no command ${command}.`);
      return sessions[command](targets);
    },
    dispose: () => void subscriptions.dispose(),
  };
}
