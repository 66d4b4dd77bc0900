import * as vscode from 'vscode';
import type { DaemonModel } from '../daemons/fleet';
import type { Snooze } from '../health/snooze';
import type { Snoozes } from './snoozes';

const MINUTE_MS = 60_000;

/** Asks for how long, and holds back this daemon's notifications. Its colour and its row stay as they are. */
export async function snooze(
  { daemon, track, snooze: current }: DaemonModel,
  snoozes: Snoozes,
): Promise<void> {
  const instanceId = track.last?.report.instance?.id;
  const until = (minutes: number): Snooze => ({ kind: 'until', untilAt: Date.now() + minutes * MINUTE_MS });
  const items: (vscode.QuickPickItem & { choose: () => Snooze | undefined })[] = [
    ...(current
      ? [{ label: '$(bell) Cancel Snooze', description: 'notify again from now on', choose: () => undefined }]
      : []),
    { label: '$(bell-slash) 15 minutes', choose: () => until(15) },
    { label: '$(bell-slash) 1 hour', choose: () => until(60) },
    {
      label: '$(bell-slash) Until it is restarted',
      choose: () => ({ kind: 'untilRestart', ...(instanceId !== undefined && { instanceId }) }),
    },
  ];
  const choice = await vscode.window.showQuickPick(items, {
    title: `Snooze notifications of ${daemon.name}`,
    placeHolder: 'The status bar and the tree go on showing its state',
  });
  if (choice) await snoozes.set(daemon.origin, choice.choose());
}
