import { existsSync, readdirSync } from 'node:fs';
import { builtinModules } from 'node:module';

/**
 * The rooms of `src/`, and who may import whom. The lint is made of this table, and docs/architecture.md explains the
 * table. A test holds that every exception is still needed. Each room may import itself and `base`.
 */

/** `node`: which modules of Node, `true` for all. `vscode`: `true`, `false`, or `'types'` for `import type` only. */
export const rooms = {
  base: { may: [], node: ['node:timers', 'node:timers/promises'], vscode: false },
  protocol: { may: [], node: [], vscode: false },
  system: { may: ['protocol'], node: true, vscode: false },
  health: { may: [], node: [], vscode: false },
  model: { may: ['health'], node: [], vscode: false },
  kinds: { may: ['protocol', 'system', 'health', 'model'], node: true, vscode: false },
  settings: { may: ['health', 'model', 'kinds'], node: [], vscode: true },
  words: { may: ['health', 'model'], node: [], vscode: false },
  check: { may: ['system', 'health', 'model', 'kinds', 'words'], node: true, vscode: false },
  store: { may: ['health', 'model', 'system'], node: true, vscode: 'types' },
  watch: {
    may: ['health', 'model', 'kinds', 'settings', 'store', 'system', 'protocol'],
    node: true,
    vscode: false,
  },
  restart: {
    may: ['health', 'model', 'kinds', 'watch', 'system', 'store', 'protocol'],
    node: true,
    vscode: false,
  },
  diagnostics: { may: ['health', 'model', 'words', 'system'], node: true, vscode: false },
  ui: {
    may: [
      'health',
      'model',
      'words',
      'kinds',
      'settings',
      'store',
      'watch',
      'restart',
      'diagnostics',
      'check',
    ],
    node: [],
    vscode: true,
  },
  app: {
    may: [
      'api.ts',
      'protocol',
      'system',
      'health',
      'model',
      'kinds',
      'settings',
      'words',
      'store',
      'watch',
      'restart',
      'diagnostics',
      'check',
      'launcher',
      'ui',
    ],
    node: true,
    vscode: true,
  },
  launcher: { may: ['protocol', 'system', 'health', 'kinds', 'words'], node: true, vscode: false },
  dispatchd: { may: ['protocol', 'system', 'check'], node: true, vscode: false },
};

/** Files outside the rooms. Everything in them may import what stands here. */
export const doors = {
  'api.ts': ['base', 'health', 'model'],
  'extension.ts': ['base', 'api.ts', 'app'],
};

/**
 * Imports that break the table today. Each names the step of the plan that ends it; the list only gets shorter.
 * `to` is a file of `src/`, a module of Node, or `vscode`.
 */
export const exceptions = [
  { file: 'ui/shared/rendered.ts', to: 'node:util', until: 'surfaces compare by themselves (step 6)' },
];

/** A file over this many lines is split by meaning. */
export const MAX_LINES = 250;

/** Files that are longer, each with the reason. The list only gets shorter. */
export const longFiles = {
  'dispatchd/processes/supervisor.ts':
    'Slots, starts and ends of commands share one state (issue of dispatchd).',
  'health/history.ts': 'Its sentence moves to words/ (step 7).',
  'launcher/main.ts': 'Its two ways to start share all but some lines; its words move to words/ (step 7).',
  'restart/controller.ts': 'What a restart, a stop and a longer wait have in common is in one class.',
};

/** The kinds of daemons: each folder of `kinds/` with a `kind.ts`. */
export const kinds = readdirSync(new URL('src/kinds', import.meta.url)).filter((name) =>
  existsSync(new URL(`src/kinds/${name}/kind.ts`, import.meta.url)),
);

const ALL = Object.keys(rooms);
const PAGE = 'docs/architecture.md says where a change belongs.';

/** Names that Node takes for its own modules also without `node:`. */
const BARE = builtinModules.filter((name) => !/^_|:/.test(name));

/** The rules of one room, and of each file in it that has exceptions. */
function blocksOf(name, files, { may, node, vscode }) {
  const excepted = exceptions.filter(({ file }) =>
    files.some((each) => each === file || file.startsWith(each)),
  );
  const own = [...new Set(excepted.map(({ file }) => file))];
  const glob = (file) => (file.endsWith('.ts') ? `src/${file}` : `src/${file}**/*.ts`);
  return [
    block(name, files.map(glob), { may, node, vscode }, []),
    ...own.map((file) =>
      block(
        name,
        [glob(file)],
        { may, node, vscode },
        excepted.filter((each) => each.file === file).map(({ to }) => to),
      ),
    ),
  ];
}

