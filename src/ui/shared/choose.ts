import * as vscode from 'vscode';
import type { IconId } from '../../words/states';
import { withIcon, type PlainText } from './markdown';

/** One of a list to pick from. */
export interface Item<T> {
  readonly icon?: IconId;
  readonly label: PlainText;
  readonly description?: PlainText;
  readonly detail?: PlainText;
  /** What was typed: offered whatever the filter makes of it. */
  readonly isTyped?: boolean;
  readonly value: T;
}

interface DrawnItem<T> extends vscode.QuickPickItem {
  readonly value: T;
}

/** Lets the user pick one; `undefined` where the user went back. */
export async function choose<T>(
  items: readonly Item<T>[],
  { question, title }: { readonly question: PlainText; readonly title?: PlainText },
): Promise<T | undefined> {
  const options = { placeHolder: question, ...(title !== undefined && { title }) };
  return (await vscode.window.showQuickPick(items.map(drawn), options))?.value;
}

export interface Typed<T> {
  readonly question: PlainText;
  readonly title?: PlainText;
  /** The list as of what was typed so far. */
  readonly items: (typed: string) => readonly Item<T>[];
  /** What was typed, where the list does not have it yet; `undefined` where that is no answer: the question stays. */
  readonly read: (typed: string) => T | undefined;
}

/** Lets the user pick one, or type another. */
export function chooseOrType<T>({ question, title, items, read }: Typed<T>): Promise<T | undefined> {
  const box = vscode.window.createQuickPick<DrawnItem<T>>();
  box.placeholder = question;
  if (title !== undefined) box.title = title;
  box.items = items('').map(drawn);
  box.onDidChangeValue((typed) => (box.items = items(typed).map(drawn)));
  return new Promise((resolve) => {
    box.onDidAccept(() => {
      // Who types fast is done before the list has what was typed.
      const picked = box.selectedItems[0]?.value ?? read(box.value);
      if (picked === undefined) return;
      resolve(picked);
      box.hide();
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
  });
}

function drawn<T>({ icon, label, isTyped, ...rest }: Item<T>): DrawnItem<T> {
  return {
    ...rest,
    label: icon === undefined ? label : withIcon(icon, label),
    ...(isTyped && { alwaysShow: true }),
  };
}
