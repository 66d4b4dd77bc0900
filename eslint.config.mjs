import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { hiddenImports, homeless, kinds, roomRules, rooms } from './eslint.rooms.mjs';
import { namesStates, stateNames } from './eslint.states.mjs';
import { sentencePlaces, textFiles } from './eslint.words.mjs';

/** What draws a text, and the one file of `src/` that may use each: a daemon's words would be links or icons. */
const doors = [
  ['ui/shared/say.ts', 'show(?:Information|Warning|Error)Message|withProgress|setStatusBarMessage'],
  ['ui/shared/choose.ts', '(?:show|create)(?:QuickPick|InputBox)'],
  ['ui/statusBar/statusItem.ts', 'createStatusBarItem'],
  ['ui/tasks/taskProvider.ts', 'Task|createTerminal'],
  ['ui/shared/markdown.ts', 'MarkdownString'],
];

/** @param own the file that the rules are for */
const oneDoor = (own) =>
  doors
    .filter(([file]) => file !== own)
    .flatMap(([file, names]) =>
      [
        'MemberExpression[property.name=',
        'MemberExpression[property.value=',
        'ObjectPattern > Property[key.name=',
        "ImportDeclaration[source.value='vscode'][importKind='value'] > ImportSpecifier[importKind='value'][imported.name=",
      ].map((of) => ({
        selector: `${of}/^(?:${names})$/]`,
        message: `A daemon’s words would be links or icons: only ${file} draws with this.`,
      })),
    );

/** A text says in its type what it may contain: who makes one by a cast says so without having looked. */
const TEXTS = '/^(?:Plain|Icon|Linked|Markdown)Text$/';
const madeElsewhere = [
  `:matches(TSAsExpression, TSTypeAssertion, TSTypePredicate) TSTypeReference > Identifier[name=${TEXTS}]`,
  'Literal[value=/\\]\\(command:/]',
  'TemplateElement[value.cooked=/\\]\\(command:/]',
].map((selector) => ({
  selector,
  message:
    'Only ui/shared/markdown.ts makes texts and links. docs/architecture.md says where a change belongs.',
}));

/** Two readers of the system differ after the first mend: the room system is the only one. */
const TOOLS = 'ps|lsof|netstat|fuser|pgrep|pkill|killall|taskkill|tasklist|wmic|ioreg|powershell|pwsh';
/** A tool alone, by its path, or with what follows it in a line for a shell. */
const TOOL = `(?:.*[/\\\\])?(?:${TOOLS})(?:[.]exe)?(?: -.*|$)`;
const systemOnly = [
  'Literal[value=/^[/]?proc(?:$|[/])/]',
  'TemplateElement[value.raw=/^[/]?proc(?:$|[/])/]',
  `Literal[value=/^${TOOL}/i]`,
  `TemplateElement[value.raw=/^${TOOL}/i]`,
  'Literal[value=/Get-(?:CimInstance|Process|NetTCPConnection)|Stop-Process/i]',
  "MemberExpression[object.name='process'][property.name='kill']",
  "MemberExpression[object.name='process'][property.value='kill']",
  "MemberExpression[object.property.name='process'][property.name='kill']",
  "VariableDeclarator[init.name='process'] > ObjectPattern > Property[key.name='kill']",
].map((selector) => ({
  selector,
  message:
    'Only the room system asks the operating system. docs/architecture.md says where a change belongs.',
}));

/** Who asks for the name of a kind must be found again for every new kind: an answer tells what it can tell. */
const KIND = `(?:${kinds.join('|')})`;
/** Names of kinds and nothing else: `dispatchd`, `^ductor`, `smithy|ductor`. Prose has other words beside them. */
const ONLY_KINDS = `^[^a-z]*${KIND}(?:[^a-z]+${KIND})*[^a-z]*$`;
/** What compares or searches text: there also a longer text with the name tests for the kind. */
const SEARCHES =
  '/^(?:includes|startsWith|endsWith|indexOf|lastIndexOf|match|matchAll|search|split|get|has)$/';
