/** What a new instance made of the work of the old one. The core tells it with `restarted`, and nobody else does. */
export interface WorkMade {
  readonly resumed: number;
  /** What waits for somebody to run it again. */
  readonly interrupted: number;
}

/** "2 sessions resumed, 1 interrupted"; empty where there is nothing to say. */
export function workText({ resumed, interrupted }: WorkMade): string {
  const sessions = (n: number) => `${n} session${n === 1 ? '' : 's'}`;
  return [
    ...(resumed > 0 ? [`${sessions(resumed)} resumed`] : []),
    ...(interrupted > 0 ? [`${resumed > 0 ? interrupted : sessions(interrupted)} interrupted`] : []),
  ].join(', ');
}
