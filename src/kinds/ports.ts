import type { Env, Kind } from './kind';

/**
 * The ports on which daemons of these kinds may be; `DAEMON_HEALTH_DISCOVERY_PORTS` ("3457-3476,4000") takes their
 * place.
 */
export function portsOf(kinds: readonly Kind[], env: Env = process.env): readonly number[] {
  const named = env['DAEMON_HEALTH_DISCOVERY_PORTS'];
  return named === undefined ? [...new Set(kinds.flatMap(({ ports }) => ports))] : readPorts(named);
}

/** "3457-3459,4000" as ports; what is none is left out, and a hundred are enough. */
export function readPorts(text: string): readonly number[] {
  const ports = text.split(',').flatMap((part) => {
    const [, first = '', last = first] = /^\s*(\d{1,5})(?:-(\d{1,5}))?\s*$/.exec(part) ?? [];
    const count = first === '' ? 0 : Math.min(100, Number(last) - Number(first) + 1);
    return Array.from({ length: Math.max(0, count) }, (_, index) => Number(first) + index);
  });
  return [...new Set(ports)].filter((port) => port > 0 && port < 65_536).slice(0, 100);
}
