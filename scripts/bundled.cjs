'use strict';
const { readFileSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

/** What a package carries of somebody else's, and has no licence of in its folder. */
const CARRIED = [
  { input: /node_modules\/undici\/lib\/llhttp\//, name: 'llhttp (in undici)', licence: 'llhttp.txt' },
];

/**
 * @param {readonly string[]} inputs the files that a bundle is made of
 * @returns {readonly string[]} the packages among them
 */
function packagesIn(inputs) {
  // A package inside another one's folder is a package of its own.
  const names = inputs.flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
  return [...new Set(names)].sort();
}

/**
 * The licences of the packages that are bundled, and of what they carry: what they are licensed by asks for it.
 * @param {readonly string[]} inputs
 * @returns {string}
 */
function licences(inputs) {
  const packages = packagesIn(inputs).map((name) => {
    const folder = join('node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${version}\n\n${text}\n`;
  });
  const carried = CARRIED.filter(({ input }) => inputs.some((file) => input.test(file))).map(
    ({ name, licence }) => `${name}\n\n${readFileSync(join(__dirname, 'licences', licence), 'utf8')}`,
  );
  return [...packages, ...carried].join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * What `npm audit --json` says of packages that are bundled. All of them are devDependencies, since nothing is installed
 * with the extension: `--omit=dev` would look at none.
 *
 * @param {any} audit
 * @param {readonly string[]} packages
 * @returns {readonly string[]} a line for each
 * @throws where it says nothing of any package
 */
function vulnerableIn({ vulnerabilities, message }, packages) {
  // A registry that does not answer has found nothing.
  if (!vulnerabilities)
    throw new Error(`npm audit tells nothing: ${message ?? 'no vulnerabilities in its answer'}`);
  return packages.flatMap((name) => {
    const found = vulnerabilities[name];
    if (!found) return [];
    const via = found.via.map((each) => (typeof each === 'string' ? each : (each.title ?? each.name)));
    return [`${name} ${found.range}: ${found.severity}: ${via.join('; ')}`];
  });
}

module.exports = { licences, packagesIn, vulnerableIn };
