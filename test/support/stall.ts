import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { outDir, root } from '../../scripts/paths.mjs';

/** Packs the extension that keeps the extension host busy when it is asked to. @returns its `.vsix` */
export async function packStallingExtension(): Promise<string> {
  mkdirSync(outDir, { recursive: true });
  // vsce packs a folder that has no repository around it.
  const copy = mkdtempSync(join(outDir, 'stall-'));
  try {
    cpSync(join(root, 'test', 'fixtures', 'stall'), copy, { recursive: true });
    const vsix = join(outDir, 'stall.vsix');
    const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
    const flags = ['--no-dependencies', '--allow-missing-repository', '--skip-license'];
    await promisify(execFile)(process.execPath, [vsce, 'package', ...flags, '--out', vsix], { cwd: copy });
    return vsix;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Keeps the extension host busy from now on. Resolves when its last sign of life has come. */
export function stall(port: number, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: `/?ms=${ms}` }, (response) => {
      response.resume();
      response.once('end', resolve);
    }).once('error', reject);
  });
}
