import { isLoopback } from '../daemons/config';
import type { DaemonModel } from '../daemons/fleet';
import type { ProcessInfo } from './processInfo';

/**
 * Programs that hold a port for somebody else: containers, tunnels, port forwarding, reverse proxies. To end one
 * cuts the connection, of other ports as well, and leaves the daemon as it was.
 */
const FORWARDERS: readonly RegExp[] = [
  /^(docker-proxy|rootlesskit|rootlessport|slirp4netns|pasta|passt|gvproxy|vpnkit.*|com\.docker\..*)$/,
  /^(limactl|colima|multipassd?|qemu-.*|vboxheadless|wslrelay|wslhost|wsl)$/,
  /^(ssh|sshd|sshd-session|autossh|socat|kubectl|chisel|cloudflared|ngrok|frpc|tailscaled)$/,
  /^(nginx|haproxy|caddy|envoy|traefik)$/,
  /^(code|code-insiders|code-oss|codium|cursor|windsurf)(-tunnel|-server)?$/,
  /^(code|code - insiders|vscodium|cursor|windsurf) helper\b.*$/,
];

/** The clock of a process' start has whole seconds, and an answer may have come while it was starting. */
const START_TOLERANCE_MS = 2_000;

/** Whether a program only passes connections on, going by its name. */
export function isForwarder(name: string): boolean {
  return FORWARDERS.some((pattern) => pattern.test(name.toLowerCase()));
}

/**
 * Why the process that holds a daemon's port must not be ended; `undefined` where it may be.
 *
 * @param owners who listens there: more than one where the address is a name and each of its addresses has its own
 * @param editor the numbers of our own process and of those that it was started by
 */
export function whyNotToEnd(
  { daemon, track }: DaemonModel,
  owners: readonly ProcessInfo[],
  editor: readonly number[],
): string | undefined {
  const [owner, other] = owners;
  if (!owner) return undefined;
  const isItself = isInstance({ daemon, track }, owner);
  const who = `process ${owner.pid} (${owner.commandLine})`;
  const held = `Port ${daemon.port} is held by`;
  if (other && !isItself) {
    return (
      `${held} two processes, ${who} and ${other.pid} (${other.commandLine}). ` +
      'Say which one is meant by an address, 127.0.0.1 or [::1], in daemonHealth.daemons.'
    );
  }
  if (!owner.isOurs) return `${held} ${who} of another user.`;
  if (editor.includes(owner.pid)) {
    return `${held} ${who}, in which this editor runs or from which it was started.`;
  }
  if (owner.inContainer) return `${held} ${who}, which runs in a container: restart it there.`;
  if (!isItself && isForwarder(owner.name)) {
    return (
      `${held} ${owner.name}, ${who}, which only passes connections on: ${daemon.name} runs elsewhere, ` +
      'such as in a container or on another machine. Restart it there.'
    );
  }
  if (track.verdict.state === 'wrongAnswer' && !isItself && !mayBeTheSame({ daemon, track }, owner)) {
    return `${held} ${who}, which does not answer as a daemon: ${track.verdict.reason}.`;
  }
  return undefined;
}

/** Why a daemon can only be started and stopped somewhere else; `undefined` where that can be done here. */
export function whyNotHere({ daemon }: DaemonModel): string | undefined {
  const { hostname } = new URL(daemon.origin);
  if (isLoopback(hostname)) return undefined;
  return `${daemon.name} is not on this machine (${hostname}): start and stop it there.`;
}

/** Whether the daemon itself said that it is this process. */
export function isInstance({ track }: DaemonModel, owner: ProcessInfo): boolean {
  // A number that a container gives is one of its own.
  return track.last?.report.instance?.pid === owner.pid && !owner.inContainer;
}

/** Something answers that is no daemon: it may be ours, broken, if it was there when the daemon last answered. */
function mayBeTheSame({ track }: DaemonModel, { startedAt }: ProcessInfo): boolean {
  const { last } = track;
  // What tells its number, and had another one, was another process.
  if (!last || last.report.instance?.pid !== undefined) return false;
  return startedAt === undefined || startedAt <= last.at.wallAt + START_TOLERANCE_MS;
}
