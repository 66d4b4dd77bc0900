import assert from 'node:assert/strict';
import type { Session } from '../../../src/health/report';
import { goodReport, Watch } from './support';

describe('a daemon that was stopped from here and still answers', () => {
  const works = (count: number): readonly Session[] =>
    Array.from({ length: count }, (_, index) => ({ id: `${index}`, title: 'work', status: 'running' }));

  function stopped(count: number): Watch {
    const watch = Watch.healthy();
    watch.wait(1_000).answer(goodReport(watch.time, { sessions: works(count) }));
    watch.stopByUs();
    return watch;
  }

  it('was stopped for as long as its works may take to end', () => {
    const watch = stopped(6);
    for (let seconds = 0; seconds < 40; seconds += 4) watch.wait(4_000).answer();
    assert.equal(watch.wait(1_000).fail('refused'), 'offline');
  });

  it('lives on where it answers for longer', () => {
    const watch = stopped(0);
    for (let seconds = 0; seconds < 40; seconds += 4) watch.wait(4_000).answer();
    assert.notEqual(watch.wait(1_000).fail('refused'), 'offline');
  });
});
