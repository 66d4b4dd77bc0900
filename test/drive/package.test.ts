import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/paths.mjs';

/** What is loaded at every start of the editor, by activation and right after. */
const LOADED_AT_START = ['extension.js', 'app.js'];
/** tunnel-forwarding has 7 KB, npm 188, git 740. */
const LIMIT_BYTES = 50 * 1024;

describe('the packaged extension', () => {
  const dist = join(root, 'dist');

  it('starts with less than 50 KB of code', () => {
    const bytes = LOADED_AT_START.reduce((sum, file) => sum + statSync(join(dist, file)).size, 0);
    assert.ok(bytes < LIMIT_BYTES, `${bytes} bytes`);
  });

  for (const file of LOADED_AT_START) {
    it(`bundles no library in ${file}`, () => {
      const { outputs } = JSON.parse(readFileSync(join(dist, 'meta.json'), 'utf8')) as {
        outputs: Record<string, { inputs: Record<string, unknown> }>;
      };
      const inputs = Object.keys(outputs[`dist/${file}`]!.inputs);
      assert.ok(inputs.length > 0);
      assert.deepEqual(
        inputs.filter((input) => input.includes('node_modules')),
        [],
      );
    });
  }
});
