import { MINUTE_MS, type Clock } from '../../base/time';
import type { DaemonModel } from '../../model/daemonModel';
import type { Snooze } from '../../health/snooze';
import { choose, type Item } from '../shared/choose';
import { plain } from '../shared/markdown';
import type { Snoozes } from '../../store/snoozes';

/** For how long, and `undefined` for not at all. */
interface Chosen {
  readonly snooze: Snooze | undefined;
}

/** Asks for how long, and holds back this daemon's notifications. Its colour and its row stay as they are. */
export async function snooze(model: DaemonModel, snoozes: Snoozes, clock: Clock): Promise<void> {
  const { daemon, snooze: current } = model;
  const cancel = {
    icon: 'bell',
    label: plain('Cancel Snooze'),
    description: plain('notify again from now on'),
  } as const;
  const chosen = await choose<Chosen>(
    [
      ...(current ? [{ ...cancel, value: { snooze: undefined } }] : []),
      ...snoozeItems(model, clock.now().wallAt),
    ],
    {
      title: plain(`Snooze notifications of ${daemon.name}`),
      question: plain('The status bar and the tree go on showing its state'),
    },
  );
  if (chosen) await snoozes.set(daemon.id, chosen.snooze);
}

/** For how long notifications can be held back. @param nowAt epoch ms @param verb begins each label */
export function snoozeItems(
  { track }: DaemonModel,
  nowAt: number,
  verb = '',
): readonly Item<Chosen & { snooze: Snooze }>[] {
  const instanceId = track.last?.report.instance?.id;
  const item = (label: string, snooze: Snooze) => ({
    icon: 'bell-slash' as const,
    label: plain(verb === '' ? label : `${verb} ${label.charAt(0).toLowerCase()}${label.slice(1)}`),
    value: { snooze },
  });
  const until = (minutes: number): Snooze => ({ kind: 'until', untilAt: nowAt + minutes * MINUTE_MS });
  return [
    item('15 minutes', until(15)),
    item('1 hour', until(60)),
    item('Until it is restarted', { kind: 'untilRestart', ...(instanceId !== undefined && { instanceId }) }),
  ];
}
