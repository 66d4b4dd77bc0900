import * as vscode from 'vscode';
import { UserError, isUserError, messageOf } from '../../base/errors';
import { cleanText } from '../../base/text';
import { until } from '../../base/wait';
import type { Track } from '../../health/trackState';
import { addressOf, placeOf } from '../../kinds/target';
import type { DaemonConfig } from '../../model/daemonConfig';
import { listedOf, readDaemons, type ListedDaemon } from '../../settings/daemonList';
import type { ListPlace, Settings } from '../../settings/settings';
import { entryOf, exploring, readTyped, type TypedProblem } from '../../settings/typedDaemon';
import type { Registry } from '../../watch/registry';
import { ADDED_STEP_MS, ADDED_WITHIN_MS } from '../policy';
import { choose, chooseOrType, type Item } from '../shared/choose';
import { plain, type PlainText } from '../shared/markdown';
import { inNotification, sayShortly } from '../shared/say';
import { offeredText } from '../tree/findingRows';
import { argvText, foundText, type Found } from './addDaemonFoundText';
import { askProof } from './addDaemonProof';
import { ADD, MAX_NAME_CHARS, defaultName, nameOf, PLACES, typedProblemText } from './addDaemonText';

export interface AddDaemonDeps {
  readonly registry: Pick<Registry, 'models' | 'found' | 'monitor' | 'tryOut'>;
  readonly settings: Pick<Settings, 'addDaemon' | 'daemonList' | 'listPlaces'>;
}

/**
 * "Add Daemon…": an address, a file or a command that is tried at once, what in it proves progress, a name, and whose
 * settings; all of it by keyboard. Who goes back writes nothing.
 *
 * @param given what to begin with
 */
export async function addDaemon(deps: AddDaemonDeps, given: unknown): Promise<void> {
  let typed = typeof given === 'string' ? given : '';
  let asked: Asked | undefined;
  for (;;) {
    asked ??= await askDaemon(deps, typed);
    if (!asked) return;
    typed = asked.typed;
    const tried = await tryOut(deps, asked.daemon);
    if (!tried) return;
    const { daemon, track } = tried;
    const found = foundText(daemon.target, track);
    const next = found.advice === undefined ? 'add' : await askWhatNow(found, found.advice);
    if (next === undefined) return;
    if (next === 'add') return add(deps, daemon, track, found);
    if (next === 'another') asked = undefined;
  }
}

interface Asked {
  readonly daemon: DaemonConfig;
  readonly typed: string;
}

/** @returns `undefined` where the user goes back */
async function askDaemon({ registry, settings }: AddDaemonDeps, typed: string): Promise<Asked | undefined> {
  const watched = registry.models.map(({ daemon }) => daemon);
  const { allowRemote } = settings.daemonList();
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const read = (text: string) =>
    readTyped(text, { allowRemote, watched, ...(folder !== undefined && { folder }) });
  const found = registry.found.flatMap((offered): Item<Asked>[] => {
    const origin = offered.isIgnored ? undefined : addressOf(offered.target)?.origin;
    const daemons = origin === undefined ? undefined : read(origin);
    if (origin === undefined || !daemons || isProblem(daemons) || !daemons[0]) return [];
    const value = { daemon: daemons[0], typed: origin };
    return [{ icon: 'search', label: plain(offeredText(offered)), description: ADD.found, value }];
  });
  return chooseOrType<Asked>({
    title: ADD.title,
    question: found.length > 0 ? ADD.typeOrPick : ADD.type,
    typed,
    items: (text) => {
      if (text.trim() === '') return found;
      const daemons = read(text);
      if (isProblem(daemons)) return [saidItem(plain(typedProblemText(daemons))), ...found];
      return [...daemons.map((daemon) => typedItem(daemon, text)), ...found];
    },
    read: (text) => {
      const daemons = read(text);
      return isProblem(daemons) || !daemons[0] ? undefined : { daemon: daemons[0], typed: text };
    },
  });
}

function isProblem(read: readonly DaemonConfig[] | TypedProblem): read is TypedProblem {
  return 'is' in read;
}

