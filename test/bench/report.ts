import type { ActivationCost } from './activation';
import { DAEMONS, INTERVAL_MS, SESSIONS, type ManyDaemonsCost } from './manyDaemons';
import { ROUNDS } from './measure';
import type { PollCost } from './pollCost';
import { LOADED_AT_START, START_LIMIT_KB, type BuiltFile } from './sizes';

export interface Figures {
  readonly machine: { readonly cores: number; readonly platform: string; readonly vscode: string };
  readonly sizes: readonly BuiltFile[];
  readonly pollCost: readonly PollCost[];
  readonly manyDaemons: readonly ManyDaemonsCost[];
  readonly activation: ActivationCost;
}

export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly measured: string;
  readonly isMet: boolean;
  /** Counted, so the same on every machine; the others are times, which are shown and never fail the run. */
  readonly isCounted: boolean;
}

const BEYOND_REQUEST_MS = 2;
const SHARE_OF_CORE = 0.02;
const ACTIVATION_RATIO = 4;

/** What was to be reached, and whether it was. */
export function targetsOf({ sizes, pollCost, manyDaemons, activation }: Figures): readonly Target[] {
  const time = (what: string, wanted: string, measured: string, isMet: boolean): Target => ({
    what,
    wanted,
    measured,
    isMet,
    isCounted: false,
  });
  const startKb = sizes
    .filter(({ file }) => LOADED_AT_START.includes(file))
    .reduce((sum, { kb }) => sum + kb, 0);
  const writes = pollCost.filter(isOurs).reduce((total, { writesPerPoll }) => total + writesPerPoll, 0);
  return [
    ...pollCost
      .filter((cost) => isOurs(cost) && cost.isUnchanged && cost.sessions > 0)
      .map(({ name, what, beyondRequestMs }) =>
        time(
          `CPU of a poll beyond the HTTP exchange, ${what} (${name})`,
          `under ${BEYOND_REQUEST_MS} ms`,
          `${beyondRequestMs.toFixed(2)} ms`,
          beyondRequestMs < BEYOND_REQUEST_MS,
        ),
      ),
    ...manyDaemons
      .filter(isOurs)
      .map(({ name, shareOfCore }) =>
        time(
          `${DAEMONS} daemons every ${INTERVAL_MS / 1_000} s (${name})`,
          `under ${percent(SHARE_OF_CORE)} of a core`,
          percent(shareOfCore),
          shareOfCore < SHARE_OF_CORE,
        ),
      ),
    time(
      'CPU of activation',
      `under ${ACTIVATION_RATIO} × an empty extension's`,
      times(activation.ratioToEmpty),
      activation.ratioToEmpty < ACTIVATION_RATIO,
    ),
    {
      what: 'writes to the window while nothing changes',
      wanted: '0',
      measured: `${writes}`,
      isMet: writes === 0,
      isCounted: true,
    },
    {
      what: `size of what is loaded at the start (${LOADED_AT_START.join(', ')})`,
      wanted: `under ${START_LIMIT_KB} KB`,
      measured: `${startKb.toFixed(1)} KB`,
      isMet: startKb < START_LIMIT_KB,
      isCounted: true,
    },
  ];
}

export function printReport(figures: Figures, targets: readonly Target[]): void {
  const { machine, sizes, pollCost, manyDaemons, activation } = figures;
  for (const what of new Set(pollCost.map((cost) => cost.what))) {
    heading(
      `CPU of one poll, nothing new to show: ${what}`,
      'The built extension, activated as it ships on a VS Code API that costs nothing and counts what reaches the',
      "window; polls back to back, each drawn, on the extension host's Node.js, each watcher and the daemon in a process",
      'of its own.',
    );
    table(
      ['', 'CPU', '× request', '× naive', 'beyond request', 'UI writes', 'rows drawn'],
      pollCost
        .filter((cost) => cost.what === what)
        .map((cost) => [
          cost.name,
          `${cost.cpuMs.toFixed(3)} ms`,
          times(cost.ratioToRequest),
          times(cost.ratioToNaive),
          cost.kind === 'request' ? '' : `${cost.beyondRequestMs.toFixed(3)} ms`,
          ...(cost.kind === 'extension' || cost.kind === 'naive'
            ? [`${cost.writesPerPoll}`, `${cost.rowsPerPoll}`]
            : ['', '']),
        ]),
    );
  }

  heading(
    `${DAEMONS} daemons every ${INTERVAL_MS / 1_000} s, ${SESSIONS} sessions each`,
    `Measured, not computed: real timers, ${ROUNDS} rounds of ${INTERVAL_MS / 1_000} s, all watchers side by side.`,
  );
  table(
    ['', 'of a core', '× request', '× naive', 'polls/s', 'UI writes/s'],
    manyDaemons.map((cost) => [
      cost.name,
      percent(cost.shareOfCore),
      times(cost.ratioToRequest),
      times(cost.ratioToNaive),
      cost.pollsPerSecond.toFixed(1),
      cost.kind === 'request' ? '' : cost.writesPerSecond.toFixed(1),
    ]),
  );

  heading(
    `CPU of activation in VS Code ${machine.vscode}`,
    `Extension.activate() in a real extension host, ${activation.windows.length} windows; empty extensions before and after ours`,
    'in the same window, and one before all of them that pays for the first time and is not counted.',
  );
  table(
    ['', 'CPU', '× empty'],
    [
      ['empty extension', `${activation.emptyCpuMs.toFixed(2)} ms`, times(1)],
      ['Daemon Health', `${activation.cpuMs.toFixed(2)} ms`, times(activation.ratioToEmpty)],
      ['Daemon Health, against the first empty one', '', times(activation.ratioToFirstEmpty)],
      ['… and in the time after: first polls, undici', `${activation.followUpCpuMs.toFixed(2)} ms`, ''],
    ],
  );

  heading('Files, minified');
  table(
    ['', 'size'],
    sizes.map(({ file, kb }) => [file, `${kb.toFixed(1)} KB`]),
  );

  heading(
    'Targets',
    `Medians of ${ROUNDS}, on ${machine.cores} cores of ${machine.platform} that may be doing other work: the ratios are what counts.`,
  );
  table(
    ['', 'wanted', 'measured', ''],
    targets.map(({ what, wanted, measured, isMet }) => [what, wanted, measured, isMet ? 'met' : 'MISSED']),
  );
}

function isOurs({ kind }: { kind: string }): boolean {
  return kind === 'extension';
}

function times(ratio: number): string {
  return `${ratio.toFixed(ratio < 10 ? 2 : 1)} ×`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function heading(title: string, ...method: readonly string[]): void {
  console.log(`\n== ${title} ==`);
  for (const line of method) console.log(line);
}

/** First column to the left, figures to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  for (const row of all) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    console.log(`  ${cells.join('   ')}`.trimEnd());
  }
}
