import * as vscode from 'vscode';
import type { IconId } from '../../words/states';
import { withIcon, type LinkedText, type PlainText } from './markdown';
import { SHORT_MESSAGE_MS } from '../policy';

/* The one door to messages, questions and progress. The lint rules allow these calls of VS Code's nowhere else. */

export type Level = 'error' | 'warning' | 'info';

/** Drawn letter by letter. VS Code cuts the labels of four buttons, in a window of any width. */
export type Buttons =
  readonly [] | readonly [string] | readonly [string, string] | readonly [string, string, string];

/** A notification. Resolves with the button that was pressed. */
export function say(level: Level, text: PlainText, ...buttons: Buttons): Promise<string | undefined> {
  return Promise.resolve(showers()[level](text, ...buttons));
}

/** A modal question, to be asked only when the user has just asked for something. */
export function ask(
  level: 'warning' | 'info',
  question: PlainText,
  detail: PlainText,
  ...buttons: readonly string[]
): Promise<string | undefined> {
  return Promise.resolve(showers()[level](question, { modal: true, detail }, ...buttons));
}

function showers() {
  const { showErrorMessage, showInformationMessage, showWarningMessage } = vscode.window;
  return { error: showErrorMessage, warning: showWarningMessage, info: showInformationMessage };
}

/** Words in the status bar that go by themselves. */
export function sayShortly(icon: IconId, text: PlainText, forMs = SHORT_MESSAGE_MS): void {
  vscode.window.setStatusBarMessage(withIcon(icon, text), forMs);
}

export interface Steps {
  /** Takes the place of the step before. */
  readonly step: (text: PlainText) => void;
  readonly token: vscode.CancellationToken;
}

/** Work in the status bar, without its steps. */
export function inStatusBar<T>(title: PlainText, work: () => Thenable<T>): Promise<T> {
  return inProgress({ location: vscode.ProgressLocation.Window, title }, work);
}

/** Work in a notification that the user can cancel. */
export function inNotification<T>(title: PlainText, work: (steps: Steps) => Thenable<T>): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  return inProgress({ location, title, cancellable: true }, (progress, token) =>
    work({ step: (message) => progress.report({ message }), token }),
  );
}

/** A notification without a title, as long as the work lasts. */
export function inLinkedNotification<T>(work: (say: (text: LinkedText) => void) => Thenable<T>): Promise<T> {
  return inProgress({ location: vscode.ProgressLocation.Notification }, (progress) =>
    work((message) => progress.report({ message })),
  );
}

/** Work at the top of a view. */
export function inView<T>(viewId: string, work: () => Thenable<T>): Promise<T> {
  return inProgress({ location: { viewId } }, work);
}

function inProgress<T>(
  options: vscode.ProgressOptions,
  work: (progress: vscode.Progress<{ message: string }>, token: vscode.CancellationToken) => Thenable<T>,
): Promise<T> {
  return Promise.resolve(vscode.window.withProgress(options, work));
}
