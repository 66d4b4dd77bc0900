import { cleanText } from '../base/text';
import { cleanEnv } from '../system/cleanEnv';
import type { Environment } from '../system/processEnv';
import { MAX_NAMED_VARIABLES, MAX_VARIABLE_CHARS } from './policy';

/** Variables that the old process has and the new one would not have: names only, values may be secrets. */
export interface LostVariables {
  /** Those that look like keys first. */
  readonly names: readonly string[];
  /** How many there are besides. */
  readonly more: number;
  /** Some look like keys, or tell programs where to go: without them work may fail. */
  readonly matter: boolean;
}

const KEY = /key|token|secret|passw|credential|auth|_pat$|cookie/i;
/** Providers of agents, proxies, and what tells a program where to go. */
const SETTING =
  /^(anthropic|claude|openai|azure|aws|google|gemini|vertex|bedrock|codex|opencode)_|proxy$|_(url|host|home|path|dir|model|region|profile|endpoint|config)$/i;

/**
 * What a login, a terminal, a service manager or a package manager sets for whatever it starts; nothing of it is meant
 * for a daemon.
 */
const OF_THE_SESSION =
  /^(_|\w*PWD|SHLVL|TERM\w*|COLORTERM|LS_COLORS|LINES|COLUMNS|PS[1-4]|HIST\w+|WINDOW\w*|DISPLAY|WAYLAND_\w+|XDG_\w+|DBUS_\w+|SSH_(CONNECTION|CLIENT|TTY)|TMUX\w*|STY|INVOCATION_ID|JOURNAL_STREAM|SYSTEMD_\w+|MANAGERPID|NOTIFY_SOCKET|LESS\w*|MAIL|MOTD_SHOWN|npm_\w+|INIT_CWD|GPG_TTY|DAEMON_HEALTH_\w+)$/;

/**
 * What of the old environment the new one lacks.
 * @param next the environment that the start command gets
 */
export function lostVariables(
  old: Environment,
  next: Readonly<Record<string, string | undefined>>,
): LostVariables | undefined {
  const lost = Object.keys(cleanEnv(old, 'linux')).filter(
    (name) => !(Object.hasOwn(next, name) && next[name] !== undefined) && !OF_THE_SESSION.test(name),
  );
  if (lost.length === 0) return undefined;
  const rank = (name: string) => (KEY.test(name) ? 0 : SETTING.test(name) ? 1 : 2);
  const sorted = lost.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const names = sorted.slice(0, MAX_NAMED_VARIABLES).map((name) => cleanText(name, MAX_VARIABLE_CHARS));
  return { names, more: lost.length - names.length, matter: rank(sorted[0]!) < 2 };
}
