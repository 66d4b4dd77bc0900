import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ESLint, type Linter } from 'eslint';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import { KINDS } from '../../../src/kinds/index';

const ROOT = resolve(__dirname, '../../..');
const SRC = join(ROOT, 'src');
/** ESLint reads the types of the whole project once. */
const FIRST_LINT_MS = 120_000;

interface Room {
  readonly may: readonly string[];
  readonly node: true | readonly string[];
  readonly vscode: boolean | 'types';
}

interface Table {
  readonly rooms: Readonly<Record<string, Room>>;
  readonly doors: Readonly<Record<string, readonly string[]>>;
  readonly exceptions: readonly { readonly file: string; readonly to: string; readonly until: string }[];
  readonly longFiles: Readonly<Record<string, string>>;
  readonly MAX_LINES: number;
  readonly kinds: readonly string[];
}

describe('the rails of the house', function () {
  this.timeout(FIRST_LINT_MS);

  const eslint = new ESLint({ cwd: ROOT });
  /** A rule that needs no types is asked without them: for each text the types of the house would be read anew. */
  const withoutTypes = new ESLint({
    cwd: ROOT,
    overrideConfig: [
      { files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked },
      { files: ['**/*.ts'], rules: { 'states/names': 'off' } },
    ] as Linter.Config[],
  });
  const NEEDS_TYPES = ['@typescript-eslint/no-floating-promises', 'states/names'];

  /** What the lint says of a file of this name with this text. */
  async function lint(
    file: string,
    text: string,
    rule?: string,
  ): Promise<readonly { rule: string | null; message: string }[]> {
    const asked = rule !== undefined && NEEDS_TYPES.includes(rule) ? eslint : withoutTypes;
    const [result] = await asked.lintText(text, { filePath: join(SRC, file) });
    return result!.messages.map(({ ruleId, message }) => ({ rule: ruleId, message }));
  }

  const bites: readonly { it: string; file: string; text: string; rule: string; room?: string }[] = [
    {
      it: 'a room that imports one above it',
      file: 'health/snooze.ts',
      text: "import { say } from '../ui/shared/say';\nexport const x = say;\n",
      rule: 'import-x/no-restricted-paths',
      room: 'health',
    },
    {
      it: 'a room that loads one above it later',
      file: 'restart/plan.ts',
      text: "export const x = () => import('../ui/shared/say');\n",
      rule: 'import-x/no-restricted-paths',
      room: 'restart',
    },
    {
      it: 'a type from a room above',
      file: 'system/exec.ts',
      text: "import type { Report } from '../health/report';\nexport type X = Report;\n",
      rule: 'import-x/no-restricted-paths',
      room: 'system',
    },
    {
      it: 'an import from the door',
      file: 'watch/monitor.ts',
      text: "import { activate } from '../extension';\nexport const x = activate;\n",
      rule: 'import-x/no-restricted-paths',
      room: 'watch',
    },
    {
      it: 'dispatchd that imports the extension',
      file: 'dispatchd/log.ts',
      text: "import { duration } from '../health/verdict';\nexport const x = duration;\n",
      rule: 'import-x/no-restricted-paths',
      room: 'dispatchd',
    },
    {
      it: 'VS Code in a room that knows nothing of it',
      file: 'restart/plan.ts',
      text: "import * as vscode from 'vscode';\nexport const x = vscode.env;\n",
      rule: '@typescript-eslint/no-restricted-imports',
      room: 'restart',
    },
    {
      it: 'more than types of VS Code in store/',
      file: 'store/snoozes.ts',
      text: "import { env } from 'vscode';\nexport const x = env;\n",
      rule: '@typescript-eslint/no-restricted-imports',
      room: 'store',
    },
    {
      it: 'Node in a room that is pure',
      file: 'health/snooze.ts',
      text: "import { homedir } from 'node:os';\nexport const x = homedir;\n",
      rule: '@typescript-eslint/no-restricted-imports',
      room: 'health',
    },
    {
      it: 'a file of a surface that asks the system',
      file: 'ui/tree/tree.ts',
      text: "import { readFileSync } from 'node:fs';\nexport const x = readFileSync;\n",
      rule: '@typescript-eslint/no-restricted-imports',
      room: 'ui',
    },
    {
      it: 'a circle',
      file: 'health/policy.ts',
      text: "import { decide } from './verdict';\nexport const x = decide;\n",
      rule: 'import-x/no-cycle',
    },
    {
      it: 'a promise that nobody waits for',
      file: 'restart/plan.ts',
      text: 'const later = async () => {};\nexport function x() {\n  later();\n}\n',
      rule: '@typescript-eslint/no-floating-promises',
    },
    {
      it: 'a clock that a pure room reads itself',
      file: 'words/states.ts',
      text: 'export const x = () => Date.now();\n',
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a look into /proc from outside the room system',
      file: 'restart/plan.ts',
      text: "import { readFileSync } from 'node:fs';\nexport const x = (pid: number) => readFileSync(`/proc/${pid}/stat`);\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a tool of the system that is run from outside',
      file: 'diagnostics/evidence.ts',
      text: "import { runTool } from '../system/exec';\nexport const x = () => runTool('lsof', []);\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a signal that is sent from outside',
      file: 'dispatchd/log.ts',
      text: 'export const x = (pid: number) => process.kill(pid);\n',
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a type by its file in a room that may not import the file',
      file: 'health/snooze.ts',
      text: "export type X = typeof import('../ui/shared/say');\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a file that is named while the program runs',
      file: 'restart/plan.ts',
      text: 'export const x = (name: string) => import(`../ui/shared/${name}`);\n',
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a file by the name of its build',
      file: 'health/snooze.ts',
      text: "import { say } from '../ui/shared/say.js';\nexport const x = say;\n",
      rule: 'import-x/no-restricted-paths',
      room: 'health',
    },
    {
      it: 'a helper of the tests in the product',
      file: 'base/text.ts',
      text: "import { until } from '../../test/support/until';\nexport const x = until;\n",
      rule: 'import-x/no-restricted-paths',
      room: 'base',
    },
    {
      it: 'a package in a room that is pure',
      file: 'health/snooze.ts',
      text: "import { request } from 'undici';\nexport const x = request;\n",
      rule: '@typescript-eslint/no-restricted-imports',
      room: 'health',
    },
    {
      it: 'Node by the short name of a module',
      file: 'ui/tree/tree.ts',
      text: "import { readFileSync } from 'fs';\nexport const x = readFileSync;\n",
      rule: '@typescript-eslint/no-restricted-imports',
    },
    {
      it: 'Node that a surface loads later',
      file: 'ui/tree/tree.ts',
      text: "export const x = () => import('node:fs');\n",
      rule: 'no-restricted-syntax',
      room: 'ui',
    },
    {
      it: 'VS Code that a room loads later',
      file: 'restart/plan.ts',
      text: "export const x = () => import('vscode');\n",
      rule: 'no-restricted-syntax',
      room: 'restart',
    },
    {
      it: 'the types of Node by a comment',
      file: 'health/snooze.ts',
      text: '/// <reference types="node" />\nexport const x = 1;\n',
      rule: '@typescript-eslint/triple-slash-reference',
    },
    {
      it: 'a clock that a pure room takes without calling it',
      file: 'words/states.ts',
      text: 'export const x = (now = Date.now) => now();\n',
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a global that a pure room does not have',
      file: 'words/states.ts',
      text: 'export const x = () => performance.now();\n',
      rule: 'no-restricted-globals',
    },
    {
      it: 'a tool of the system by its path',
      file: 'restart/plan.ts',
      text: "import { execFileSync } from 'node:child_process';\nexport const x = () => execFileSync('/bin/ps');\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a tool of the system in a line for a shell',
      file: 'restart/plan.ts',
      text: "import { execSync } from 'node:child_process';\nexport const x = () => execSync(`lsof -i`);\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a signal by another name',
      file: 'dispatchd/log.ts',
      text: 'const { kill } = process;\nexport const x = kill;\n',
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a message by another way to its name',
      file: 'ui/tree/tree.ts',
      text: "import { window } from 'vscode';\nexport const x = () => window['showErrorMessage']('x');\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a file that one must scroll for long',
      file: 'health/snooze.ts',
      text: 'export {};\n'.padEnd(300, '\n'),
      rule: 'max-lines',
    },
    {
      it: 'a state that is compared by its name',
      file: 'health/snooze.ts',
      text: "import type { DaemonState } from './states';\nexport const x = (state: DaemonState) => state === 'wedged';\n",
      rule: 'states/names',
    },
    {
      it: 'a state that is compared under another name of the variable',
      file: 'health/snooze.ts',
      text: "import type { Verdict } from './verdict';\nexport const x = ({ state: now }: Verdict) => 'stopped' !== now;\n",
      rule: 'states/names',
    },
    {
      it: 'a list of states',
      file: 'health/snooze.ts',
      text: "import type { DaemonState } from './states';\nexport const x: readonly DaemonState[] = ['stuck'];\n",
      rule: 'states/names',
    },
    {
      it: 'a list of states without a type',
      file: 'health/snooze.ts',
      text: "import type { DaemonState } from './states';\nexport const x = (state: DaemonState) => (['stuck', 'paused'] as string[]).includes(state);\n",
      rule: 'states/names',
    },
    {
      it: 'a second table of states',
      file: 'health/snooze.ts',
      text: "import type { DaemonState } from './states';\nexport const x: Partial<Record<DaemonState, string>> = { offline: 'x' };\n",
      rule: 'states/names',
    },
    {
      it: 'a switch over states',
      file: 'health/snooze.ts',
      text: "import type { DaemonState } from './states';\nexport function x(state: DaemonState) {\n  switch (state) {\n    case 'paused':\n      return 1;\n    default:\n      return 2;\n  }\n}\n",
      rule: 'states/names',
    },
    {
      it: 'the row of one state',
      file: 'health/snooze.ts',
      text: "import { STATES } from './states';\nexport const x = STATES.offline;\n",
      rule: 'states/names',
    },
    {
      it: 'a question about a state by its name',
      file: 'health/snooze.ts',
      text: "import { rankOf } from './states';\nexport const x = rankOf('wedged');\n",
      rule: 'states/names',
    },
    {
      it: 'an item of the status bar past its door',
      file: 'ui/tree/tree.ts',
      text: "import * as vscode from 'vscode';\nexport const x = () => vscode.window.createStatusBarItem('x');\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a list to pick from in the door of messages',
      file: 'ui/shared/say.ts',
      text: "import * as vscode from 'vscode';\nexport const x = () => vscode.window.showQuickPick(['x']);\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a task past its door',
      file: 'ui/tree/tree.ts',
      text: "import { Task } from 'vscode';\nexport const x = Task;\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'Markdown past its door',
      file: 'ui/tree/tree.ts',
      text: "import * as vscode from 'vscode';\nexport const x = (said: string) => new vscode.MarkdownString(said);\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'Markdown by another way to its name',
      file: 'ui/tree/tree.ts',
      text: "import * as vscode from 'vscode';\nconst { MarkdownString } = vscode;\nexport const x = MarkdownString;\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a link that is written by hand',
      file: 'ui/commands/more.ts',
      text: "export const x = '[Show](command:daemonHealth.showLog)';\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a link with something put in',
      file: 'words/states.ts',
      text: 'export const x = (said: string) => `[${said}](command:x?${said})`;\n',
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a text that is called plain',
      file: 'ui/tree/tree.ts',
      text: "import type { PlainText } from '../shared/markdown';\nexport const x = (said: string) => said as PlainText;\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a list of texts that are called plain',
      file: 'ui/tree/tree.ts',
      text: "import type { PlainText } from '../shared/markdown';\nexport const x = (said: unknown) => said as readonly PlainText[];\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a test that calls a text plain',
      file: 'ui/tree/tree.ts',
      text: "import type { PlainText } from '../shared/markdown';\nexport const x = (said: string): said is PlainText => said !== '';\n",
      rule: 'no-restricted-syntax',
    },
    {
      it: 'a sentence beside the call that shows it',
      file: 'ui/commands/trust.ts',
      text: "import { say } from '../shared/say';\nexport const x = () => say('info', 'Nothing was done.' as never);\n",
      rule: 'words/place',
    },
    {
      it: 'a sentence with figures beside the call that shows it',
      file: 'ui/commands/trust.ts',
      text: "import { say } from '../shared/say';\nexport const x = (n: number) => say('info', `Stopped ${n} sessions.` as never);\n",
      rule: 'words/place',
    },
    {
      it: 'a sentence in a list to pick from',
      file: 'ui/commands/more.ts',
      text: "export const x = { label: 'Show the log', value: 1 };\n",
      rule: 'words/place',
    },
    {
      it: 'a sentence in an error that is shown',
      file: 'watch/monitor.ts',
      text: "import { UserError } from '../base/errors';\nexport const x = () => new UserError('The daemon is gone.');\n",
      rule: 'words/place',
    },
    {
      it: 'a message past the one door',
      file: 'ui/tree/tree.ts',
      text: "import * as vscode from 'vscode';\nexport const x = () => vscode.window.showInformationMessage('x');\n",
      rule: 'no-restricted-syntax',
    },
  ];
  for (const { it: what, file, text, rule, room } of bites) {
    it(`stop ${what}`, async () => {
      const found = await lint(file, text, rule);
      const hit = found.find((each) => each.rule === rule);
      assert.ok(hit, `${rule} is silent: ${JSON.stringify(found)}`);
      if (room === undefined) return;
      assert.ok(hit.message.includes(`The room ${room} `), hit.message);
      assert.ok(hit.message.includes('docs/architecture.md'), hit.message);
    });
  }

  const asked = 'export const x = (kind: string) => ';
  const names: readonly { it: string; text: string; file?: string }[] = [
    {
      it: 'a comparison',
      text: "export const x = (report: { kind: string }) => report.kind === 'smithy';\n",
    },
    { it: 'a comparison from the other side', text: `${asked}'smithy' !== kind;\n` },
    { it: 'a comparison of a longer word', text: `${asked}\`daemon.\${kind}\` === 'daemon.dispatchd';\n` },
    { it: 'a comparison in capitals', text: `${asked}kind.toUpperCase() === 'SMITHY';\n` },
    {
      it: 'a case',
      text: "export function x(kind: string) {\n  switch (kind) {\n    case 'ductor':\n      return 1;\n    default:\n      return 2;\n  }\n}\n",
    },
    {
      it: 'a case of a longer word',
      text: "export function x(row: string) {\n  switch (row) {\n    case 'session.dispatchd':\n      return 1;\n    default:\n      return 2;\n  }\n}\n",
    },
    { it: 'a template', text: `${asked}kind === \`ductor\`;\n` },
    { it: 'a template with a name put in', text: "export const x = `${'dispatchd'}`;\n" },
    { it: 'the end of a template', text: 'export const x = (row: string) => `${row}dispatchd`;\n' },
    { it: 'a raw template', text: `${asked}kind === String.raw\`smithy\`;\n` },
    { it: 'a template with an escape', text: `${asked}kind === \`smi\\x74hy\`;\n` },
    { it: 'a string with an escape', text: `${asked}kind === 'smi\\x74hy';\n` },
    { it: 'a regular expression', text: `${asked}/smithy|ductor/.test(kind);\n` },
    { it: 'a regular expression in a string', text: `${asked}new RegExp('^(smithy|other)$').test(kind);\n` },
    { it: 'an object by kinds', text: `${asked}({ smithy: 1, ductor: 2 })[kind];\n` },
    { it: 'an object by kinds in quotes', text: `${asked}({ 'smithy': 1 })[kind];\n` },
    { it: 'the keys of an object', text: `${asked}Object.keys({ smithy: 1 }).includes(kind);\n` },
    { it: 'a list', text: `${asked}['smithy', 'dispatchd'].includes(kind);\n` },
    { it: 'a list as const', text: "export const x = ['ductor'] as const;\n" },
    { it: 'a list in one string', text: `${asked}'smithy,ductor'.split(',').includes(kind);\n` },
    { it: 'a set', text: `${asked}new Set(['ductor']).has(kind);\n` },
    { it: 'the start of a word', text: `${asked}kind.startsWith('ductor');\n` },
    { it: 'the start of a longer word', text: `${asked}kind.startsWith('ductor at home');\n` },
    { it: 'the end of a word', text: `${asked}kind.endsWith('.dispatchd');\n` },
    { it: 'a word in a word', text: `${asked}kind.indexOf('a smithy of') > 0;\n` },
    {
      it: 'a part by its name',
      text: 'export const x = (parts: { smithy: number }) => parts;\n',
    },
    {
      it: 'a part that is asked for in brackets',
      text: "export const x = (parts: Record<string, number>) => parts['smithy'];\n",
    },
    {
      it: 'a part that is asked for if it is there',
      text: 'export const x = (parts?: Record<string, number>) => parts?.smithy;\n',
    },
    {
      it: 'a part that is taken out',
      text: 'export const x = ({ smithy: one }: Record<string, number>) => one;\n',
    },
    { it: 'a type', text: "export type X = 'smithy' | 'other';\n" },
    { it: 'an enum', text: 'export enum X {\n  ductor,\n}\n' },
    { it: 'a method', text: 'export class X {\n  ductor() {\n    return 1;\n  }\n}\n' },
    {
      it: 'a comparison with the bundled daemon',
      text: `import { BUNDLED } from '../kinds/index';\n${asked}kind === BUNDLED.kind;\n`,
    },
    {
      it: 'the first of the list',
      text: "import { KINDS } from '../kinds/index';\nexport const x = KINDS[0];\n",
    },
    {
      it: 'the first ones of the list',
      text: "import { KINDS } from '../kinds/index';\nconst [first] = KINDS;\nexport const x = first;\n",
    },
    {
      it: 'a kind that the list exports',
      text: "import { smithy as one } from '../kinds/index';\nexport const x = one;\n",
    },
    ...['health/snooze.ts', 'ui/tree/tree.ts', 'ui/shared/say.ts', 'launcher/main.ts', 'extension.ts'].map(
      (file) => ({ it: `a comparison in ${file}`, text: `${asked}kind === 'smithy';\n`, file }),
    ),
  ];
  for (const { it: what, text, file = 'watch/monitor.ts' } of names) {
    it(`stop the name of a kind outside kinds/: ${what}`, async () => {
      const found = await lint(file, text);
      assert.ok(
        found.some(({ message }) => message.startsWith('Only the room kinds knows a kind by its name')),
        `the lint is silent on the name of a kind: ${JSON.stringify(found)}`,
      );
    });
  }

  const kindImports: readonly { it: string; file: string; text: string }[] = [
    ...[
      ['watch/monitor.ts', '../kinds/smithy/status'],
      ['launcher/main.ts', '../kinds/smithy/status'],
      ['ui/tree/tree.ts', '../../kinds/smithy/status'],
      ['settings/settings.ts', '../kinds/ductor/kind'],
      ['app/app.ts', '../kinds/dispatchd/client'],
      ['kinds/probe.ts', './smithy/status'],
      ['kinds/read/time.ts', '../smithy/status'],
    ].map(([file = '', from = '']) => ({
      it: `${from} in ${file}`,
      file,
      text: `import * as it from '${from}';\nexport const x = it;\n`,
    })),
    {
      it: 'what a room loads later',
      file: 'watch/monitor.ts',
      text: "export const x = () => import('../kinds/smithy/connection');\n",
    },
    {
      it: 'what the room kinds loads later',
      file: 'kinds/probe.ts',
      text: "export const x = () => import('./smithy/connection');\n",
    },
    {
      it: 'a type',
      file: 'ui/tree/tree.ts',
      text: "import type { smithy } from '../../kinds/smithy/kind';\nexport type X = typeof smithy;\n",
    },
    {
      it: 'what is exported again',
      file: 'restart/plan.ts',
      text: "export * from '../kinds/ductor/policy';\n",
    },
  ];
  for (const { it: what, file, text } of kindImports) {
    it(`stop a folder of a kind outside that folder: ${what}`, async () => {
      const found = await lint(file, text);
      assert.ok(
        found.some(
          ({ rule, message }) =>
            rule === 'import-x/no-restricted-paths' &&
            message.includes('only the folder of a kind knows that kind'),
        ),
        `the lint is silent on the folder of a kind: ${JSON.stringify(found)}`,
      );
    });
  }

  const free: readonly { it: string; file: string; text: string }[] = [
    {
      it: 'a sentence that names a kind',
      file: 'restart/plan.ts',
      text: "export const x = (folder: string) => 'There is a smithy for ' + folder;\n",
    },
    {
      it: 'a sentence with something put in',
      file: 'words/states.ts',
      text: 'export const x = (name: string) => `${name} is no dispatchd: its sessions cannot be changed.`;\n',
    },
    {
      it: 'a word that has the name of a kind inside',
      file: 'health/snooze.ts',
      text: "export const x = (word: string) => word === 'conductor' || word.includes('dispatchder');\n",
    },
    {
      it: 'a comment',
      file: 'watch/monitor.ts',
      text: '/** As smithy does, and ductor. */\nexport const x = 1;\n',
    },
    { it: 'the room kinds', file: 'kinds/recognise.ts', text: `${asked}kind === 'smithy';\n` },
    {
      it: 'the folder of a kind',
      file: 'kinds/ductor/agents.ts',
      text: "export const x = { ductor: 'ductor' };\n",
    },
    {
      it: 'a kind that reads as another does',
      file: 'kinds/dispatchd/identify.ts',
      text: "import { STATUS_ROUTE } from '../smithy/policy';\nexport const x = STATUS_ROUTE;\n",
    },
    { it: 'the program dispatchd', file: 'dispatchd/log.ts', text: "export const x = 'dispatchd';\n" },
    {
      it: 'what both sides agree on',
      file: 'protocol/dispatchd.ts',
      text: "export const x = 'dispatchd';\n",
    },
    {
      it: 'the list of the kinds',
      file: 'kinds/index.ts',
      text: "import { ductor } from './ductor/kind';\nimport { smithy } from './smithy/kind';\nexport const x = [smithy, ductor];\n",
    },
  ];
  for (const { it: what, file, text } of free) {
    it(`let the name of a kind stand: ${what}`, async () => {
      assert.deepEqual(await lint(file, text), []);
    });
  }

  describe('know a kind by its folder', function () {
    /** A house of its own with a kind that nobody has named anywhere. */
    let house: string;

    before(() => {
      house = realpathSync(mkdtempSync(join(tmpdir(), 'daemon-health-kind-')));
      for (const file of ['eslint.config.mjs', 'eslint.rooms.mjs', 'eslint.states.mjs', 'eslint.words.mjs'])
        copyFileSync(join(ROOT, file), join(house, file));
      symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
      const files = {
        'package.json': '{ "name": "x", "private": true }',
        'tsconfig.json': '{ "compilerOptions": { "strict": true, "module": "esnext" }, "include": ["src"] }',
        'src/kinds/loom/kind.ts': 'export const loom = 1;\n',
        'src/health/states.ts': readFileSync(join(ROOT, 'src', 'health', 'states.ts'), 'utf8'),
        'src/kinds/loom/threads.ts': 'export const threads = 1;\n',
        'src/kinds/read/time.ts': 'export const time = 1;\n',
        'src/watch/named.ts': `${asked}kind === 'loom' || { loom: 1 }[kind];\n`,
        'src/watch/imported.ts':
          "import { threads } from '../kinds/loom/threads';\nexport const x = threads;\n",
        'src/kinds/probe.ts': "import { threads } from './loom/threads';\nexport const x = threads;\n",
        'src/kinds/shared/deep.ts': "import { threads } from '../loom/threads';\nexport const x = threads;\n",
        'src/watch/read.ts': `import { time } from '../kinds/read/time';\n${asked}kind === 'read' && time;\n`,
      };
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(dirname(join(house, file)), { recursive: true });
        writeFileSync(join(house, file), text);
      }
    });

    after(() => rmSync(house, { recursive: true, force: true }));

    it('so that the lint holds for a new one', () => {
      // A process of its own: one process reads the types of one project.
      const bin = join(ROOT, 'node_modules', 'eslint', 'bin', 'eslint.js');
      const { stdout, stderr } = spawnSync(process.execPath, [bin, '--format=json', 'src'], {
        cwd: house,
        encoding: 'utf8',
      });
      assert.ok(stdout.startsWith('['), stderr);
      const results = JSON.parse(stdout) as ESLint.LintResult[];
      const found = results.map(({ filePath, messages }) => [
        relative(house, filePath).replaceAll('\\', '/'),
        [...new Set(messages.map(({ ruleId }) => ruleId))],
      ]);
      assert.deepEqual(Object.fromEntries(found), {
        'src/health/states.ts': [],
        'src/kinds/loom/kind.ts': [],
        'src/kinds/loom/threads.ts': [],
        'src/kinds/probe.ts': ['import-x/no-restricted-paths'],
        'src/kinds/read/time.ts': [],
        'src/kinds/shared/deep.ts': ['import-x/no-restricted-paths'],
        'src/watch/imported.ts': ['import-x/no-restricted-paths'],
        'src/watch/named.ts': ['no-restricted-syntax'],
        'src/watch/read.ts': [],
      });
    });
  });

  it('let store/ import the types of VS Code', async () => {
    const text = "import type { Memento } from 'vscode';\nexport type X = Memento;\n";
    assert.deepEqual(await lint('store/snoozes.ts', text), []);
  });

  it('let what is no state of a daemon have the same word', async () => {
    const text =
      "export const x = (kind: 'starting' | 'stale') => kind === 'starting';\nexport const y = { paused: 1 };\n";
    assert.deepEqual(await lint('health/snooze.ts', text, 'states/names'), []);
  });

  it('let the rules and the words name the states', async () => {
    const text =
      "import type { DaemonState } from './states';\nexport const x = (state: DaemonState) => state === 'wedged';\n";
    assert.deepEqual(await lint('health/verdict.ts', text, 'states/names'), []);
    assert.deepEqual(await lint('words/states.ts', text.replace('./', '../health/'), 'states/names'), []);
  });

  for (const file of ['cellar/wine.ts', 'wine.ts']) {
    it(`stop src/${file}, which stands in no room`, async () => {
      const { rules } = (await eslint.calculateConfigForFile(join(SRC, file))) as {
        rules: Record<string, readonly unknown[]>;
      };
      assert.match(JSON.stringify(rules['no-restricted-syntax']), /"Program".*stands in no room/);
    });
  }

  it('hold for every file of src/, and no file is taken out by a comment', () => {
    const files = readdirSync(SRC, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'tsconfig.json')
      .map((entry) => join(entry.parentPath, entry.name));
    // Data imports nothing.
    assert.deepEqual(
      files.filter((file) => !file.endsWith('.ts') && !file.endsWith('.json')),
      [],
    );
    const comments = files.flatMap((file) => readFileSync(file, 'utf8').match(/eslint-disable.*/g) ?? []);
    assert.deepEqual(
      comments.filter((comment) => comment !== 'eslint-disable-next-line no-control-regex'),
      [],
    );
  });

  it('stop a global of Node in health/ at the compiler', () => {
    const file = join(SRC, 'health', 'snooze.ts');
    const { options } = ts.getParsedCommandLineOfConfigFile(
      join(SRC, 'health', 'tsconfig.json'),
      {},
      {
        ...ts.sys,
        onUnRecoverableConfigFileDiagnostic: ({ messageText }) =>
          assert.fail(ts.flattenDiagnosticMessageText(messageText, ' ')),
      },
    )!;
    const host = ts.createCompilerHost(options);
    const readFile = host.readFile.bind(host);
    host.readFile = (name) => (resolve(name) === file ? 'export const x = process.pid;\n' : readFile(name));
    const problems = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host));
    assert.match(
      problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')).join('\n'),
      /Cannot find name 'process'/,
    );
  });

  it('stop an export that nobody imports', () => {
    const folder = mkdtempSync(join(tmpdir(), 'daemon-health-knip-'));
    try {
      copyFileSync(join(ROOT, 'knip.json'), join(folder, 'knip.json'));
      writeFileSync(
        join(folder, 'package.json'),
        JSON.stringify({ name: 'x', version: '1.0.0', private: true }),
      );
      symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
      mkdirSync(join(folder, 'src'));
      writeFileSync(join(folder, 'src', 'extension.ts'), "import { used } from './part';\nused();\n");
      writeFileSync(
        join(folder, 'src', 'part.ts'),
        'export function used() {}\nexport function unused() {}\n',
      );
      const knip = join(ROOT, 'node_modules', 'knip', 'bin', 'knip.js');
      const { status, stdout } = spawnSync(process.execPath, [knip, '--include', 'exports'], {
        cwd: folder,
        encoding: 'utf8',
      });
      assert.match(stdout, /unused\s+function\s+src\/part\.ts/);
      assert.doesNotMatch(stdout, /^used/m);
      assert.equal(status, 1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('are part of npm test', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Readonly<Record<string, string>>;
    };
    for (const part of ['tsc --noEmit', 'tsc --noEmit -p src/health', 'eslint', 'knip', 'prettier --check']) {
      assert.ok(scripts.check!.includes(part), part);
    }
    assert.match(readFileSync(join(ROOT, 'scripts', 'test.mjs'), 'utf8'), /'check'/);
  });
});

