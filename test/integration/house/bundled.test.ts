import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { licences, packagesIn, vulnerableIn } from '../../../scripts/bundled.cjs';

const ROOT = resolve(__dirname, '../../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');

describe('what is bundled', () => {
  const inputs = Object.keys((JSON.parse(read('dist/meta.json')) as { inputs: object }).inputs);
  const packages = packagesIn(inputs);

  it('is licensed in the notices, each package', () => {
    assert.ok(packages.includes('undici') && packages.length > 3, packages.join());
    const notices = read('dist/THIRD-PARTY-NOTICES.txt');
    for (const name of packages) assert.match(notices, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+$`, 'm'));
  });

  it('is licensed there, too, where a package carries it as WebAssembly', () => {
    const carried = inputs.filter((file) => /node_modules\/.*wasm[^/]*$/.test(file));
    assert.ok(carried.length > 0, 'undici has its parser as WebAssembly');
    for (const file of carried) assert.match(licences([file]), /^llhttp \(in undici\)$/m, file);
    assert.match(
      read('dist/THIRD-PARTY-NOTICES.txt'),
      /^llhttp \(in undici\)\n\n.*MIT[^]*Fedor Indutny, 2018/m,
    );
  });

  it('is what an audit looks at: no package is a dependency that npm would install', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies?: object };
    assert.equal(dependencies, undefined, 'all that ships is bundled, so that --omit=dev looks at nothing');
    const about = (title: string) => ({ severity: 'high', range: '<9', via: [{ title }] });
    const audit = {
      vulnerabilities: {
        undici: about('smuggling'),
        mocha: about('not shipped'),
        ws: { ...about(''), via: ['x'] },
      },
    };
    assert.deepEqual(vulnerableIn(audit, packages), ['undici <9: high: smuggling', 'ws <9: high: x']);
    assert.deepEqual(vulnerableIn({ vulnerabilities: {} }, packages), []);
  });

  it('is not said to be sound where the registry does not answer', () => {
    assert.throws(() => vulnerableIn({ message: '405' }, packages), /npm audit tells nothing: 405/);
  });
});
