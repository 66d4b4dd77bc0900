/** How many daemons to serve, how many sessions in each, and how many of these were active just before each answer. */
export interface ServerSpec {
  readonly daemons: number;
  readonly sessions: number;
  readonly active: number;
  readonly kind: DaemonKind;
}

type DaemonKind = 'dispatchd' | 'smithy' | 'generic';

/** What is asked for to learn all that a daemon tells. */
export const PATHS: Readonly<Record<DaemonKind, readonly string[]>> = {
  dispatchd: ['/api/daemon/status'],
  smithy: ['/api/daemon/status', '/api/sessions'],
  generic: ['/'],
};
