export type DaemonState =
  | 'restarting'
  | 'unresponsive'
  | 'unreachable'
  | 'offline'
  | 'wrongAnswer'
  | 'unavailable'
  | 'stopped'
  | 'starting'
  | 'wedged'
  | 'stuck'
  | 'unstable'
  | 'paused'
  | 'unverified'
  | 'healthy';

export type Severity = 'red' | 'amber' | 'plain';

export const SEVERITY: Readonly<Record<DaemonState, Severity>> = {
  restarting: 'plain',
  unresponsive: 'red',
  unreachable: 'red',
  offline: 'plain',
  wrongAnswer: 'amber',
  unavailable: 'amber',
  stopped: 'plain',
  starting: 'plain',
  wedged: 'red',
  stuck: 'amber',
  unstable: 'amber',
  paused: 'plain',
  unverified: 'plain',
  healthy: 'plain',
};
