import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';

/** README shows a picture about so wide. */
const WIDTH = 900;
/** Dots to a pixel: letters stay sharp on screens that have more of them. */
const SCALE = 2;

export const fileOf = (name: string): string => fileURLToPath(import.meta.resolve(name));

export interface Shot {
  scheme: 'light' | 'dark';
  /** The PNG to write. */
  target: string;
}

/** Opens a page in GitHub's style, and takes its picture once it is `drawn`. Nothing is asked of a network. */
export async function shoot(
  browser: Browser,
  pageOf: (style: string) => string,
  { scheme, target }: Shot,
  drawn: (page: Page) => Promise<void> = async () => undefined,
): Promise<void> {
  const style = readFileSync(fileOf('github-markdown-css/github-markdown.css'), 'utf8');
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 200 }, deviceScaleFactor: SCALE, colorScheme: scheme });
  try {
    await page.route('**', (route) => route.abort());
    await page.setContent(pageOf(style));
    await drawn(page);
    await page.screenshot({ path: target, fullPage: true });
  } finally {
    await page.close();
  }
}
