import * as vscode from 'vscode';
import { UserError, messageOf } from '../../base/errors';
import { cleanText } from '../../base/text';
import { until } from '../../base/wait';
import type { Track } from '../../health/trackState';
import { addressOf, placeOf } from '../../kinds/target';
import type { DaemonConfig } from '../../model/daemonConfig';
import { readAddress, type AddressProblem } from '../../settings/address';
import { listedOf, type ListedDaemon } from '../../settings/daemonList';
import type { ListPlace, Settings } from '../../settings/settings';
import type { Registry } from '../../watch/registry';
import { ADDED_STEP_MS, ADDED_WITHIN_MS } from '../policy';
import { choose, chooseOrType, type Item } from '../shared/choose';
import { plain, type PlainText } from '../shared/markdown';
import { inNotification, sayShortly } from '../shared/say';
import { offeredText } from '../tree/findingRows';
import { ADD, addressProblemText, defaultName, foundText, PLACES, type Found } from './addDaemonText';

export interface AddDaemonDeps {
  readonly registry: Pick<Registry, 'models' | 'found' | 'monitor' | 'tryOut'>;
  readonly settings: Pick<Settings, 'addDaemon' | 'daemonList' | 'listPlaces'>;
}

/**
 * "Add Daemon…": an address that is asked at once, a name, and whose settings; all of it by keyboard.
 *
 * @param given an address to begin with
 */
export async function addDaemon(deps: AddDaemonDeps, given: unknown): Promise<void> {
  let typed = typeof given === 'string' ? given : '';
  let daemon: DaemonConfig | undefined;
  for (;;) {
    daemon ??= await askAddress(deps, typed);
    if (!daemon) return;
    typed = placeOf(daemon.target);
    const track = await tryOut(deps, daemon);
    if (!track) return;
    const found = foundText(typed, track);
    const next = found.advice === undefined ? 'add' : await askWhatNow(found, found.advice);
    if (next === undefined) return;
    if (next === 'add') return add(deps, daemon, track, found);
    if (next === 'another') daemon = undefined;
  }
}

/** @returns `undefined` where the user goes back */
function askAddress({ registry, settings }: AddDaemonDeps, typed: string): Promise<DaemonConfig | undefined> {
  const watched = registry.models.map(({ daemon }) => daemon);
  const { allowRemote } = settings.daemonList();
  const read = (text: string) => readAddress(text, { allowRemote, watched });
  const found = registry.found.flatMap((offered): Item<DaemonConfig>[] => {
    const origin = offered.isIgnored ? undefined : addressOf(offered.target)?.origin;
    const value = origin === undefined ? undefined : read(origin);
    if (!value || isProblem(value)) return [];
    return [{ icon: 'search', label: plain(offeredText(offered)), description: ADD.found, value }];
  });
  return chooseOrType<DaemonConfig>({
    title: ADD.title,
    question: found.length > 0 ? ADD.typeOrPick : ADD.typeAddress,
    typed,
    items: (text) => {
      if (text.trim() === '') return found;
      const value = read(text);
      const first = isProblem(value)
        ? saidItem(plain(addressProblemText(value)))
        : ({
            icon: 'play',
            label: plain(placeOf(value.target)),
            description: ADD.tryIt,
            isTyped: true,
            value,
          } as const);
      return [first, ...found];
    },
    read: (text) => {
      const value = read(text);
      return isProblem(value) ? undefined : value;
    },
  });
}

function isProblem(value: DaemonConfig | AddressProblem): value is AddressProblem {
  return 'is' in value;
}

function saidItem(label: PlainText) {
  return { icon: 'warning', label, isTyped: true, value: undefined } as const;
}

/** @returns `undefined` where the user does not wait for it */
function tryOut({ registry }: AddDaemonDeps, daemon: DaemonConfig): Promise<Track | undefined> {
  return inNotification(ADD.trying(placeOf(daemon.target)), async ({ token }) => {
    const controller = new AbortController();
    const cancelled = token.onCancellationRequested(() => controller.abort());
    try {
      return await registry.tryOut(daemon, controller.signal);
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      throw error;
    } finally {
      cancelled.dispose();
    }
  });
}

function askWhatNow({ text }: Found, advice: PlainText): Promise<'again' | 'another' | 'add' | undefined> {
  return choose(
    [
      { icon: 'history', label: ADD.again, value: 'again' },
      { icon: 'search', label: ADD.another, value: 'another' },
      { icon: 'circle-outline', label: ADD.all, description: ADD.allDetail, value: 'add' },
    ],
    { title: text, question: advice },
  );
}

async function add(deps: AddDaemonDeps, daemon: DaemonConfig, track: Track, found: Found): Promise<void> {
  const { registry, settings } = deps;
  const report = track.sample?.ok ? track.sample.report : undefined;
  const taken = registry.models.map((model) => model.daemon.name);
  const openFolder = vscode.workspace.workspaceFolders?.[0]?.name;
  const suggested = report ? defaultName(report, openFolder, taken) : daemon.name;
  const name = await askName(found.text, suggested, taken);
  if (name === undefined) return;
  const place = await askPlace(settings.listPlaces());
  if (!place) return;
  const { origin } = addressOf(daemon.target) ?? {};
  if (origin === undefined) return;
  await write(deps, { name, url: origin, ...(report && { kind: report.kind }) }, place);
  sayShortly('check', ADD.added(name));
  // The settings are heard of a moment after they are written.
  const isWatched = () => Promise.resolve(registry.monitor(daemon.id) !== undefined);
  if (await until(isWatched, { timeoutMs: ADDED_WITHIN_MS, stepMs: ADDED_STEP_MS })) {
    await vscode.commands.executeCommand('daemonHealth.showDetails', daemon.id);
  }
}

function askName(title: PlainText, suggested: string, taken: readonly string[]): Promise<string | undefined> {
  const problemOf = (name: string) => {
    if (name === '') return ADD.noName;
    return taken.includes(name) ? ADD.nameTaken(name) : undefined;
  };
  return chooseOrType<string>({
    title,
    question: ADD.typeName,
    typed: suggested,
    items: (typed) => {
      const name = cleanText(typed.trim());
      const problem = problemOf(name);
      return problem
        ? [saidItem(problem)]
        : [{ icon: 'check', label: plain(name), description: ADD.named, isTyped: true, value: name }];
    },
    read: (typed) => {
      const name = cleanText(typed.trim());
      return problemOf(name) ? undefined : name;
    },
  });
}

async function askPlace(places: readonly ListPlace[]): Promise<ListPlace | undefined> {
  if (places.length < 2) return places[0];
  return choose(
    places.map((value) => ({ ...PLACES[value], value })),
    { title: ADD.title, question: ADD.where },
  );
}

async function write(
  { registry, settings }: AddDaemonDeps,
  daemon: ListedDaemon,
  place: ListPlace,
): Promise<void> {
  try {
    await settings.addDaemon(daemon, listedOf(registry.models), place);
  } catch (error) {
    throw new UserError(ADD.notWritten(cleanText(messageOf(error))));
  }
}
