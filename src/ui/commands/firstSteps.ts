import * as vscode from 'vscode';
import type { DaemonModel } from '../../model/daemonModel';
import { SAMPLE_LIMIT_MS, SAMPLE_STEPS } from '../policy';
import { say } from '../shared/say';
import { answersForSessions } from '../shared/usable';
import { firstSteps, RUN_SAMPLE, SHOW_HANG } from './commandsText';

/** Whether the first steps were offered already, on this machine. */
export interface FirstSteps {
  readonly wereOffered: boolean;
  readonly offered: () => Promise<void>;
}

/** After the first start of the bundled daemon: what there is to see now. Once, and only where it works. */
export async function offerFirstSteps(model: DaemonModel | undefined, steps: FirstSteps): Promise<void> {
  if (steps.wereOffered || !model || !answersForSessions(model)) return;
  await steps.offered();
  const choice = await say('info', firstSteps(model.daemon.name), RUN_SAMPLE, SHOW_HANG);
  if (choice === RUN_SAMPLE) await vscode.commands.executeCommand('daemonHealth.runSample');
  if (choice === SHOW_HANG) await vscode.commands.executeCommand('daemonHealth.showHang');
}

/**
 * Prints a line a second for a little longer than its limit: its countdown comes soon, its output gets it more time, and
 * it ends well. A line for the shell of the system that the daemon runs on.
 */
export function sampleCommand(platform: NodeJS.Platform = process.platform): {
  readonly command: string;
  readonly timeoutMs: number;
} {
  const command =
    platform === 'win32'
      ? `ping -n ${SAMPLE_STEPS + 1} 127.0.0.1`
      : `i=0; while [ $i -lt ${SAMPLE_STEPS} ]; do i=$((i+1)); echo "step $i of ${SAMPLE_STEPS}"; sleep 1; done`;
  return { command, timeoutMs: SAMPLE_LIMIT_MS };
}
