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

/** One that only says something: Enter on it leaves the question open. */
export type Said = Item<undefined>;

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
  /** What stands in the line at first. */
  readonly typed?: string;
  /** The list as of what was typed so far. */
  readonly items: (typed: string) => readonly (Item<T> | Said)[];
  /** What was typed, where the list does not have it yet; `undefined` where that is no answer: the question stays. */
  readonly read: (typed: string) => T | undefined;
}

/** Lets the user pick one, or type another. */
export function chooseOrType<T>({
  question,
  title,
  typed = '',
  items,
  read,
}: Typed<T>): Promise<T | undefined> {
  const box = vscode.window.createQuickPick<DrawnItem<T | undefined>>();
  box.placeholder = question;
  if (title !== undefined) box.title = title;
  const offer = (value: string) => (box.items = items(value).map((item) => drawn<T | undefined>(item)));
  box.value = typed;
  offer(typed);
  box.onDidChangeValue(offer);
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
