/**
 * The environment of what outlives us: a daemon, and the commands that a daemon runs. Nothing in it belongs to an
 * editor window, to a debugger or to an agent's shell. A window closes, and git would ask a window that is gone; an
 * agent refuses to start where it believes to run inside another; a debugger would hold each Node program.
 *
 * This is the only list of such variables. A name in `restart.env` is the user's word and stays.
 */

type Env = Readonly<Record<string, string | undefined>>;

/** Names, separated by commas, that the user's `restart.env` sets and that stay. Goes to the daemon and its commands. */
const KEEP_VARIABLE = 'DAEMON_HEALTH_KEEP_ENV';

/** Variables that go, by name. */
const BY_NAME: readonly RegExp[] = [
  // VS Code, which takes the first two from its own terminals and puts others of the name in
  // (microsoft/vscode src/vs/base/common/processes.ts, extensions/git/src/askpass.ts).
  /^VSCODE_/,
  /^ELECTRON_/,
  // Electron tells so which program's window this is (electron/electron shell/browser, app.setDesktopName).
  /^CHROME_DESKTOP$/,
  /^TERM_PROGRAM(_VERSION)?$/,
  /^GIT_ASKPASS$/,
  // debugpy (microsoft/vscode-python-debugger src/extension/noConfigDebugInit.ts).
  /^(DEBUGPY_.*|PYDEVD_.*|BUNDLED_DEBUGPY_PATH)$/,
  // Claude Code: what it tells its shells and what its editor extension tells a terminal. Its settings stay, see below.
  /^(CLAUDECODE|CLAUDE_CODE_.*|CLAUDE_AGENT_SDK_VERSION|ENABLE_IDE_INTEGRATION)$/,
  // What other agents set for the commands that they run; their settings and keys have other names. The list is that of
  // aws/aws-cdk-cli#1855, vercel/vercel packages/detect-agent and ascorbic/am-i-vibing src/providers.ts.
  /^(AI_AGENT|ANTIGRAVITY_(AGENT|CLI_ALIAS)|AUGMENT_AGENT|CLINE_ACTIVE|COPILOT_CLI|CRUSH|CURSOR_(AGENT|TRACE_ID))$/,
  /^(CODEX_(CI|SANDBOX|SANDBOX_NETWORK_DISABLED|THREAD_ID)|GEMINI_CLI|GOOSE_TERMINAL|OPENCODE|OPENCODE_(CLIENT|PID))$/,
  /^(QWEN_CODE|TRAE_AI_SHELL_ID)$/,
];

/**
 * Settings of Claude Code that users set for good, as its page "Environment variables" lists them. Without its account
 * or provider an agent could not work, while its daemon looked fine.
 */
const SETTINGS: readonly RegExp[] = [
  /^CLAUDE_CODE_(USE|SKIP|DISABLE|MAX|CLIENT|OTEL)_/,
  /^CLAUDE_CODE_(API_BASE_URL|API_KEY_HELPER_TTL_MS|AUTO_COMPACT_WINDOW|CERT_STORE|EFFORT_LEVEL|ENABLE_TELEMETRY)$/,
  /^CLAUDE_CODE_(EXTRA_BODY|GIT_BASH_PATH|OAUTH_TOKEN|PROXY_RESOLVES_HOSTS|SHELL|SHELL_PREFIX|SUBAGENT_MODEL)$/,
];

/** Variables that others set too: they go where the value is one of these. */
const BY_VALUE: Readonly<Record<string, RegExp>> = {
  // VS Code's git extension and its server (extensions/git/src/gitEditor.ts, resources/server/bin/helpers).
  GIT_EDITOR: /[\\/]git-editor(-empty)?\.sh/,
  BROWSER: /[\\/]bin[\\/]helpers[\\/]browser\.(sh|cmd)$/,
  AGENT: /^(1|amp|claude|codex|crush|gemini|goose|opencode|pi)$/i,
};

/** Variables that hold options: those of a debugger go, the user's own stay as they are. */
const OPTIONS: Readonly<Record<string, (words: readonly string[]) => readonly string[]>> = {
  NODE_OPTIONS: withoutJsDebug,
  // microsoft/vscode-java-debug bundled/scripts/noConfigScripts.
  JAVA_TOOL_OPTIONS: (words) => words.filter((word) => !/^["']?-(agentlib:jdwp|Xrunjdwp)/.test(word)),
};

/**
 * A copy without what belongs to a window, a debugger or an agent's shell.
 *
 * @param platform Windows does not tell the case of a name
 */
export function cleanEnv(env: Env, platform: NodeJS.Platform = process.platform): NodeJS.ProcessEnv {
  const kept = new Set((env[KEEP_VARIABLE] ?? '').split(',').map((name) => known(name, platform)));
  const clean = Object.entries(env).flatMap(([name, value]) => {
    const left =
      value === undefined || kept.has(known(name, platform)) ? value : leftOf(known(name, platform), value);
    return left === undefined ? [] : [[name, left] as const];
  });
  // Not name by name: a variable may be called `__proto__`.
  return Object.fromEntries(clean);
}

/** What tells `cleanEnv` later which of these variables the user set; empty where none of them is on the list. */
export function keeping(
  set: Readonly<Record<string, string>>,
  platform: NodeJS.Platform = process.platform,
): Readonly<Record<string, string>> {
  const listed = Object.keys(set).filter((name) => isListed(known(name, platform)));
  return listed.length === 0 ? {} : { [KEEP_VARIABLE]: listed.join(',') };
}

/** What stays of a variable's value. */
function leftOf(name: string, value: string): string | undefined {
  if (isByName(name) || own(BY_VALUE, name)?.test(value) === true) return undefined;
  const options = own(OPTIONS, name);
  if (!options) return value;
  const words = value.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g) ?? [];
  const left = options(words);
  if (left.length === words.length) return value;
  return left.length === 0 ? undefined : left.join(' ');
}

/** A variable may have the name of what every object has: `constructor`. */
function own<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function isListed(name: string): boolean {
  return isByName(name) || Object.hasOwn(BY_VALUE, name) || Object.hasOwn(OPTIONS, name);
}

function isByName(name: string): boolean {
  return BY_NAME.some((one) => one.test(name)) && !SETTINGS.some((one) => one.test(name));
}

function known(name: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? name.toUpperCase() : name;
}

/** js-debug's own file; where the path of the editor has a space, a copy with a name of its own. */
const BOOTLOADER =
  /([\\/]ms-vscode\.js-debug[^\\/]*[\\/].*bootloader[^\\/]*|[\\/]\.?vscode-js-debug-bootloader)\.js"?$/i;
/** Options whose value may be a word of its own. */
const LOADS = /^"?(--require|-r|--import)"?$/;
const TELLS = /^"?--(inspect-port|inspect-publish-uid)"?$/;
const INSPECTS = /^"?--inspect(-|=|"?$)/;

/**
 * js-debug loads a file of its own into each Node program, and has its inspector told
 * (microsoft/vscode-js-debug src/targets/node/nodeLauncherBase.ts). An inspector option without that file is the user's.
 */
function withoutJsDebug(words: readonly string[]): readonly string[] {
  const isLoader = (word: string | undefined) => word !== undefined && BOOTLOADER.test(word);
  if (!words.some(isLoader)) return words;
  return words.filter((word, index) => {
    const before = words[index - 1] ?? '';
    const isOfLoader = isLoader(word) || (LOADS.test(word) && isLoader(words[index + 1]));
    return !isOfLoader && !INSPECTS.test(word) && !TELLS.test(before);
  });
}
