import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { ensureInstalled, npmInstall } from './install.mjs';
import { run } from './run.mjs';

const chromiumPackage = '@sparticuz/chromium@147.0.2';

const macBrowsers = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * Finds an installed Chromium (`DAEMON_HEALTH_BROWSER` names one explicitly) or installs a headless one from npm.
 * Returns the executable and the variables that it has to be started with.
 */
export async function ensureBrowser() {
  const installed = installedBrowser();
  if (installed) return { executablePath: installed, env: {} };
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      'The tests need a browser: install Chromium or Google Chrome, or name one in DAEMON_HEALTH_BROWSER.',
    );
  }
  const folder = await ensureInstalled({
    name: 'chromium',
    recipe: { chromiumPackage, layout: 5 },
    title: 'a headless Chromium for the tests (about 10 s, once)',
    fill: unpackChromium,
  });
  return {
    executablePath: join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: [join(folder, 'lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter),
      FONTCONFIG_FILE: join(folder, 'vscode-fonts.conf'),
    },
  };
}

function installedBrowser() {
  if (process.env.DAEMON_HEALTH_BROWSER) return process.env.DAEMON_HEALTH_BROWSER;
  const onPath = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
    (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)),
  );
  return [...onPath, ...macBrowsers].filter((file) => existsSync(file)).find(starts);
}

/** Some systems have a `chromium-browser` that only tells how to install one. */
function starts(file) {
  try {
    execFileSync(file, ['--version'], { stdio: 'ignore', timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

async function unpackChromium(target) {
  await npmInstall(target, [chromiumPackage]);
  const bin = join(target, 'node_modules', '@sparticuz', 'chromium', 'bin');
  await unpack(join(bin, 'chromium.br'), join(target, 'chromium'), 0o755);
  // The libraries and fonts that a bare system lacks.
  for (const name of ['al2023', 'fonts']) {
    const tar = join(target, `${name}.tar`);
    await unpack(join(bin, `${name}.tar.br`), tar);
    await run('tar', ['-xf', tar, '-C', target, '--no-same-owner']);
  }
  writeFileSync(join(target, 'vscode-fonts.conf'), fontsConf);
}

async function unpack(from, to, mode) {
  await pipeline(createReadStream(from), createBrotliDecompress(), createWriteStream(to, { mode }));
}

/** The system's fonts where there are any, with the one that came along first for everything but code. */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <match target="pattern">
    <test name="family"><string>Droid Sans Mono</string></test>
    <edit name="family" mode="assign" binding="same"><string>monospace</string></edit>
  </match>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <match target="pattern">
    <test name="family"><string>sans-serif</string></test>
    <edit name="family" mode="prepend_first"><string>Open Sans</string></edit>
  </match>
</fontconfig>
`;
