import * as vscode from 'vscode';
import { severityOf, type Verdict } from '../../health/verdict';
import { type Severity } from '../../health/states';
import { stackOf } from '../../base/errors';
import { withoutSecrets } from '../../base/secrets';

const LEVEL: Readonly<Record<Severity, 'error' | 'warn' | 'info'>> = {
  red: 'error',
  amber: 'warn',
  plain: 'info',
};

/** The log: transitions with their reason, and what we did, without secrets. Never the same line at every poll. */
export class Log implements vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel('Daemon Health', { log: true });
  readonly #told = new Set<string>();

  /** @param to the verdict that a daemon came to */
  transition(to: Verdict, line: string): void {
    this.#channel[LEVEL[severityOf(to)]](withoutSecrets(line));
  }

  info(line: string): void {
    this.#channel.info(withoutSecrets(line));
  }

  error(line: string): void {
    this.#channel.error(withoutSecrets(line));
  }

  /** An error that nobody expected, once, with its stack: the same fault comes back at every poll. */
  unexpected(where: string, error: unknown): void {
    const text = stackOf(error);
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#channel.error(withoutSecrets(`${where}: ${text}`));
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }
}
