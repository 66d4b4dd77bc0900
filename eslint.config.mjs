import js from '@eslint/js';
import tseslint from 'typescript-eslint';

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
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/ui/shared/say.ts', 'src/ui/shared/choose.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...['MemberExpression[property.name=', 'ObjectPattern > Property[key.name='].map((of) => ({
          selector: `${of}/^(show(Information|Warning|Error)Message|withProgress|showQuickPick|createQuickPick|showInputBox|createInputBox|setStatusBarMessage)$/]`,
          message:
            'A daemon’s words would be links or icons: use ui/shared/say.ts, or ui/shared/choose.ts for lists.',
        })),
      ],
    },
  },
  {
    files: ['src/health/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: ['vscode', 'node:*', '../daemons/*', '../ui/*', '../restart/*'] },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'health/ is pure: time is a parameter.',
        },
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'health/ is pure: time is a parameter.',
        },
      ],
    },
  },
  {
    files: ['src/dispatchd/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['vscode', '../ui/*', '../daemons/*', '../restart/*'] }],
    },
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
