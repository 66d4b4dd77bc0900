import type { ProcessInfo } from './processInfo';

/**
 * Programs that hold a port for somebody else: containers, tunnels, port forwarding, reverse proxies. To end one
 * cuts the connection, of other ports as well, and leaves the daemon as it was.
 */
const FORWARDERS: readonly RegExp[] = [
  /^(docker-proxy|rootlesskit|rootlessport|slirp4netns|pasta|passt|gvproxy|vpnkit.*|com\.docker\..*)$/,
  /^(podman|conmon|orbstack helper.*|host-switch|limactl|colima|multipassd?|qemu-.*|vboxheadless)$/,
  /^(wslrelay|wslhost|wsl)$/,
  /^(ssh|sshd|sshd-session|autossh|dropbear|plink|tsh|devtunnel|chisel|cloudflared|ngrok|frpc|tailscaled)$/,
  /^(socat|nc|ncat|netcat|stunnel\d*|rinetd|redir|gost|kubectl|telepresence|session-manager-plugin|adb)$/,
  /^(nginx|haproxy|caddy|envoy|traefik|httpd|apache2|openresty)$/,
];

/** Editors forward ports, too. Their own runtime also runs the bundled daemon. */
const EDITORS: readonly RegExp[] = [
  /^(code|code-insiders|code-oss|codium|cursor|windsurf)(-tunnel|-server)?$/,
  /^(code|code - insiders|vscodium|cursor|windsurf) helper\b.*$/,
];

/**
 * Programs that start services and may listen for them: a socket unit of systemd, launchd, inetd, and what keeps
 * processes alive. To end one ends everything that it looks after.
 */
const SERVICE_MANAGERS: readonly RegExp[] = [
  /^(systemd|systemd-.*|launchd|svchost|services|init|upstart|openrc-init|procd|dinit|runit|runsvdir|runsv)$/,
  /^(s6-.*|supervise-daemon|supervisord|circusd|einhorn|monit|inetd|xinetd|tini|dumb-init|docker-init|catatonit)$/,
  /^pm2( v[\d.]+: god.*)?$/,
];

/**
 * Programs that serve the whole login, or a machine's containers, whoever started them first: terminals that stay, agents
 * of keys, engines. To end one ends the work of others.
 */
const FOR_OTHERS: readonly RegExp[] = [
  /^(tmux|tmux: server|screen|zellij|abduco|dtach|mosh-server)$/,
  /^(ssh-agent|gpg-agent|dbus-daemon|dbus-broker.*|gnome-keyring.*|keyboxd|scdaemon)$/,
  /^(dockerd.*|containerd.*|crio|buildkitd|runc|crun|lima.*|nerdctl|docker desktop.*)$/,
];

/** The first process starts and adopts all others; in a container its end is the end of the container. */
const FIRST_PID = 1;

/** Whether a program only passes connections on, going by its name. */
export function isForwarder(name: string): boolean {
  return matches(FORWARDERS, name) || matches(EDITORS, name);
}

/** The name by which a process only passes connections on; `undefined` where it may be a daemon. */
export function forwarderIn(process: ProcessInfo): string | undefined {
  const forwarders = process.runsBundled ? FORWARDERS : [...FORWARDERS, ...EDITORS];
  return namesOf(process).find((name) => matches(forwarders, name));
}

/** Whether a process starts and ends the services of a machine, a user or a container. */
export function isServiceManager(process: ProcessInfo): boolean {
  return process.pid === FIRST_PID || namesOf(process).some((name) => matches(SERVICE_MANAGERS, name));
}

/** Whether a process serves others than who started it. */
export function servesOthers(process: ProcessInfo): boolean {
  return namesOf(process).some((name) => matches(FOR_OTHERS, name));
}

function namesOf({ name, otherNames = [] }: ProcessInfo): readonly string[] {
  return [name, ...otherNames];
}

function matches(patterns: readonly RegExp[], name: string): boolean {
  return patterns.some((pattern) => pattern.test(name.toLowerCase()));
}
