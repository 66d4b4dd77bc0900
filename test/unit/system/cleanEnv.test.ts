import assert from 'node:assert/strict';
import { cleanEnv, keeping } from '../../../src/system/cleanEnv';

/** What a terminal of VS Code, its debuggers and agents' shells were seen to set. */
const OF_A_WINDOW: Readonly<Record<string, string>> = {
  VSCODE_GIT_ASKPASS_NODE: '/opt/code/code',
  VSCODE_GIT_ASKPASS_EXTRA_ARGS: '',
  VSCODE_GIT_ASKPASS_MAIN: '/opt/code/resources/app/extensions/git/dist/askpass-main.js',
  VSCODE_GIT_IPC_HANDLE: '/tmp/vscode-git-0c66ebf3cb.sock',
  VSCODE_IPC_HOOK_CLI: '/tmp/vscode-ipc-94f743d7.sock',
  VSCODE_INSPECTOR_OPTIONS: '{"inspectorIpc":"/tmp/node-cdp.sock"}',
  VSCODE_DEBUGPY_ADAPTER_ENDPOINTS: '/x/endpoint.txt',
  VSCODE_PID: '1',
  GIT_ASKPASS: '/opt/code/resources/app/extensions/git/dist/askpass.sh',
  GIT_EDITOR: '"/opt/code/resources/app/extensions/git/dist/git-editor.sh"',
  BROWSER: '/home/dev/.vscode-server/bin/0f0f/bin/helpers/browser.sh',
  ELECTRON_RUN_AS_NODE: '1',
  ELECTRON_NO_ATTACH_CONSOLE: '1',
  CHROME_DESKTOP: 'code.desktop',
  TERM_PROGRAM: 'vscode',
  TERM_PROGRAM_VERSION: '1.139.1',
  BUNDLED_DEBUGPY_PATH: '/x/debugpy',
  PYDEVD_DISABLE_FILE_VALIDATION: '1',
  DEBUGPY_LAUNCHER_PORT: '5678',
  CLAUDECODE: '1',
  CLAUDE_CODE_ENTRYPOINT: 'cli',
  CLAUDE_CODE_SSE_PORT: '12345',
  CLAUDE_CODE_SESSION_ID: 'a',
  ENABLE_IDE_INTEGRATION: 'true',
  AI_AGENT: 'x',
  AGENT: 'goose',
  CODEX_SANDBOX: 'seatbelt',
  CURSOR_AGENT: '1',
  GEMINI_CLI: '1',
  OPENCODE: '1',
};

/** What the user set for good. */
const OF_THE_USER: Readonly<Record<string, string>> = {
  PATH: '/usr/bin',
  HOME: '/home/dev',
  GIT_EDITOR: 'vim',
  BROWSER: 'firefox',
  AGENT: 'Smith',
  NODE_OPTIONS: '--max-old-space-size=4096 --inspect=9230',
  JAVA_TOOL_OPTIONS: '-Xmx1g',
  ANTHROPIC_API_KEY: 'k',
  CLAUDE_CONFIG_DIR: '/home/dev/.claude',
  CLAUDE_CODE_USE_BEDROCK: '1',
  CLAUDE_CODE_OAUTH_TOKEN: 't',
  CODEX_HOME: '/home/dev/.codex',
  GEMINI_API_KEY: 'k',
  CURSOR_API_KEY: 'k',
  MY_VSCODE_DIR: '/x',
  DAEMON_HEALTH_START: 'mark',
  DISPATCHD_STATE_DIR: '/x',
};