describe('the table of the rooms', () => {
  let table: Table;

  before(async () => {
    table = (await import(pathToFileURL(join(ROOT, 'eslint.rooms.mjs')).href)) as Table;
  });

  it('has a row for every folder of src/, and no other', () => {
    const folders = readdirSync(SRC, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = folders.map(({ name }) => name);
    assert.deepEqual(names.sort(), Object.keys(table.rooms).sort());
  });

  it('knows a kind by its folder: each has kind.ts and connection.ts, and stands in the list', () => {
    const has = (file: string) =>
      readdirSync(join(SRC, 'kinds'), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && existsSync(join(SRC, 'kinds', entry.name, file)))
        .map(({ name }) => name)
        .sort();
    assert.deepEqual([...table.kinds].sort(), has('kind.ts'));
    assert.deepEqual(has('connection.ts'), has('kind.ts'), 'esbuild.js makes a file of each connection.ts');
    const ids = KINDS.map(({ id }) => id).sort();
    assert.deepEqual(
      ids,
      has('kind.ts'),
      'KINDS of src/kinds/index.ts has a line for each folder, named as its id',
    );
  });

  it('is told in full by docs/architecture.md', () => {
    const page = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8');
    for (const [room, { may, node, vscode }] of Object.entries(table.rooms)) {
      const row = page.split('\n').find((line) => line.startsWith(`| ${room} |`));
      assert.ok(row, `no row of ${room}`);
      const [, , cell = '', ofVSCode = '', ofNode = ''] = row.split('|').map((each) => each.trim());
      const told = cell
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '–');
      const meant = room === 'app' ? ['everything but dispatchd'] : [...may];
      assert.deepEqual(told.sort(), meant.sort(), room);
      assert.equal(ofVSCode, vscode === 'types' ? 'types only' : vscode ? 'yes' : 'no', room);
      assert.match(ofNode, node === true ? /^yes$/ : node.length > 0 ? /only$/ : /^no\b/, room);
    }
    for (const [door, may] of Object.entries(table.doors)) {
      assert.ok(
        page.includes(`\`${door}\` may import ${may.map((each) => `\`${each}\``).join(', ')}.`),
        door,
      );
    }
  });

  it('allows every arrow in the picture of the rooms', () => {
    const page = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8');
    const [picture = ''] = /```mermaid\nflowchart[^]*?```/.exec(page) ?? [];
    const names = (side: string) => side.split('&').map((each) => /\w+/.exec(each)?.[0] ?? '');
    const arrows = [...picture.matchAll(/^ +(.+?) --> (.+)$/gm)].flatMap(([, from = '', to = '']) =>
      names(from).flatMap((one) => names(to).map((other) => [one, other] as const)),
    );
    assert.ok(arrows.length > 20, picture);
    for (const [from, to] of arrows) {
      const may = table.rooms[from]?.may ?? table.doors[`${from}.ts`] ?? [];
      assert.ok(may.includes(to), `${from} --> ${to}`);
    }
  });

  it('has no exception that is not needed any more, and a step for each', () => {
    const imports = importsOfSource();
    for (const { file, to, until } of table.exceptions) {
      assert.ok(imports.get(file)?.includes(to), `${file} does not import ${to} any more`);
      assert.match(until, /\(step \d+\)/);
    }
  });

  it('has a reason for each long file, and none for a file that is short by now', () => {
    for (const [file, why] of Object.entries(table.longFiles)) {
      const lines = readFileSync(join(SRC, file), 'utf8').trimEnd().split('\n').length;
      assert.ok(lines > table.MAX_LINES, `${file} has ${lines} lines`);
      assert.match(why, /^[A-Z].+\.$/);
    }
  });

  it('describes a house without a circle, types included', () => {
    const imports = importsOfSource();
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
        return;
      }
      if (done.has(file)) return;
      for (const next of imports.get(file) ?? []) if (imports.has(next)) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of imports.keys()) visit(file, []);
    assert.deepEqual(circles, []);
  });
});

/** What each file of `src/` imports at once: files of `src/`, and modules by their names. Later loads are no circle. */
function importsOfSource(): ReadonlyMap<string, readonly string[]> {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'src'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => file.slice('src/'.length));
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(SRC, file), 'utf8'), true, false);
      const text = readFileSync(join(SRC, file), 'utf8');
      const names = importedFiles
        .filter(({ pos }) => !/import\(\s*$/.test(text.slice(Math.max(0, pos - 12), pos)))
        .map(({ fileName }) => {
          if (!fileName.startsWith('.')) return fileName;
          const path = relative(SRC, resolve(SRC, dirname(file), fileName)).replaceAll('\\', '/');
          return known.has(`${path}.ts`) ? `${path}.ts` : path;
        });
      return [file, names];
    }),
  );
}