function block(name, files, { may, node, vscode }, allowed) {
  const forbidden = [...ALL, ...Object.keys(doors)].filter(
    (other) => other !== name && other !== 'base' && !may.includes(other),
  );
  const list = [...may, 'base'].join(', ');
  const kindZones = kinds.map((kind) => ({
    target: name === 'kinds' ? ['src/kinds/!(index).ts', `src/kinds/!(${kinds.join('|')})/**/*.ts`] : files,
    from: `./src/kinds/${kind}`,
    message: `Ask kinds/index.ts and kinds/kind.ts: only the folder of a kind knows that kind. ${PAGE}`,
  }));
  const zones = forbidden.map((other) => ({
    target: files,
    from: `./src/${other}`,
    except: allowed.filter((to) => to.startsWith(`${other}/`)).map((to) => `./${to.slice(other.length + 1)}`),
    message: `The room ${name} may import only: ${list}. ${PAGE}`,
  }));
  zones.push({
    target: files,
    from: '.',
    except: ['./src', './node_modules', './package.json'],
    message: `The room ${name} imports nothing from outside src/ but package.json. ${PAGE}`,
  });
  const isAllowed = (module) => allowed.includes(module);
  const paths = [
    ...BARE.map((module) => ({
      name: module,
      message: `Write node:${module}: the rules know it by that name.`,
    })),
    ...(name === 'system'
      ? []
      : [{ name: 'node:process', message: `Only the room system imports the process. ${PAGE}` }]),
    ...(vscode === true || isAllowed('vscode')
      ? []
      : [
          {
            name: 'vscode',
            message: `The room ${name} knows nothing of VS Code${vscode === 'types' ? ' but types' : ''}. ${PAGE}`,
            allowTypeImports: vscode === 'types',
          },
        ]),
  ];
  const modules = Array.isArray(node) ? [...node, ...allowed.filter((to) => to.startsWith('node:'))] : [];
  const patterns =
    node === true
      ? []
      : [
          {
            regex: `^node:(?!(?:${modules.map((module) => module.slice('node:'.length)).join('|') || '-'})$)`,
            message: `The room ${name} may import ${modules.length > 0 ? `only ${modules.join(', ')}` : 'nothing'} of Node. ${PAGE}`,
          },
          {
            regex: `^(?![.]|node:|vscode$|(?:${BARE.join('|')})$)`,
            message: `The room ${name} imports no package. ${PAGE}`,
          },
        ];
  return {
    files,
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [...zones.filter(({ from }) => !allowed.some((to) => `./src/${to}` === from)), ...kindZones],
        },
      ],
      '@typescript-eslint/no-restricted-imports': ['error', { paths, patterns }],
    },
  };
}

/**
 * What the rules above do not see, as selectors of `no-restricted-syntax`: what a room loads later from outside `src/`,
 * files that are named while the program runs, and types by `import('…')`.
 */
export function hiddenImports(name) {
  const { node, vscode } = rooms[name] ?? { node: [], vscode: true };
  const barred = [...BARE, 'node:process', ...(vscode === true ? [] : ['vscode'])]
    .join('|')
    .replaceAll('/', '[/]');
  return [
    {
      selector: `ImportExpression[source.value=${node === true ? `/^(?:${barred})$/` : '/^[^.]/'}]`,
      message: `The room ${name} may not load this later either. ${PAGE}`,
    },
    {
      selector: "ImportExpression:not([source.type='Literal'])",
      message: `An import names its file, so that the table of the rooms holds for it. ${PAGE}`,
    },
    {
      selector: 'TSImportType',
      message: `A type is imported by \`import type\`, so that the table of the rooms holds for it. ${PAGE}`,
    },
  ];
}

/** For eslint.config.mjs: one block a room, and one for each file with exceptions. */
export const roomRules = [
  ...Object.entries(rooms).flatMap(([name, room]) => blocksOf(name, [`${name}/`], room)),
  ...Object.entries(doors).flatMap(([file, may]) => blocksOf(file, [file], { may, node: [], vscode: true })),
  {
    files: ['src/**/*.ts'],
    ignores: Object.keys(longFiles).map((file) => `src/${file}`),
    rules: { 'max-lines': ['error', { max: MAX_LINES }] },
  },
];

/** For the end of eslint.config.mjs: a file that stands in no room. */
export const homeless = {
  files: ['src/**/*.ts'],
  ignores: [...ALL.map((name) => `src/${name}/**`), ...Object.keys(doors).map((file) => `src/${file}`)],
  rules: {
    'no-restricted-syntax': [
      'error',
      { selector: 'Program', message: `This file stands in no room. ${PAGE}` },
    ],
  },
};