/** The text stands behind the label: the list would sort what is like what was typed to the top. */
function typedItem(daemon: DaemonConfig, typed: string): Item<Asked> {
  const { target } = daemon;
  const value = { daemon, typed };
  switch (target.kind) {
    case 'http':
    case 'prometheus':
      return { icon: 'play', label: plain(placeOf(target)), description: ADD.tryIt, isTyped: true, value };
    case 'file':
      return {
        icon: 'output',
        label: ADD.readFile,
        description: plain(placeOf(target)),
        isTyped: true,
        value,
      };
    case 'command': {
      const description = argvText(target.argv);
      return { icon: 'play', label: ADD.runCommand, description, isTyped: true, value };
    }
  }
}

function saidItem(label: PlainText) {
  return { icon: 'warning', label, isTyped: true, value: undefined } as const;
}

interface Tried {
  readonly daemon: DaemonConfig;
  readonly track: Track;
}

/** @returns `undefined` where the user does not wait for it */
function tryOut({ registry }: AddDaemonDeps, daemon: DaemonConfig): Promise<Tried | undefined> {
  return inNotification(ADD.trying(placeOf(daemon.target)), async ({ token }) => {
    const controller = new AbortController();
    const cancelled = token.onCancellationRequested(() => controller.abort());
    const { signal } = controller;
    const look = async (tried: DaemonConfig) => ({
      daemon: tried,
      track: await registry.tryOut(tried, signal),
    });
    try {
      if (daemon.kind !== undefined) return await look(exploring(daemon));
      const first = await look({ ...daemon, asks: { explores: true } });
      const { sample } = first.track;
      if (!sample || sample.ok || sample.failure.kind !== 'wrongAnswer') return first;
      // It is no daemon of a known make; what it says may be that of another.
      return await look(exploring(daemon));
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    } finally {
      cancelled.dispose();
    }
  });
}

function askWhatNow(
  { text, isAbsent }: Found,
  advice: PlainText,
): Promise<'again' | 'another' | 'add' | undefined> {
  return choose<'again' | 'another' | 'add'>(
    [
      { icon: 'history', label: ADD.again, value: 'again' },
      { icon: 'search', label: ADD.another, value: 'another' },
      ...(isAbsent
        ? [{ icon: 'circle-outline', label: ADD.all, description: ADD.allDetail, value: 'add' } as const]
        : []),
    ],
    { title: text, question: advice },
  );
}

async function add(deps: AddDaemonDeps, daemon: DaemonConfig, track: Track, found: Found): Promise<void> {
  const { registry, settings } = deps;
  const report = track.sample?.ok ? track.sample.report : undefined;
  const progress = report?.explored ? await askProof(found.text, report.explored.candidates) : 'none';
  if (progress === undefined) return;
  const taken = registry.models.map((model) => model.daemon.name);
  const openFolder = vscode.workspace.workspaceFolders?.[0]?.name;
  const isNamed = report !== undefined && report.explored === undefined;
  const suggested = isNamed ? defaultName(report, openFolder, taken) : nameOf(daemon.target, taken);
  const name = await askName(found.text, suggested, taken);
  if (name === undefined) return;
  const place = await askPlace(settings.listPlaces());
  if (!place) return;
  const kind = report?.kind ?? daemon.kind;
  const entry = entryOf(
    { target: daemon.target, ...(daemon.asks && { asks: daemon.asks }), ...(kind !== undefined && { kind }) },
    { name, ...(progress !== 'none' && { progress }) },
  );
  await write(deps, entry, place);
  sayShortly('check', ADD.added(name));
  // The settings are heard of a moment after they are written.
  const { allowRemote } = settings.daemonList();
  const id = readDaemons([entry], { configured: true, allowRemote }).daemons[0]?.id ?? daemon.id;
  const isWatched = () => Promise.resolve(registry.monitor(id) !== undefined);
  if (await until(isWatched, { timeoutMs: ADDED_WITHIN_MS, stepMs: ADDED_STEP_MS })) {
    await vscode.commands.executeCommand('daemonHealth.showDetails', id);
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
      const name = cleanText(typed, MAX_NAME_CHARS);
      const problem = problemOf(name);
      return problem
        ? [saidItem(problem)]
        : [{ icon: 'check', label: plain(name), description: ADD.named, isTyped: true, value: name }];
    },
    read: (typed) => {
      const name = cleanText(typed, MAX_NAME_CHARS);
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
    if (isUserError(error)) throw error;
    throw new UserError(ADD.notWritten(cleanText(messageOf(error))));
  }
}
