import * as vscode from 'vscode';
import { severityOf, type Verdict } from '../../health/verdict';
import { type Severity } from '../../health/states';
import { stackOf } from '../../base/errors';
import { ROUGHLY_CLEANED, roughlyCleaned } from './logText';

type Level = 'error' | 'warn' | 'info';

const LEVEL: Readonly<Record<Severity, Level>> = {
  red: 'error',
  amber: 'warn',
  plain: 'info',
};

/** The log: transitions with their reason, and what we did, without secrets. Never the same line at every poll. */
export class Log implements vscode.Disposable {
  readonly #channel = vscode.window.createOutputChannel('Daemon Health', { log: true });
  readonly #told = new Set<string>();
  #clean: ((line: string) => string) | undefined;
  /** Lines that wait for what takes secrets out of them. */
  #held: (readonly [Level, string])[] = [];

  /** From now on lines are written, those that waited first. @param clean takes secrets out of a line */
  cleanWith(clean: (line: string) => string): void {
    this.#clean = clean;
    for (const [level, line] of this.#held.splice(0)) this.#write(level, line);
  }

  /** What takes secrets out of lines cannot be loaded, as this error says: until it is, nothing is written that may be one. */
  cleanRoughly(where: string, error: unknown): void {
    this.unexpected(where, error);
    if (this.#clean) return;
    this.#channel.warn(ROUGHLY_CLEANED);
    this.cleanWith(roughlyCleaned);
  }

  /** @param to the verdict that a daemon came to */
  transition(to: Verdict, line: string): void {
    this.#write(LEVEL[severityOf(to)], line);
  }

  info(line: string): void {
    this.#write('info', line);
  }

  error(line: string): void {
    this.#write('error', line);
  }

  /** An error that nobody expected, once, with its stack: the same fault comes back at every poll. */
  unexpected(where: string, error: unknown): void {
    const text = stackOf(error);
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#write('error', `${where}: ${text}`);
  }

  show(): void {
    this.#channel.show(true);
  }

  dispose(): void {
    this.#channel.dispose();
  }

  #write(level: Level, line: string): void {
    if (this.#clean) this.#channel[level](this.#clean(line));
    else this.#held.push([level, line]);
  }
}
