import type { Clock } from '../../base/time';
import type { DaemonModel } from '../../model/daemonModel';
import { SEVERITY, type DaemonState } from '../../health/states';
import type { Settings } from '../../settings/settings';
import { choose, type Item } from '../shared/choose';
import type { Log } from '../shared/log';
import { plain } from '../shared/markdown';
import { STATE_LABELS } from '../../words/states';
import { snoozeItems } from './snooze';
import type { Snoozes } from '../../store/snoozes';
import { MORE, QUESTIONS, SHOW_LOG, SNOOZE_IN_MORE } from './commandsText';

export interface MoreDeps {
  readonly clock: Clock;
  readonly log: Pick<Log, 'show'>;
  readonly settings: Pick<Settings, 'mute'>;
  readonly snoozes: Snoozes;
}

/** "More…" in the notification of an incident: what its three buttons have no room for. */
export async function more(
  model: DaemonModel,
  state: DaemonState,
  { clock, log, settings, snoozes }: MoreDeps,
): Promise<void> {
  const { name, id: daemonId } = model.daemon;
  const { label } = STATE_LABELS[state];
  const items: Item<() => unknown>[] = [
    { icon: 'output', label: plain(SHOW_LOG), value: () => log.show() },
    ...snoozeItems(model, clock.now().wallAt, SNOOZE_IN_MORE).map(({ value: { snooze }, ...item }) => ({
      ...item,
      description: plain(name),
      value: () => snoozes.set(daemonId, snooze),
    })),
    // A red state that is never told again would defeat the extension.
    ...(SEVERITY[state] === 'amber'
      ? [
          {
            icon: 'circle-slash' as const,
            label: MORE.never,
            description: MORE.neverDetail(label),
            value: () => settings.mute(state),
          },
        ]
      : []),
  ];
  const title = plain(`${name}: ${label}`);
  const run = await choose(items, { title, question: QUESTIONS.more });
  await run?.();
}
