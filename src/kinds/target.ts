import { cleanText } from '../base/text';
import { wholePlaceOf, type Target } from '../model/target';
import { MAX_SHOWN_COMMAND_CHARS } from './policy';
import { isLoopback, shortPath } from './read/paths';

/** The port of an http address that names none (RFC 9110, 4.2.1). */
const HTTP_PORT = 80;

/** As they were read: several of what is drawn ask for one at every poll, and a target is never changed. */
const addresses = new WeakMap<Target, Address>();

/** The address of a daemon; `undefined` where the daemon has none. @throws where the origin is no URL */
export function addressOf(target: Target): Address | undefined {
  if (target.kind !== 'http') return undefined;
  const known = addresses.get(target);
  if (known) return known;
  const address = readAddress(target.origin);
  addresses.set(target, address);
  return address;
}

/** Where a daemon answers. */
export type Address = Readonly<ReturnType<typeof readAddress>>;

function readAddress(origin: string) {
  const { hostname, port, pathname } = new URL(origin);
  return {
    /** `http://host:port`, and the path below which its routes are, if there is one. */
    origin,
    /** As the URL writes it: an IPv6 address stands in brackets. */
    hostname,
    port: port === '' ? HTTP_PORT : Number(port),
    /** The path below which its routes are: `/x`, or nothing. */
    path: pathname === '/' ? '' : pathname,
    /** The address is one of this machine. */
    isLoopback: isLoopback(hostname),
  };
}

/** The same target at one of the addresses that its host stands for. */
export function atHost(target: Target, host: string): Target {
  if (target.kind !== 'http') return target;
  const { port, path } = addressOf(target)!;
  return { kind: 'http', origin: `http://${host.includes(':') ? `[${host}]` : host}:${port}${path}` };
}

/** Whether a daemon is on this machine. Files and commands are always of this machine. */
export function isHere(target: Target): boolean {
  return addressOf(target)?.isLoopback ?? true;
}

/** Where requests go to, `http://host:port`; `undefined` where none is made. */
export function originOf(target: Target): string | undefined {
  return target.kind === 'http' || target.kind === 'prometheus' ? target.origin : undefined;
}

/** The short text that shows where a daemon is watched: the address, the first path as `~/…`, the command's words. */
export function placeOf(target: Target): string {
  switch (target.kind) {
    case 'http':
    case 'prometheus':
      return target.origin;
    case 'file':
      return cleanText(shortPath(target.paths[0] ?? ''));
    case 'command':
      return cleanText(wholePlaceOf(target), MAX_SHOWN_COMMAND_CHARS);
  }
}
