import assert from 'node:assert/strict';
import type { DaemonConfig } from '../../src/model/daemonConfig';
import type { RestartEdges } from '../../src/restart/attempt';
import { Outliving } from '../../src/restart/outliving';
import { goodReport, type Watch } from '../unit/health/support';

/** The edges of a restart whose new instance answers at once, is ours, and tells nothing of its work. */
export function newInstance(
  daemon: DaemonConfig,
  { time, track }: Watch,
): Pick<
  RestartEdges,
  'outliving' | 'whyNotOurs' | 'ask' | 'workMade' | 'workTold' | 'startErrors' | 'onUnexpected'
> {
  const report = { ...goodReport(time), instance: { id: 'new' } };
  return {
    outliving: new Outliving({ daemon, track }, undefined, undefined, new Set()),
    whyNotOurs: () => Promise.resolve(undefined),
    ask: () => Promise.resolve({ ok: true, startedMs: 0, latencyMs: 1, report }),
    workMade: () => Promise.resolve(undefined),
    workTold: () => undefined,
    startErrors: () => undefined,
    onUnexpected: (error) => assert.fail(String(error)),
  };
}
