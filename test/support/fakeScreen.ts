import { setImmediate } from 'node:timers/promises';

export type ShownLevel = 'error' | 'warning' | 'info';

/** One message on the screen, until somebody answers it. */
export interface OnScreen {
  readonly level: ShownLevel;
  readonly text: string;
  readonly detail?: string;
  readonly buttons: readonly string[];
  readonly press: (label?: string) => void;
}

/** Messages, progress and commands of a VS Code without a screen. */
export class FakeScreen {
  readonly messages: OnScreen[] = [];
  /** Texts of notifications that change. */
  readonly progress: string[] = [];
  openProgress = 0;
  readonly commands: (readonly unknown[])[] = [];
  /** VS Code takes nothing as long as this is set. */
  rejects: Error | undefined;
  /** What is pressed at once in a modal question. */
  answer: string | undefined;

  readonly vscode = {
    window: {
      showErrorMessage: (text: string, ...rest: unknown[]) => this.#show('error', text, rest),
      showWarningMessage: (text: string, ...rest: unknown[]) => this.#show('warning', text, rest),
      showInformationMessage: (text: string, ...rest: unknown[]) => this.#show('info', text, rest),
      withProgress: (_options: unknown, work: (progress: object, token: object) => Promise<unknown>) =>
        this.#inProgress(work),
    },
    workspace: { isTrusted: true },
    commands: {
      executeCommand: (...call: unknown[]) => {
        this.commands.push(call);
        return Promise.resolve();
      },
    },
    ProgressLocation: { Notification: 15, Window: 10 },
  };

  get texts(): readonly string[] {
    return this.messages.map(({ text }) => text);
  }

  #show(level: ShownLevel, text: string, rest: readonly unknown[]): Promise<string | undefined> {
    if (this.rejects) return Promise.reject(this.rejects);
    const [options] = rest as [{ readonly modal?: boolean; readonly detail?: string } | string | undefined];
    const isModal = typeof options === 'object';
    const buttons = rest.filter((each) => typeof each === 'string');
    return new Promise((resolve) => {
      const detail = isModal ? options.detail : undefined;
      this.messages.push({
        level,
        text,
        buttons,
        press: resolve,
        ...(detail !== undefined && { detail }),
      });
      if (isModal) resolve(this.answer);
    });
  }

  async #inProgress(work: (progress: object, token: object) => Promise<unknown>): Promise<unknown> {
    if (this.rejects) throw this.rejects;
    // VS Code starts the work of a progress only after a while.
    await setImmediate();
    this.openProgress += 1;
    try {
      const report = ({ message }: { message: string }) => void this.progress.push(message);
      return await work({ report }, { onCancellationRequested: () => undefined });
    } finally {
      this.openProgress -= 1;
    }
  }
}

/** Whatever waits for nothing but other work of ours is done. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await setImmediate();
}
