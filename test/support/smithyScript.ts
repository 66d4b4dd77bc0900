import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** The stand-in for smithy as one script: it takes the arguments of `smithyMain.ts`, and no flags of Node. */
export async function smithyScript(folder: string): Promise<string> {
  const outfile = join(folder, 'smithy.cjs');
  const entry = join(__dirname, 'smithyMain.ts');
  await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'cjs', outfile });
  return outfile;
}

/**
 * The same as `sf.js serve smithy --port N`, in the folder of the project as its working folder. Each start adds a line
 * to the file `starts` beside it.
 */
export async function sfScript(folder: string): Promise<string> {
  await smithyScript(folder);
  const file = join(folder, 'sf.js');
  const lines = [
    "require('fs').appendFileSync(__dirname + '/starts', process.pid + '\\n');",
    "const port = process.argv[process.argv.indexOf('--port') + 1];",
    "process.argv.splice(2, Infinity, port, process.cwd(), '1000');",
    "require('./smithy.cjs');",
    '',
  ];
  writeFileSync(file, lines.join('\n'));
  return file;
}
