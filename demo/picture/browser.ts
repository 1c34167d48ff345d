import { type Browser, chromium } from 'playwright-core';
import { ensureDebianPackages } from '../../cluster/programs/debian.ts';

/** Debian's Chromium, and letters of the width that GitHub's pages have. */
const PACKAGES = ['chromium', 'fonts-liberation'];
const CHROMIUM = '/usr/bin/chromium';
/** A picture needs nothing from outside: nothing is asked for in the background. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Runs `body` with a headless Chromium, which is installed where it is missing, and has a profile of its own that goes with it. */
export async function withChromium<T>(onProgress: (line: string) => void, body: (browser: Browser) => Promise<T>): Promise<T> {
  ensureDebianPackages(PACKAGES, onProgress);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
  try {
    return await body(browser);
  } finally {
    await browser.close();
  }
}