const kindNames = [
  `Literal[value=/${ONLY_KINDS}/i]`,
  `TemplateElement[value.cooked=/^${KIND}$/i]`,
  `TemplateLiteral[expressions.length=0] > TemplateElement[value.cooked=/${ONLY_KINDS}/i]`,
  `Literal[regex.pattern=/${KIND}/i]`,
  `:matches(NewExpression, CallExpression)[callee.name='RegExp'] > .arguments[value=/${KIND}/i]`,
  `CallExpression[callee.property.name=${SEARCHES}] > .arguments[value=/\\b${KIND}\\b/i]`,
  `BinaryExpression[operator=/^[!=]==?$/] > Literal[value=/\\b${KIND}\\b/i]`,
  `SwitchCase > Literal.test[value=/\\b${KIND}\\b/i]`,
  `Identifier.key[name=/^${KIND}$/i]`,
  `TSEnumMember > Identifier.id[name=/^${KIND}$/i]`,
  `ImportSpecifier > Identifier.imported[name=/^${KIND}$/]`,
  `MemberExpression[computed=false] > Identifier.property[name=/^${KIND}$/i]`,
  // The same test by its place in the list, or against the bundled daemon.
  "MemberExpression[object.name='KINDS'][computed=true]",
  "VariableDeclarator[init.name='KINDS'] > ArrayPattern",
  "BinaryExpression[operator=/^[!=]==?$/] > MemberExpression[object.name='BUNDLED'][property.name=/^(?:kind|name)$/]",
].map((selector) => ({
  selector,
  message:
    'Only the room kinds knows a kind by its name: ask for Traits, for Progress, or for a fact of Kind. docs/architecture.md says where a change belongs.',
}));
/** dispatchd is a kind and a program: the program and what both sides agree on have its name. */
const namesKinds = ['kinds', 'dispatchd', 'protocol'];

const pure = [
  "MemberExpression[object.name='Date'][property.name='now']",
  "MemberExpression[object.name='Date'][property.value='now']",
  "VariableDeclarator[init.name='Date'] > ObjectPattern",
  "CallExpression[callee.name='Date']",
  "NewExpression[callee.name='Date'][arguments.length=0]",
  "MemberExpression[object.name='Math'][property.name='random']",
].map((selector) => ({ selector, message: 'This room is pure: time and chance are parameters.' }));

/** Rooms that know neither time nor chance, and nothing of Node or a browser. */
const pureRooms = ['health', 'model', 'protocol', 'words'];
const impureGlobals = [
  ...[
    'globalThis',
    'global',
    'process',
    'performance',
    'Buffer',
    'fetch',
    'crypto',
    'console',
    'queueMicrotask',
  ],
  ...['setTimeout', 'setInterval', 'setImmediate'],
].map((name) => ({ name, message: 'This room is pure.' }));

const restricted = (...selectors) => ({ 'no-restricted-syntax': ['error', ...selectors] });

export default tseslint.config(
  { ignores: ['dist/', 'out/', '.vscode-test/', 'node_modules/', 'test/fixtures/cf91ddc/bundle/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      // A promise that nobody waits for needs `void`, which says that its failure is handled inside.
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [
        createNodeResolver({
          extensions: ['.ts', '.d.ts', '.js', '.json'],
          extensionAlias: { '.js': ['.ts', '.js'] },
        }),
      ],
    },
    rules: {
      'import-x/no-cycle': 'error',
      '@typescript-eslint/triple-slash-reference': ['error', { lib: 'never', path: 'never', types: 'never' }],
      'import-x/no-duplicates': ['error', { 'prefer-inline': true }],
    },
  },
  ...roomRules,
  {
    files: ['src/*.ts'],
    rules: restricted(...oneDoor(), ...madeElsewhere, ...systemOnly, ...kindNames, ...hiddenImports('src')),
  },
  ...Object.keys(rooms).map((name) => ({
    files: [`src/${name}/**/*.ts`],
    rules: {
      ...restricted(
        ...oneDoor(),
        ...madeElsewhere,
        ...(name === 'system' ? [] : systemOnly),
        ...(namesKinds.includes(name) ? [] : kindNames),
        ...(pureRooms.includes(name) ? pure : []),
        ...hiddenImports(name),
      ),
      ...(pureRooms.includes(name) && { 'no-restricted-globals': ['error', ...impureGlobals] }),
    },
  })),
  ...doors.map(([file]) => ({
    files: [`src/${file}`],
    rules: restricted(
      ...oneDoor(file),
      ...(file === 'ui/shared/markdown.ts' ? [] : madeElsewhere),
      ...systemOnly,
      ...kindNames,
      ...hiddenImports('ui'),
    ),
  })),
  {
    files: ['src/**/*.ts'],
    ignores: namesStates,
    plugins: { states: { rules: { names: stateNames } } },
    rules: { 'states/names': 'error' },
  },
  {
    files: ['src/**/*.ts'],
    ignores: textFiles,
    plugins: { words: { rules: { place: sentencePlaces } } },
    rules: { 'words/place': 'error' },
  },
  homeless,
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'setTimeout',
          'clearTimeout',
          'setInterval',
          'clearInterval',
          'URL',
          'fetch',
          'Buffer',
          'AbortSignal',
          'performance',
          'require',
          'module',
          'exports',
          '__dirname',
          'document',
          'window',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
