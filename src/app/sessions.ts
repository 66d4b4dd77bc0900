import * as vscode from 'vscode';
import type { Clock } from '../base/time';
import type { DaemonModel } from '../watch/registry';
import { Countdown, type Voice } from '../ui/notifications/countdown';
import { LifeNotices } from '../ui/notifications/instances';
import { LostWork } from '../store/interruptedWork';
import { OutputDocuments } from '../ui/commands/outputDocuments';
import { RunCommand } from '../ui/commands/runInDaemon';
import { SessionCommands } from '../ui/commands/sessions';
import { isSessionCommand } from '../ui/commands/sessionPurposes';
import { sessionRows } from '../ui/tree/sessionRows';
import type { SessionRows } from '../ui/tree/daemonRows';

/**
 * What looks after the work that daemons run: countdowns, what restarts make of it, and the commands about sessions.
 * This file is a chunk of its own, loaded once a daemon answers.
 */
export interface Work extends vscode.Disposable {
  /** Called after every poll. */
  update(): void;
  /**
   * @param targets what the command was called with: row ids from the tree and from links
   * @throws when there is no such command
   */
  run(command: string, targets: readonly unknown[]): Promise<void>;
}

export interface WorkDeps {
  readonly clock: Clock;
  readonly models: () => readonly DaemonModel[];
  /** Asks a daemon now. */
  readonly poll: (origin: string) => Promise<void>;
  readonly voice: Voice;
  readonly log: (line: string) => void;
  readonly drawSessions: (rows: SessionRows) => void;
  /** The commands about sessions that can do something now, by their names without prefix. */
  readonly showUsable: (commands: readonly string[]) => void;
  /** Where recent commands are kept. */
  readonly state: vscode.Memento;
}

export function createWork(deps: WorkDeps): Work {
  // What is drawn is drawn anew where it is drawn by another.
  const draw = () => {
    deps.drawSessions(sessionRows((model) => lost.of(model)));
    deps.showUsable(sessions.usable());
  };
  const lost: LostWork = new LostWork(deps.state, () => deps.clock.now().wallAt, draw);
  const countdown = new Countdown(deps);
  const lives = new LifeNotices({ ...deps, lost });
  const output = new OutputDocuments();
  const sessions: SessionCommands = new SessionCommands({ ...deps, lost, output });
  const runCommand = new RunCommand(deps);
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
