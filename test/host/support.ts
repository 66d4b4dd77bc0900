import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { DaemonHealthApi, DaemonSnapshot } from '../../src/api';
import { RealDispatchd } from '../support/realDispatchd';

export const EXTENSION_ID = 'daemon-health.daemon-health';
const STATE_DEADLINE_MS = 20_000;

export async function activatedApi(): Promise<DaemonHealthApi> {
  const extension = vscode.extensions.getExtension<DaemonHealthApi>(EXTENSION_ID);
  assert.ok(extension);
  return extension.activate();
}

/** Writes the user's list of daemons, or takes it away again. */
export async function watch(daemons: readonly object[] | undefined): Promise<void> {
  await vscode.workspace
    .getConfiguration('daemonHealth')
    .update('daemons', daemons, vscode.ConfigurationTarget.Global);
}

/** Waits, poll by poll, until the daemon is seen in a state. */
export async function untilState(
  api: DaemonHealthApi,
  url: string,
  state: DaemonSnapshot['state'],
  deadlineMs = STATE_DEADLINE_MS,
): Promise<DaemonSnapshot> {
  const current = () => api.daemons().find((daemon) => daemon.url === url);
  return new Promise((resolve, reject) => {
    const look = () => {
      const snapshot = current();
      if (snapshot?.state !== state) return;
      end();
      resolve(snapshot);
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`${url} is not ${state} but ${JSON.stringify(current())}`));
    }, deadlineMs);
    const subscription = api.onDidPoll(look);
    const end = () => {
      clearTimeout(timer);
      subscription.dispose();
    };
    look();
  });
}

/** The bundled daemon as it is built, not started yet. */
export function realDispatchd(): RealDispatchd {
  const { extensionUri } = vscode.extensions.getExtension(EXTENSION_ID)!;
  return new RealDispatchd(vscode.Uri.joinPath(extensionUri, 'dist', 'dispatchd.js').fsPath);
}
