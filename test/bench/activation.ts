import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../../scripts/browser.mjs';
import { vscodeVersion } from '../../scripts/installVSCode.mjs';
import { plainWindow } from '../../scripts/plainWindow.mjs';
import { startVSCodeServer, type VSCodeServer } from '../../scripts/vscodeServer.mjs';
import type { Activation, ActivationPlan } from './activationInHost';
import { ROUNDS, median } from './measure';
import { benchDir, extensionDir } from './places';
import { atMost, ms, times, type Part } from './report';

const OURS = 'daemon-health.daemon-health';
const EMPTY = ['first', 'before', 'after'] as const;
const FOLLOW_UP_MS = 1_000;
const WINDOW_DEADLINE_MS = 90_000;

/** How many times an empty extension's CPU. */
const LIMIT = 4;

interface ActivationCost {
  /** Medians of five windows. */
  readonly emptyCpuMs: number;
  readonly cpuMs: number;
  /** CPU over that of the empty extensions of the same window. */
  readonly ratioToEmpty: number;
  /** The very first activation in a window pays for VS Code's own first time. */
  readonly ratioToFirstEmpty: number;
  /** What comes after activation, beyond what comes after an empty one: the first polls and the load of undici. */
  readonly followUpCpuMs: number;
  readonly windows: readonly { emptyCpuMs: number; firstEmptyCpuMs: number; cpuMs: number }[];
}

/**
 * CPU of the extension host for one activation, in a real VS Code, against empty extensions in the same window.
 *
 * The extension is the one that ships but for its activation event, so that it waits until it is activated by
 * `Extension.activate()`, as an empty one is before it and another one after it, each time when the host has come to
 * rest. One more empty extension goes first and is not counted: it pays for what only the first activation in a
 * window costs, which would flatter us. Every window has an extension host of its own.
 */
export async function measureActivation(): Promise<Part> {
  const dir = join(benchDir, 'activation');
  mkdirSync(dir, { recursive: true });
  emptyExtension(dir, 'tests');
  const serverDataDir = mkdtempSync(join(tmpdir(), 'daemon-health-bench-'));
  // What lies in this folder is installed.
  const installed = join(serverDataDir, 'extensions');
  copyOfOurs(join(installed, `${OURS}-1.0.0`));
  for (const name of EMPTY) emptyExtension(join(installed, `${idOf(name)}-1.0.0`), name);
  let server: VSCodeServer | undefined;
  let browser: Browser | undefined;
  try {
    server = await startVSCodeServer({
      serverDataDir,
      smokeTestDriver: true,
      env: { EXTENSIONS_GALLERY: '{}' },
      machineSettings: { ...plainWindow, 'telemetry.telemetryLevel': 'off' },
    });
    browser = await launchBrowser();
    const windows: Activation[][] = [];
    while (windows.length < ROUNDS) windows.push(await measureWindow(server, browser));
    return partOf(summarise(windows));
  } finally {
    await browser?.close();
    await server?.stop();
    rmSync(serverDataDir, { recursive: true, force: true });
  }
}

function partOf(cost: ActivationCost): Part {
  return {
    figures: cost,
    tables: [
      {
        title: `CPU of activation in VS Code ${vscodeVersion()}`,
        method: [
          `Extension.activate() in a real extension host, ${cost.windows.length} windows; empty extensions before and after ours`,
          'in the same window, and one before all of them that pays for the first time and is not counted.',
        ],
        head: ['', 'CPU', '× empty'],
        rows: [
          ['empty extension', ms(cost.emptyCpuMs), times(1)],
          ['Daemon Health', ms(cost.cpuMs), times(cost.ratioToEmpty)],
          ['Daemon Health, against the first empty one', '', times(cost.ratioToFirstEmpty)],
          ['… and in the time after: first polls, undici', ms(cost.followUpCpuMs), ''],
        ],
      },
    ],
    targets: [atMost("CPU of activation, against an empty extension's", LIMIT, cost.ratioToEmpty, times)],
  };
}

