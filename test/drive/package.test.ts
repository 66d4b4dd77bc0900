import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/paths.mjs';

/** What is loaded at every start of the editor. tunnel-forwarding has 7 KB, npm 188, git 740. */
const ACTIVATION_LIMIT_BYTES = 60 * 1024;

describe('the packaged extension', () => {
  const dist = join(root, 'dist');

  it('activates with less than 60 KB of code', () => {
    assert.ok(statSync(join(dist, 'extension.js')).size < ACTIVATION_LIMIT_BYTES);
  });

  it('loads no library on the activation path', () => {
    const { outputs } = JSON.parse(readFileSync(join(dist, 'meta.json'), 'utf8')) as {
      outputs: Record<string, { inputs: Record<string, unknown> }>;
    };
    const inputs = Object.keys(outputs['dist/extension.js']!.inputs);
    assert.ok(inputs.length > 10);
    assert.deepEqual(
      inputs.filter((input) => input.includes('node_modules')),
      [],
    );
  });
});
