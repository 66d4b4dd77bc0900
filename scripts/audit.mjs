// What is known against the packages that the extension ships: those that are in its bundle. Asks the registry.
import { readFileSync } from 'node:fs';
import bundled from './bundled.cjs';
import { CommandError, npm } from './run.mjs';

const { inputs } = JSON.parse(readFileSync('dist/meta.json', 'utf8'));
const packages = bundled.packagesIn(Object.keys(inputs));
const found = bundled.vulnerableIn(await audit(), packages);
console.log(`${packages.length} packages are bundled: ${packages.join(', ')}`);
for (const line of found) console.error(line);
console.log(
  found.length === 0 ? 'nothing is known against them' : `${found.length} of them are to be mended`,
);
process.exitCode = found.length === 0 ? 0 : 1;

/** npm ends with 1 where it found something, be it in what is not shipped. */
async function audit() {
  const printed = await npm(['audit', '--json']).catch((error) => {
    if (error instanceof CommandError) return error.output;
    throw error;
  });
  return JSON.parse(printed.slice(printed.indexOf('{'), printed.lastIndexOf('}') + 1));
}
