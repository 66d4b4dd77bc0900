import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';
import { roomRules } from './eslint.rooms.mjs';

/** A daemon's words would be links or icons: there is one door for messages, and one for lists. */
const oneDoor = ['MemberExpression[property.name=', 'ObjectPattern > Property[key.name='].map((of) => ({
  selector: `${of}/^(show(Information|Warning|Error)Message|withProgress|showQuickPick|createQuickPick|showInputBox|createInputBox|setStatusBarMessage)$/]`,
  message:
    'A daemon’s words would be links or icons: use ui/shared/say.ts, or ui/shared/choose.ts for lists.',
}));

/** Two readers of the system differ after the first mend: the room system is the only one. */
const systemOnly = [
  'Literal[value=/^[/]proc(?:$|[/])/]',
  'TemplateElement[value.raw=/^[/]proc[/]/]',
  'Literal[value=/^(?:ps|lsof|netstat|taskkill|tasklist|wmic|ioreg|powershell|pwsh)(?:[.]exe)?$/i]',
  "MemberExpression[object.name='process'][property.name='kill']",
].map((selector) => ({
  selector,
  message:
    'Only the room system asks the operating system. docs/architecture.md says where a change belongs.',
}));

const pure = [
  "CallExpression[callee.object.name='Date'][callee.property.name='now']",
  "NewExpression[callee.name='Date'][arguments.length=0]",
].map((selector) => ({ selector, message: 'This room is pure: time is a parameter.' }));

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
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.d.ts', '.js', '.json'] })],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-duplicates': ['error', { 'prefer-inline': true }],
    },
  },
  ...roomRules,
  { files: ['src/**/*.ts'], rules: restricted(...oneDoor, ...systemOnly) },
  { files: ['src/system/**/*.ts'], rules: restricted(...oneDoor) },
  { files: ['src/ui/shared/{say,choose}.ts'], rules: restricted(...systemOnly) },
  {
    files: ['src/health/**/*.ts', 'src/words/**/*.ts'],
    rules: restricted(...oneDoor, ...systemOnly, ...pure),
  },
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
