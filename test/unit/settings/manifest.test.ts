import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

interface Manifest {
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

const SECTION = 'daemonHealth.';
const manifest = JSON.parse(read('package.json')) as Manifest;
const { properties } = manifest.contributes.configuration;
const NAMES = Object.keys(properties).map((name) => name.slice(SECTION.length));

describe('the settings', () => {
  it('that are read stand in the manifest, and those of the manifest are read', () => {
    const source = read('src/settings/settings.ts');
    const names = [...source.matchAll(/\.(?:get|inspect|update)(?:<[^>]*>)?\(\s*'([\w.]+)'/g)];
    assert.deepEqual(
      [...new Set(names.map(([, name]) => name))].sort(),
      [...NAMES].sort(),
      'package.json, contributes.configuration, and src/settings/settings.ts name the same settings',
    );
  });

  it('are not taken from a folder that is not trusted, none of them', () => {
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.deepEqual([...restrictedConfigurations].sort(), Object.keys(properties).sort());
  });

  for (const name of NAMES) {
    it(`stand in the README: ${name}`, () => {
      assert.ok(read('README.md').includes(`\`${SECTION}${name}\``), 'README.md, "Settings": add a row');
    });
  }
});