function summarise(windows: readonly (readonly Activation[])[]): ActivationCost {
  const figures = windows.map((activations) => {
    const of = (id: string) => activations.find((activation) => activation.id === id)!;
    const cpuOf = (id: string) => of(id).activation.cpuMs;
    const empty = [idOf('before'), idOf('after')];
    return {
      cpuMs: cpuOf(OURS),
      emptyCpuMs: mean(empty.map(cpuOf)),
      firstEmptyCpuMs: cpuOf(idOf('first')),
      followUpCpuMs: of(OURS).followUp.cpuMs - mean(empty.map((id) => of(id).followUp.cpuMs)),
    };
  });
  const medianOf = (value: (figure: (typeof figures)[number]) => number) => median(figures.map(value));
  return {
    cpuMs: medianOf(({ cpuMs }) => cpuMs),
    emptyCpuMs: medianOf(({ emptyCpuMs }) => emptyCpuMs),
    ratioToEmpty: medianOf(({ cpuMs, emptyCpuMs }) => cpuMs / emptyCpuMs),
    ratioToFirstEmpty: medianOf(({ cpuMs, firstEmptyCpuMs }) => cpuMs / firstEmptyCpuMs),
    followUpCpuMs: medianOf(({ followUpCpuMs }) => followUpCpuMs),
    windows: figures,
  };
}

async function measureWindow(server: VSCodeServer, browser: Browser): Promise<Activation[]> {
  const resultFile = join(benchDir, 'activation', 'result.json');
  rmSync(resultFile, { force: true });
  const plan: ActivationPlan = {
    order: [idOf('first'), idOf('before'), OURS, idOf('after')],
    resultFile,
    followUpMs: FOLLOW_UP_MS,
  };
  writeFileSync(join(benchDir, 'activationPlan.json'), JSON.stringify(plan));

  const context = await browser.newContext();
  const errors: string[] = [];
  try {
    const page = await context.newPage();
    await new Promise<void>((resolve, reject) => {
      const fail = (what: string) => reject(new Error(`${what}\n${errors.join('\n')}`));
      const timer = setTimeout(() => fail('A window did not end in time.'), WINDOW_DEADLINE_MS);
      void page.exposeFunction('codeAutomationLog', (type: string, args: unknown) => {
        if (type === 'error') errors.push(JSON.stringify(args));
      });
      void page.exposeFunction('codeAutomationExit', (code: number) => {
        clearTimeout(timer);
        if (code === 0) resolve();
        else fail('The measurement in VS Code failed.');
      });
      page.goto(windowUrl(server)).catch(reject);
    });
  } finally {
    await context.close();
  }
  return JSON.parse(readFileSync(resultFile, 'utf8')) as Activation[];
}

function windowUrl({ url, port }: VSCodeServer): string {
  const remote = (path: string) => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    // VS Code takes tests only from where an extension is developed; what is measured is installed.
    ['extensionDevelopmentPath', remote(join(benchDir, 'activation'))],
    ['extensionTestsPath', remote(join(benchDir, 'activationInHost.cjs'))],
    ['skipWelcome', 'true'],
  ];
  return `${url}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/** The extension as it ships, but activated by nothing that happens by itself. */
function copyOfOurs(dir: string): void {
  cpSync(extensionDir, dir, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as object;
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ ...manifest, activationEvents: [] }));
}

function emptyExtension(dir: string, name: string): void {
  mkdirSync(dir, { recursive: true });
  const manifest = {
    name: `empty-${name}`,
    publisher: 'bench',
    version: '1.0.0',
    engines: { vscode: '^1.100.0' },
    extensionKind: ['workspace'],
    activationEvents: [],
    main: './extension.js',
  };
  writeFileSync(join(dir, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(dir, 'extension.js'), 'exports.activate = () => {};\n');
}

function idOf(name: (typeof EMPTY)[number]): string {
  return `bench.empty-${name}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
