import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ESLint } from 'eslint';
import ts from 'typescript';

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
}

describe('the rails of the house', function () {
  this.timeout(FIRST_LINT_MS);

  const eslint = new ESLint({ cwd: ROOT });

  /** What the lint says of a file of this name with this text. */
  async function lint(
    file: string,
    text: string,
  ): Promise<readonly { rule: string | null; message: string }[]> {
    const [result] = await eslint.lintText(text, { filePath: join(SRC, file) });
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
      it: 'a message past the one door',
      file: 'ui/tree/tree.ts',
      text: "import * as vscode from 'vscode';\nexport const x = () => vscode.window.showInformationMessage('x');\n",
      rule: 'no-restricted-syntax',
    },
  ];
  for (const { it: what, file, text, rule, room } of bites) {
    it(`stop ${what}`, async () => {
      const found = await lint(file, text);
      const hit = found.find((each) => each.rule === rule);
      assert.ok(hit, `${rule} is silent: ${JSON.stringify(found)}`);
      if (room === undefined) return;
      assert.ok(hit.message.includes(`The room ${room} `), hit.message);
      assert.ok(hit.message.includes('docs/architecture.md'), hit.message);
    });
  }

  it('let store/ import the types of VS Code', async () => {
    const text = "import type { Memento } from 'vscode';\nexport type X = Memento;\n";
    assert.deepEqual(await lint('store/snoozes.ts', text), []);
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
    assert.deepEqual(
      files.filter((file) => !file.endsWith('.ts')),
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
      const meant = room === 'app' ? ['everything but launcher and dispatchd'] : [...may];
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
