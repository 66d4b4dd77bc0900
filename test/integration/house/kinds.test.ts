import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUNDLED, KINDS, kindOf } from '../../../src/kinds/index';

const ROOT = resolve(__dirname, '../../..');

interface Manifest {
  readonly contributes: {
    readonly menus: Readonly<Record<string, readonly { readonly command: string; readonly when: string }[]>>;
    readonly configurationDefaults: {
      readonly 'remote.portsAttributes': Readonly<Record<string, { readonly label: string }>>;
    };
    readonly configuration: { readonly properties: Readonly<Record<string, Setting>> };
  };
}

interface Setting {
  readonly default: unknown;
  readonly markdownDescription: string;
  readonly items: {
    readonly properties: {
      readonly kind: { readonly enum: readonly string[]; readonly enumDescriptions: readonly string[] };
    };
  };
}

interface Entry {
  readonly name: string;
  readonly url: string;
  readonly kind?: string;
}

/** The parts of a row's context that tell no kind: the row, its phase, what became of a session, no address. */
const NO_KIND_WORDS = [
  ...['daemon', 'up', 'down', 'gone', 'noAddress'],
  ...['session', 'running', 'ended', 'interrupted', 'named', 'foreground'],
];

describe('the list of the kinds', () => {
  const { contributes } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n');
  const setting = (name: string) => contributes.configuration.properties[`daemonHealth.${name}`]!;
  const { enum: named, enumDescriptions } = setting('daemons').items.properties.kind;
  const defaults = setting('daemons').default as readonly Entry[];
  const allPorts = sorted(KINDS.flatMap(({ ports }) => ports));

  describe('and the manifest', () => {
    const place = 'package.json, daemonHealth.daemons, items.properties.kind';

    it('agree on the kinds that a user may name, in one order', () => {
      assert.deepEqual(
        named,
        KINDS.map(({ id }) => id),
        `${place}.enum: add the id of each kind of KINDS (src/kinds/index.ts), in that order, and no other`,
      );
    });

    it('tell what each of them is', () => {
      const where = `${place}.enumDescriptions`;
      assert.equal(enumDescriptions.length, KINDS.length, `${where}: add one description for each kind`);
      assert.equal(
        new Set(enumDescriptions).size,
        KINDS.length,
        `${where}: give each kind a description of its own`,
      );
      KINDS.forEach(({ id, ports }, index) => {
        const description = enumDescriptions[index]!;
        assert.match(description, /^\S.*\.$/, `${where}[${index}]: write a sentence that says what ${id} is`);
        const others = portsIn(description).filter((port) => !ports.includes(port));
        assert.deepEqual(others, [], `${where}[${index}]: name ports of ${id} only, which kind.ts has`);
      });
    });

    for (const { name, url, kind } of defaults) {
      it(`agree on the default entry ${name}`, () => {
        const where = `package.json, daemonHealth.daemons, default "${name}"`;
        const known = kindOf(kind);
        assert.ok(known, `${where}: set "kind" to the id of a kind of KINDS (src/kinds/index.ts)`);
        const port = Number(new URL(url).port);
        assert.equal(port, known.ports[0], `${where}: set "url" to the first port of kinds/${kind}/kind.ts`);
      });
    }

    it('agree on the bundled daemon', () => {
      assert.deepEqual(
        defaults.find(({ name }) => name === BUNDLED.name),
        BUNDLED,
        'package.json, daemonHealth.daemons, default: the entry of the bundled daemon is BUNDLED of src/kinds/index.ts',
      );
    });

    it('agree on the ports that are looked at', () => {
      assert.deepEqual(
        sorted(portsIn(setting('discovery').markdownDescription)),
        allPorts,
        `package.json, daemonHealth.discovery, markdownDescription: name ${inWords(allPorts)}, the ports of the kinds`,
      );
    });

    it('agree on the port that an editor which forwards ports names', () => {
      const labels = contributes.configurationDefaults['remote.portsAttributes'];
      assert.deepEqual(
        Object.entries(labels).map(([port, { label }]) => `${port} ${label}`),
        KINDS.flatMap(({ id, ports: [first] }) => (first === undefined ? [] : `${first} ${id}`)).sort(),
        'package.json, configurationDefaults, remote.portsAttributes: add the first port of each kind, labelled with its id',
      );
    });
  });

  describe('and the menus', () => {
    const clauses = Object.values(contributes.menus)
      .flat()
      .flatMap(({ command, when }) => {
        const [, pattern, value] = /viewItem =~ \/(.*?)\/(?= |$)|viewItem == (\S+)/.exec(when) ?? [];
        const text = pattern ?? value;
        if (text === undefined || !/^\^?(?:daemon|session)\b/.test(text)) return [];
        const fits =
          pattern === undefined ? (of: string) => of === text : (of: string) => new RegExp(text).test(of);
        return [{ command: command.replace('daemonHealth.', ''), text, fits }];
      });
    const offered = (context: string) =>
      sorted([...new Set(clauses.filter(({ fits }) => fits(context)).map(({ command }) => command))]);
    /** A daemon's row of this kind, as `ui/tree/daemonRows.ts` names it. */
    const daemonRow = (phase: string, menu?: string) =>
      `daemon.${phase}${menu === undefined ? '' : `.${menu}`}`;
    const wordsOf = (row: string) =>
      sorted([
        ...new Set(
          clauses
            .filter(({ text }) => text.replace('^', '').startsWith(row))
            .flatMap(({ text }) => text.match(/[A-Za-z]+/g) ?? [])
            .filter((word) => !NO_KIND_WORDS.includes(word)),
        ),
      ]);

    for (const { id, menu } of KINDS) {
      if (menu === undefined) continue;
      it(`offer more or less on a row of ${id}, whose menu word is ${menu}`, () => {
        const differs = ['up', 'down', 'gone'].some(
          (phase) => offered(daemonRow(phase, menu)).join() !== offered(daemonRow(phase)).join(),
        );
        assert.ok(
          differs,
          `package.json, menus, view/item/context: no "when" tells daemon.….${menu} from daemon.…; add "${menu}" to one, or take "menu" out of kinds/${id}/kind.ts`,
        );
      });
    }

    it('name no word on a row of a daemon that is the menu word of no kind', () => {
      const words = KINDS.flatMap(({ menu }) => menu ?? []);
      assert.deepEqual(
        wordsOf('daemon').filter((word) => !words.includes(word)),
        [],
        'package.json, menus: a "when" on daemon.… names this word; set it as "menu" in the kind.ts of its kind, or take it out',
      );
    });

    it('name no word on a row of a session that is the id of no kind', () => {
      assert.deepEqual(
        wordsOf('session').filter((word) => kindOf(word) === undefined),
        [],
        'package.json, menus: a "when" on session.… names this word; make it the id of a kind in KINDS, or take it out',
      );
    });

    for (const { id, menu, hasPage, runsCommands } of KINDS) {
      it(`offer a row of ${id} what its kind.ts says`, () => {
        const commands = offered(daemonRow('up', menu));
        const clause = (command: string) =>
          `package.json, menus, view/item/context, ${command}: its "when" and kinds/${id}/kind.ts differ on`;
        assert.equal(
          commands.includes('openDashboard'),
          hasPage,
          `${clause('openDashboard')} "hasPage"; set a "menu" word in kind.ts that the clause leaves out`,
        );
        assert.equal(commands.includes('runCommand'), runsCommands, `${clause('runCommand')} "runsCommands"`);
        const session = offered(`session.running.${id}`);
        for (const command of ['extendSession', 'cancelSession', 'showOutput']) {
          assert.equal(session.includes(command), runsCommands, `${clause(command)} "runsCommands"`);
        }
      });
    }
  });

  describe('and the README', () => {
    const rowOf = (id: string) => readme.find((line) => new RegExp(`^\\| \`?${id}\`? \\|`).test(line));
    const table = readme.findIndex((line) => line.startsWith('| kind |'));

    it('has a table of the kinds with these kinds and no other', () => {
      assert.ok(table >= 0, 'README.md, "What it watches": add a table that begins with | kind |');
      const rows = readme.slice(table + 2);
      const ids = rows.slice(0, rows.indexOf('')).map((row) => /^\| `?(\S+?)`? \|/.exec(row)?.[1]);
      assert.deepEqual(
        ids,
        KINDS.map(({ id }) => id),
        'README.md, "What it watches": add a row for each kind of KINDS (src/kinds/index.ts), in that order',
      );
    });

    for (const { id, ports } of KINDS) {
      it(`tells the ports of ${id}`, () => {
        const row = rowOf(id);
        assert.ok(
          row,
          `README.md, "What it watches": add a row | ${id} | what it is | ports | how it is started |`,
        );
        const cells = row.split('|').map((cell) => cell.trim());
        assert.equal(cells.length, 6, `README.md: the row of ${id} has four cells`);
        const [, , is = '', found = '', started = ''] = cells;
        assert.ok(
          is !== '' && started !== '',
          `README.md: the row of ${id} says what it is and how it is started`,
        );
        assert.deepEqual(
          sorted(portsIn(found)),
          sorted(ports),
          `README.md: the row of ${id} names ${inWords(ports)}, the ports of kinds/${id}/kind.ts`,
        );
      });
    }

    it('names each kind in its first paragraph', () => {
      const sentence = readme.find((line) => line.startsWith('It watches ')) ?? '';
      for (const { id } of KINDS) {
        assert.match(
          sentence,
          new RegExp(`\\b${id}\\b`),
          `README.md: add ${id} to the sentence "It watches …" of the first paragraph`,
        );
      }
    });

    it('tells of discovery no port that no kind has', () => {
      const paragraph = readme.find((line) => line.startsWith('**Discovery**')) ?? '';
      assert.deepEqual(
        sorted(portsIn(paragraph)),
        allPorts,
        `README.md, the paragraph "Discovery": name ${inWords(allPorts)}, the ports of the kinds`,
      );
    });

    it('tells the default list as the manifest has it', () => {
      const row = readme.find((line) => line.startsWith('| `daemonHealth.daemons` |')) ?? '';
      assert.equal(
        row.split('|')[2]?.trim(),
        defaults.map(({ name, url }) => `${name} on \`${url}\``).join(', '),
        'README.md, "Settings": the default of daemonHealth.daemons is the one of package.json',
      );
    });
  });
});

