import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { summaryPage } from './page.ts';

/** README shows a picture about so wide. */
const WIDTH = 900;
/** Dots to a pixel: letters stay sharp on screens that have more of them. */
const SCALE = 2;

const fileOf = (name: string): string => fileURLToPath(import.meta.resolve(name));

export interface Shot {
  markdown: string;
  /** The job's name. */
  job: string;
  scheme: 'light' | 'dark';
  /** The PNG to write. */
  target: string;
}

/** Opens a job summary as GitHub shows it, and takes its picture. Nothing is asked of a network. */
export async function shootSummary(browser: Browser, { markdown, job, scheme, target }: Shot): Promise<void> {
  const style = readFileSync(fileOf('github-markdown-css/github-markdown.css'), 'utf8');
  const page = await browser.newPage({ viewport: { width: WIDTH, height: 200 }, deviceScaleFactor: SCALE, colorScheme: scheme });
  try {
    await page.route('**', (route) => route.abort());
    await page.setContent(summaryPage(markdown, { job, style }));
    await page.addScriptTag({ path: fileOf('mermaid/dist/mermaid.min.js') });
    await page.evaluate(drawDiagrams, scheme === 'dark' ? 'dark' : 'default');
    await page.screenshot({ path: target, fullPage: true });
  } finally {
    await page.close();
  }
}

interface Mermaid {
  initialize(options: { startOnLoad: boolean; theme: string }): void;
  run(options: { querySelector: string }): Promise<void>;
}

/** Runs in the page. */
async function drawDiagrams(theme: string): Promise<void> {
  const { mermaid } = globalThis as typeof globalThis & { mermaid: Mermaid };
  mermaid.initialize({ startOnLoad: false, theme });
  await mermaid.run({ querySelector: 'pre.mermaid' });
}
