import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import { cleanText } from '../../base/text';
import { orAborted } from '../../base/wait';
import { isPlace, placeText, readPlace, type NoPlace, type Place } from '../../check/place';
import { wholePlaceOf } from '../../model/target';
import type { Settings } from '../../settings/settings';
import type { Registry } from '../../watch/registry';
import { chooseOrType, type Item } from '../shared/choose';
import { plain } from '../shared/markdown';
import { inNotification } from '../shared/say';
import { CHECK, noPlaceHereText } from './checkEndpointText';

export interface CheckDeps {
  readonly registry: Pick<Registry, 'models'>;
  readonly settings: Pick<Settings, 'daemonList'>;
}

const SCHEME = 'daemonhealth-check';

/**
 * "Check a Health Endpoint…": says in a text beside what an answer lacks to tell progress from presence.
 *
 * @param given an address or a file to begin with
 */
export async function checkEndpoint({ registry, settings }: CheckDeps, given: unknown): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const read = (typed: string) => readPlace(typed, settings.daemonList().allowRemote, folder);
  const place = typeof given === 'string' ? read(given) : await askPlace(registry, read);
  if (place === undefined) return;
  if (!isPlace(place)) throw new UserError(noPlaceHereText(place));
  const text = await look(place);
  if (text !== undefined) await show(text);
}

/** @returns `undefined` where the user goes back */
function askPlace(
  { models }: Pick<Registry, 'models'>,
  read: (typed: string) => Place | NoPlace,
): Promise<Place | undefined> {
  const watched = models.flatMap(({ daemon: { name, target, asks } }): Item<Place>[] => {
    const place = target.kind === 'command' ? undefined : read(`${wholePlaceOf(target)}${asks?.query ?? ''}`);
    return place && isPlace(place) ? [item(place, name)] : [];
  });
  return chooseOrType<Place>({
    title: CHECK.title,
    question: CHECK.question,
    items: (typed) => {
      if (typed.trim() === '') return watched;
      const place = read(typed);
      if (isPlace(place)) return [{ ...item(place, CHECK.checkIt), isTyped: true }, ...watched];
      return [
        { icon: 'warning', label: noPlaceHereText(place), isTyped: true, value: undefined },
        ...watched,
      ];
    },
    read: (typed) => {
      const place = read(typed);
      return isPlace(place) ? place : undefined;
    },
  });
}

function item(place: Place, description: string): Item<Place> {
  const icon = place.is === 'address' ? 'play' : 'output';
  return { icon, label: plain(cleanText(placeText(place))), description: plain(description), value: place };
}

/** @returns `undefined` where the user does not wait for it */
function look(place: Place): Promise<string | undefined> {
  return inNotification(CHECK.checking(cleanText(placeText(place))), async ({ token }) => {
    const controller = new AbortController();
    const cancelled = token.onCancellationRequested(() => controller.abort());
    const { signal } = controller;
    try {
      const { checkPlace, checkText } = await import('../../check/check');
      return checkText(place, await orAborted(checkPlace(place), signal));
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    } finally {
      cancelled.dispose();
    }
  });
}

/** A text that nobody is asked to save. */
async function show(text: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${CHECK.document}`, query: String(Date.now()) });
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: () => text,
  });
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, { preview: true });
    // A sentence is longer than an editor is wide, and an editor of a new text wraps only where that is set.
    if (vscode.workspace.getConfiguration('editor', document).get('wordWrap') === 'off')
      await vscode.commands.executeCommand('editor.action.toggleWordWrap');
  } finally {
    provider.dispose();
  }
}
