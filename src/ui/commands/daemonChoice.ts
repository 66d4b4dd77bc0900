import * as vscode from 'vscode';
import { CodedError } from '../../base/errors';
import { placeOf } from '../../kinds/target';
import type { DaemonModel } from '../../model/daemonModel';
import type { Refusal } from '../../model/refusal';
import type { Discovery } from '../../watch/discovery/discovery';
import type { Registry } from '../../watch/registry';
import { looksOf, worstFirst } from '../../words/states';
import { choose, type Item } from '../shared/choose';
import { plain, type PlainText } from '../shared/markdown';
import { inStatusBar, say } from '../shared/say';
import { ADD_DAEMON, LOOKING, NONE, START_BUNDLED } from './commandsText';

interface ChoiceDeps {
  readonly registry: Registry;
  readonly discovery: () => Promise<Discovery>;
}

/** Which daemons a command is for, and what is said where there is none of them. */
export interface Purpose {
  readonly question: PlainText;
  readonly isFor?: (model: DaemonModel) => boolean;
  readonly none?: PlainText;
}

/** The daemon that a target names; `undefined` where none of them does. */
export function find({ models }: Registry, target: unknown): DaemonModel | undefined {
  if (typeof target !== 'string') return undefined;
  return models.find(
    ({ daemon }) => target === daemon.id || target.startsWith(`${daemon.id}#`) || target === daemon.name,
  );
}

/**
 * The daemon that a command is called for; `undefined` where it is called for none. Its message may outlive a daemon: what
 * was meant for that one is done to no other.
 *
 * @throws an error fit to show where that daemon is not watched
 */
export function findNamed(registry: Registry, target: unknown): DaemonModel | undefined {
  const named = find(registry, target);
  if (!named && typeof target === 'string') throw new CodedError<Refusal>({ is: 'notWatched' });
  return named;
}

/** The daemon that a command is for: the one that it was called for, the only one, or the one that the user picks. */
export async function pick(
  { registry, discovery }: ChoiceDeps,
  target: unknown,
  { question, isFor = () => true, none = NONE.watched }: Purpose,
): Promise<DaemonModel | undefined> {
  const named = find(registry, target);
  if (named) return named;
  // Right after the start a daemon that nobody listed has not answered yet.
  await discovery();
  if (registry.models.length === 0 && !registry.settled) {
    await inStatusBar(LOOKING, () => registry.refresh());
  }
  const later = findNamed(registry, target);
  if (later) return later;
  if (registry.models.length === 0) {
    tellNothingIsWatched();
    return undefined;
  }
  const models = worstFirst(registry.models).filter(isFor);
  if (models.length === 0) void say('info', none);
  if (models.length <= 1) return models[0];
  return choose(models.map(itemOf), { question });
}

/** A daemon in a list to pick from. */
export function itemOf(model: DaemonModel): Item<DaemonModel> {
  const { icon, label } = looksOf(model.track.verdict);
  return {
    icon,
    label: plain(model.daemon.name),
    description: plain(`${label} · ${placeOf(model.daemon.target)}`),
    value: model,
  };
}

function tellNothingIsWatched(): void {
  void say('info', NONE.watched, START_BUNDLED, ADD_DAEMON).then((choice) => {
    if (choice === START_BUNDLED) void vscode.commands.executeCommand('daemonHealth.start');
    if (choice === ADD_DAEMON) void vscode.commands.executeCommand('daemonHealth.addDaemon');
  });
}
