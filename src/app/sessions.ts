import * as vscode from 'vscode';
import { Countdown } from '../ui/notifications/countdown';
import { InstanceNotices } from '../ui/notifications/instances';
import { InterruptedWork } from '../store/interruptedWork';
import { OutputDocuments } from '../ui/commands/outputDocuments';
import { RunInDaemon } from '../ui/commands/runInDaemon';
import { SessionCommands } from '../ui/commands/sessions';
import { isSessionCommand } from '../ui/commands/sessionPurposes';
import { sessionRows } from '../ui/tree/sessionRows';
import type { SessionsDeps } from '../ui/shared/sessionsDeps';

/**
 * What looks after the work that daemons run: countdowns, what restarts make of it, and the commands about sessions.
 * This file is a chunk of its own, loaded once a daemon answers.
 */
export interface Sessions extends vscode.Disposable {
  /** Called after every poll. */
  update(): void;
  /**
   * @param targets what the command was called with: row ids from the tree and from links
   * @throws when there is no such command
   */
  run(command: string, targets: readonly unknown[]): Promise<void>;
}

export function createSessions(deps: SessionsDeps): Sessions {
  // What is drawn is drawn anew where it is drawn by another.
  const draw = () => {
    deps.drawSessions(sessionRows((model) => lost.of(model)));
    deps.showUsable(sessions.usable());
  };
  const lost: InterruptedWork = new InterruptedWork(deps.state, () => deps.clock.now().wallAt, draw);
  const countdown = new Countdown(deps);
  const lives = new InstanceNotices({ ...deps, lost });
  const output = new OutputDocuments();
  const sessions: SessionCommands = new SessionCommands({ ...deps, lost, output });
  const runCommand = new RunInDaemon(deps);
  const subscriptions = vscode.Disposable.from(countdown, output);
  draw();
  return {
    update: () => {
      countdown.update();
      lives.update();
      deps.showUsable(sessions.usable());
    },
    run: async (command, targets) => {
      if (command === 'runCommand') return runCommand.run(targets[0]);
      if (!isSessionCommand(command)) throw new Error(`There is no command ${command}.`);
      return sessions[command](targets);
    },
    dispose: () => void subscriptions.dispose(),
  };
}
