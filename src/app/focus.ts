import * as vscode from 'vscode';
import type { Clock } from '../base/time';
import { SpeakerLease, type SpeakerLeaseOptions } from '../store/speakerTurn';

/** The focus of this window, and since when the window has it. */
export class Focus implements vscode.Disposable {
  /** Monotonic ms; `undefined` while the window has no focus. */
  sinceMs: number | undefined;
  readonly #subscription: vscode.Disposable;

  readonly isFocused = () => vscode.window.state.focused;

  /** @param onFocus called when the window gets the focus */
  constructor(clock: Clock, onFocus: () => void) {
    const see = (isFocused: boolean) => {
      this.sinceMs = isFocused ? (this.sinceMs ?? clock.now().monotonicMs) : undefined;
    };
    see(this.isFocused());
    this.#subscription = vscode.window.onDidChangeWindowState(({ focused }) => {
      see(focused);
      if (focused) onFocus();
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** What lets one window of many speak. */
export function leaseOfWindow(shared: Pick<SpeakerLeaseOptions, 'folder' | 'log'>): SpeakerLease {
  return new SpeakerLease({
    ...shared,
    pid: process.pid,
    // Only the window itself can set it.
    reach: () => vscode.commands.executeCommand('setContext', 'daemonHealth.reached', true),
  });
}