describe('a new kind touches its folder, one line, the enum of the manifest and the README', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.replaceAll('\\', '/'));
  const textOf = (file: string) => readFileSync(join(ROOT, 'src', file), 'utf8');
  /** A dispatchd speaks smithy's words and more, so that the two readers are one. */
  const BUILT_ON: Readonly<Record<string, readonly string[]>> = {
    smithy: ['kinds/dispatchd/'],
    dispatchd: ['kinds/smithy/'],
  };

  for (const { id } of KINDS) {
    const outside = sources.filter(
      (file) =>
        ![`kinds/${id}/`, ...(BUILT_ON[id] ?? [])].some((folder) => file.startsWith(folder)) &&
        // The program and what is agreed on with that program bear the name of the program.
        !(id === 'dispatchd' && /^(dispatchd|protocol)\//.test(file)),
    );

    it(`${id}: of all other files of src/ one imports the folder, by its kind.ts and numbers`, () => {
      const imported = outside.flatMap((file) =>
        [...textOf(file).matchAll(/(?:from|import\() ?'([^']+)'/g)]
          .filter(([, from = '']) => new RegExp(`(?:^|/)(?:kinds/|\\./)${id}/`).test(from))
          .map(([, from]) => `${file} ${from}`),
      );
      const [line, ...more] = imported.filter((each) => each !== 'kinds/index.ts ./dispatchd/policy');
      assert.equal(line, `kinds/index.ts ./${id}/kind`);
      assert.deepEqual(more, [], `only kinds/index.ts imports kinds/${id}, and of that folder only kind.ts`);
    });

    it(`${id}: no other file of src/ has its name as a value`, () => {
      const name = new RegExp(`(['"])${id}\\1`);
      const named = outside.filter((file) => name.test(textOf(file)));
      assert.deepEqual(named, [], `take traits and facts of kinds/${id}/kind.ts in place of the name`);
    });

    it(`${id}: neither the build, the package nor the lint names its folder`, () => {
      for (const file of [
        'esbuild.js',
        '.vscodeignore',
        'knip.json',
        'eslint.config.mjs',
        'eslint.rooms.mjs',
      ]) {
        const text = readFileSync(join(ROOT, file), 'utf8');
        // What one kind loads later is a file of its own.
        const found = text.match(new RegExp(`kind-${id}|kinds/${id}/(?!schedule)`, 'g')) ?? [];
        assert.deepEqual(found, [], `${file} knows each kind by its folder`);
      }
    });
  }
});

/** The ports that a text names: "3457 to 3476" and "8799". An address counts by its port. */
function portsIn(text: string): readonly number[] {
  return [...text.matchAll(/\b(\d{4,5})(?: to (\d{4,5}))?\b/g)].flatMap(([, first, last = first]) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index),
  );
}

/** Each once, in order. */
function sorted<T extends string | number>(values: readonly T[]): readonly T[] {
  return [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
}

/** "3457 to 3476 and 8799". */
function inWords(ports: readonly number[]): string {
  const each = sorted(ports);
  const firsts = each.filter((port) => !each.includes(port - 1));
  const lasts = each.filter((port) => !each.includes(port + 1));
  return firsts
    .map((first, index) => (first === lasts[index] ? first : `${first} to ${lasts[index]}`))
    .join(' and ');
}
