import type { WorkMade } from '../health/workMade';

/** "2 sessions resumed, 1 interrupted"; empty where there is nothing to say. */
export function workText({ resumed, interrupted }: WorkMade): string {
  if (resumed === 0 && interrupted === 0) return '';
  if (interrupted === 0) return resumed === 1 ? '1 session resumed' : `${resumed} sessions resumed`;
  if (resumed === 0)
    return interrupted === 1 ? '1 session interrupted' : `${interrupted} sessions interrupted`;
  return resumed === 1
    ? `1 session resumed, ${interrupted} interrupted`
    : `${resumed} sessions resumed, ${interrupted} interrupted`;
}

/** "2 sessions resumed, 1 interrupted." as a sentence of its own, after another one. */
export function workSentence(made: WorkMade | undefined): string {
  const work = made ? workText(made) : '';
  return work === '' ? '' : ` ${work}.`;
}

/** "2 running"; of a daemon that does not answer "2 were running": whether they still do nobody knows. */
export function runningText(count: number, answers: boolean): string {
  if (count === 0) return 'none running';
  if (answers) return `${count} running`;
  return `${count} ${count === 1 ? 'was' : 'were'} running`;
}
