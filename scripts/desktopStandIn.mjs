#!/usr/bin/env node
/**
 * Takes the place of a desktop VS Code in tests: understands the command line that `@vscode/test-electron` gives one,
 * runs the tests in the extension host of a VS Code server with a headless browser as its window, and ends with 0 when
 * the test runner's `run()` resolved and with 1 when it rejected.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from './browser.mjs';
import { startVSCodeServer } from './vscodeServer.mjs';

const runDeadlineMs = Number(process.env.DAEMON_HEALTH_HOST_DEADLINE_MS ?? 300_000);

/**
 * The window's log holds the tests' output and much else. The test runner puts this before each of its lines when it
 * finds it in its environment, and only those are shown.
 */
const logMark = '@tests@';
const otherLines = [];
let testsHaveSpoken = false;

const options = parse(process.argv.slice(2));
const serverDataDir = mkdtempSync(join(tmpdir(), 'daemon-health-host-'));
process.on('exit', () => rmSync(serverDataDir, { recursive: true, force: true }));
try {
  process.exitCode = await runTests();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
if (process.exitCode !== 0 && !testsHaveSpoken) {
  console.error(`No test ran. The window's log ends with:\n${otherLines.slice(-40).join('\n')}`);
}

async function runTests() {
  const server = await startVSCodeServer({
    serverDataDir,
    smokeTestDriver: true,
    env: { DAEMON_HEALTH_LOG_MARK: logMark },
  });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    return await new Promise((resolve, reject) => {
      setTimeout(
        () => reject(new Error(`The tests did not end within ${runDeadlineMs / 1000} s.`)),
        runDeadlineMs,
      ).unref();
      page.on('crash', () => reject(new Error('The browser page crashed.')));
      void page.exposeFunction('codeAutomationLog', (type, args) => log(type, args.map(String).join(' ')));
      void page.exposeFunction('codeAutomationExit', resolve);
      page.goto(windowUrl(server), { timeout: 60_000 }).catch(reject);
    });
  } finally {
    await browser.close();
    await server.stop();
  }
}

function log(type, line) {
  if (!line.startsWith(logMark)) {
    otherLines.push(`${type}: ${line}`);
    return;
  }
  testsHaveSpoken = true;
  console.log(line.slice(logMark.length));
}

function windowUrl({ url, port }) {
  const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(options.extensionDevelopmentPath)],
    ['extensionTestsPath', remote(options.extensionTestsPath)],
    ['skipWelcome', 'true'],
  ];
  const folder = options.folder ? `&folder=${encodeURIComponent(options.folder)}` : '';
  return `${url}${folder}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

function parse(args) {
  const valueOf = (name) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const extensionDevelopmentPath = valueOf('extensionDevelopmentPath');
  const extensionTestsPath = valueOf('extensionTestsPath');
  if (!extensionDevelopmentPath || !extensionTestsPath) {
    console.error('--extensionDevelopmentPath=… and --extensionTestsPath=… are needed.');
    process.exit(2);
  }
  return { extensionDevelopmentPath, extensionTestsPath, folder: args.find((arg) => !arg.startsWith('-')) };
}