describe('the environment of what outlives a window', () => {
  for (const [name, value] of Object.entries(OF_A_WINDOW)) {
    it(`has no ${name}=${value.slice(0, 40)}`, () =>
      assert.deepEqual(cleanEnv({ [name]: value }, 'linux'), {}));
  }

  it('has all that the user set', () => assert.deepEqual(cleanEnv(OF_THE_USER, 'linux'), OF_THE_USER));

  const BOOTLOADER = '/opt/Visual Studio Code/resources/app/extensions/ms-vscode.js-debug/src/bootloader.js';
  for (const [options, left] of [
    [`--require "${BOOTLOADER}" --inspect-publish-uid=http`, undefined],
    [` --require /home/dev/ws/ms-vscode.js-debug/bootloader.js  --inspect-publish-uid=http`, undefined],
    [`--require=/x/ms-vscode.js-debug-nightly/src/bootloader.bundle.js`, undefined],
    [`-r "c:\\\\code\\\\ms-vscode.js-debug\\\\src\\\\bootloader.js" --inspect-brk=0`, undefined],
    [
      `--max-old-space-size=4096 --require "${BOOTLOADER}" --inspect-publish-uid=http --require "/my own/x.js"`,
      '--max-old-space-size=4096 --require "/my own/x.js"',
    ],
    // Where the editor's folder has a space in its name, js-debug's file stands elsewhere.
    ['--require /tmp/vscode-js-debug-bootloader.js ', undefined],
    ['--require ./.vscode-js-debug-bootloader.js --trace-warnings', '--trace-warnings'],
    [`--inspect-port 0 --require ${BOOTLOADER.replaceAll(' ', '')}`, undefined],
    [`--inspect-publish-uid http -r "${BOOTLOADER}" --inspect-brk --trace-warnings`, '--trace-warnings'],
    ['--require ./bootloader.js', '--require ./bootloader.js'],
    ['--require ./my-js-debug-bootloader.js', '--require ./my-js-debug-bootloader.js'],
    ['--inspect', '--inspect'],
    ['--title="a  b"  --trace-warnings', '--title="a  b"  --trace-warnings'],
    ['', ''],
  ] as const) {
    it(`has of NODE_OPTIONS=${options} what is not js-debug's`, () =>
      assert.equal(cleanEnv({ NODE_OPTIONS: options }, 'linux').NODE_OPTIONS, left));
  }

  for (const name of ['constructor', 'toString', '__proto__']) {
    it(`has a variable that is called ${name}`, () => {
      const env = Object.fromEntries([[name, 'x']]);
      assert.deepEqual(Object.entries(cleanEnv(env, 'linux')), [[name, 'x']]);
    });
  }

  it('has of JAVA_TOOL_OPTIONS what is not a debugger’s', () => {
    const jdwp = '-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=0,quiet=y';
    const { JAVA_TOOL_OPTIONS } = cleanEnv({ JAVA_TOOL_OPTIONS: `-Xmx1g ${jdwp}` }, 'linux');
    assert.equal(JAVA_TOOL_OPTIONS, '-Xmx1g');
    assert.deepEqual(cleanEnv({ JAVA_TOOL_OPTIONS: jdwp }, 'linux'), {});
  });

  it('knows names on Windows in any case, and elsewhere as they are', () => {
    const env = {
      Claudecode: '1',
      vscode_pid: '1',
      Node_Options: '-r C:\\ms-vscode.js-debug\\bootloader.js',
    };
    assert.deepEqual(cleanEnv(env, 'win32'), {});
    assert.deepEqual(cleanEnv(env, 'linux'), env);
  });

  for (const platform of ['linux', 'win32'] as const) {
    it(`has what the user's restart.env sets (${platform})`, () => {
      const set = { GIT_ASKPASS: '/my/askpass', NODE_OPTIONS: '--inspect', OTHER: '1' };
      const env = { ...OF_A_WINDOW, ...set, ...keeping(set, platform) };
      const { DAEMON_HEALTH_KEEP_ENV, ...clean } = cleanEnv(env, platform);
      assert.deepEqual(clean, set);
      assert.equal(
        DAEMON_HEALTH_KEEP_ENV,
        'GIT_ASKPASS,NODE_OPTIONS',
        'the commands of a dispatchd have it, too',
      );
    });
  }

  it('is told of no name that would stay anyway', () =>
    assert.deepEqual(keeping({ PATH: '/bin', A: 'b' }), {}));

  it('is given by name where Windows has another case', () => {
    const env = { claudecode: '1', ...keeping({ ClaudeCode: '1' }, 'win32') };
    assert.equal(cleanEnv(env, 'win32').claudecode, '1');
  });
});
