import type { Browser } from 'playwright-core';
import { fileOf, type Shot, shoot } from '../shoot.ts';
import { summaryPage } from './page.ts';

interface Summary extends Shot {
  markdown: string;
  /** The job's name. */
  job: string;
}

/** Opens a job summary as GitHub shows it, and takes its picture. */
export async function shootSummary(browser: Browser, { markdown, job, ...shot }: Summary): Promise<void> {
  await shoot(
    browser,
    (style) => summaryPage(markdown, { job, style }),
    shot,
    async (page) => {
      await page.addScriptTag({ path: fileOf('mermaid/dist/mermaid.min.js') });
      await page.evaluate(drawDiagrams, shot.scheme === 'dark' ? 'dark' : 'default');
    },
  );
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
