import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outDir, root, vsixFile } from './paths.mjs';
import { run } from './run.mjs';

const shipped = ['LICENSE', 'README.md', 'CHANGELOG.md', '.vscodeignore', 'dist', 'media'];

/** Builds the extension for production and packs it; returns the path of the `.vsix`. */
export async function packageExtension(target = vsixFile) {
  await run(process.execPath, ['esbuild.js', '--production'], { cwd: root });
  mkdirSync(outDir, { recursive: true });
  // Packed from a copy: vsce matches every file of the folder against .vscodeignore, and the VS Code servers under
  // .vscode-test have so many that it takes 20 s.
  const copy = mkdtempSync(join(outDir, 'package-'));
  try {
    for (const name of shipped) {
      if (existsSync(join(root, name))) cpSync(join(root, name), join(copy, name), { recursive: true });
    }
    writeFileSync(join(copy, 'README.md'), withoutPictures(readFileSync(join(copy, 'README.md'), 'utf8')));
    writeFileSync(join(copy, 'package.json'), JSON.stringify(manifest(), undefined, 2));
    mkdirSync(dirname(target), { recursive: true });
    const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
    const flags = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
    await run(process.execPath, [vsce, 'package', ...flags, '--out', target], { cwd: copy });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
  return target;
}

/** The manifest without what only this repository needs. */
function manifest() {
  const whole = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { ...whole, scripts: undefined, devDependencies: undefined };
}

/**
 * The README without its pictures. VS Code's page of an extension takes only pictures from the network: its sanitizer
 * drops the address of every other, also of a `data:` one, and a broken picture is left.
 */
function withoutPictures(markdown) {
  return markdown.replace(/^!\[[^\]]*\]\((?!https:)[^)]*\)\n\n?/gm, '');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(`Packed ${await packageExtension()}`);
}
