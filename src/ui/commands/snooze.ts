import { MINUTE_MS, type Clock } from '../../base/time';
import type { DaemonModel } from '../../model/daemonModel';
import type { Snooze } from '../../health/snooze';
import { choose, type Item } from '../shared/choose';
import type { PlainText } from '../shared/markdown';
import type { Snoozes } from '../../store/snoozes';
import { SNOOZE, type SNOOZE_IN_MORE } from './commandsText';

/** For how long, and `undefined` for not at all. */
interface Chosen {
  readonly snooze: Snooze | undefined;
}

/** Asks for how long, and holds back this daemon's notifications. Its colour and its row stay as they are. */
export async function snooze(model: DaemonModel, snoozes: Snoozes, clock: Clock): Promise<void> {
  const { daemon, snooze: current } = model;
  const cancel = {
    icon: 'bell',
    label: SNOOZE.cancel,
    description: SNOOZE.cancelDetail,
  } as const;
  const chosen = await choose<Chosen>(
    [
      ...(current ? [{ ...cancel, value: { snooze: undefined } }] : []),
      ...snoozeItems(model, clock.now().wallAt),
    ],
    {
      title: SNOOZE.title(daemon.name),
      question: SNOOZE.question,
    },
  );
  if (chosen) await snoozes.set(daemon.id, chosen.snooze);
}

/** For how long notifications can be held back. @param nowAt epoch ms */
export function snoozeItems(
  { track }: DaemonModel,
  nowAt: number,
  labels: Readonly<Record<keyof typeof SNOOZE_IN_MORE, PlainText>> = SNOOZE,
): readonly Item<Chosen & { snooze: Snooze }>[] {
  const instanceId = track.last?.report.instance?.id;
  const item = (label: PlainText, snooze: Snooze) => ({
    icon: 'bell-slash' as const,
    label,
    value: { snooze },
  });
  const until = (minutes: number): Snooze => ({ kind: 'until', untilAt: nowAt + minutes * MINUTE_MS });
  return [
    item(labels.forMinutes, until(15)),
    item(labels.forHour, until(60)),
    item(labels.untilRestart, { kind: 'untilRestart', ...(instanceId !== undefined && { instanceId }) }),
  ];
}
