import { ensureBrowser } from './installBrowser.mjs';

/** Starts a headless Chromium that Playwright drives. */
export async function launchBrowser() {
  const { executablePath, env } = await ensureBrowser();
  // Loaded here, since the dependencies may have been installed only just now.
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    // It cannot be had as root; the browser sees nothing but our own server.
    chromiumSandbox: false,
    // Who starts it decides what a signal means; it ends with the process that started it in any case.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: ['--font-render-hinting=none', '--disable-gpu'],
  });
}
