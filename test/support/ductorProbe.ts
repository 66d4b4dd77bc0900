import { createProbe, type Probe } from '../../src/kinds/probe';
import { PATIENT } from '../integration/support';
import { FakeDuctor } from './fakeDuctor';
import { http } from './target';

/** Asks a ductor that is played, as a window does, which finds its files in its home. */
export function ductorProbe({ url, home }: FakeDuctor): Probe {
  return createProbe(http(url), { timeouts: PATIENT, kind: 'ductor', env: { DUCTOR_HOME: home } });
}

export interface PlayedDuctor {
  readonly ductor: FakeDuctor;
  readonly probe: Probe;
}

/** For the tests of this suite: a ductor that is played and a probe of it, new for each of them. */
export function playDuctor(take: (played: PlayedDuctor) => void): void {
  let played: PlayedDuctor;
  beforeEach(async () => {
    const ductor = await FakeDuctor.start();
    played = { ductor, probe: ductorProbe(ductor) };
    take(played);
  });
  afterEach(async () => {
    await played.probe.close();
    await played.ductor.stop();
  });
}
