import * as vscode from 'vscode';
import { UserError } from '../../base/errors';
import { cleanText, joined } from '../../base/text';
import { wholePlaceOf } from '../../model/target';
import type { Settings } from '../../settings/settings';
import type { Registry } from '../../watch/registry';
import { chooseOrType, type Item } from '../shared/choose';
import { plain } from '../shared/markdown';
import { inNotification } from '../shared/say';
import { CHECK } from './checkEndpointText';

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
  const place = typeof given === 'string' ? given : await askPlace(registry);
  if (place === undefined) return;
  const { checkPlace, checkText, noPlaceText } = await import('../../check/check');
  const { allowRemote } = settings.daemonList();
  const found = await inNotification(CHECK.checking(cleanText(place)), () =>
    checkPlace(place, { allowRemote, cwd: '/' }),
  );
  if ('is' in found) {
    const hint = found.is === 'elsewhere' && CHECK.remote;
    throw new UserError(joined([noPlaceText(found), hint], ' '));
  }
  await show(checkText(place, found));
}

/** @returns `undefined` where the user goes back */
function askPlace({ models }: Pick<Registry, 'models'>): Promise<string | undefined> {
  const watched = models.flatMap(({ daemon: { name, target, asks } }): Item<string>[] => {
    if (target.kind === 'command') return [];
    const value = `${wholePlaceOf(target)}${asks?.query ?? ''}`;
    return [{ icon: 'pulse', label: plain(value), description: plain(name), value }];
  });
  return chooseOrType<string>({
    title: CHECK.title,
    question: CHECK.question,
    items: (typed) =>
      typed.trim() === ''
        ? watched
        : [
            {
              icon: 'play',
              label: plain(cleanText(typed)),
              description: CHECK.checkIt,
              isTyped: true,
              value: typed,
            },
            ...watched,
          ],
    read: (typed) => (typed.trim() === '' ? undefined : typed),
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
  } finally {
    provider.dispose();
  }
}
