/**
 * Makes README's pictures of what a run of the demo kept in report/, and writes its figures into README and docs/bench.md; and the pictures of
 * a preview's comment, if a run of `npm run bench -- previews` kept it: npm run picture
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../demo/environment.ts';
import { withChromium } from '../demo/picture/browser.ts';
import { commentsPage } from '../demo/picture/comment/page.ts';
import { drawRequests } from '../demo/picture/requests/draw.ts';
import { type DemoData, pictureInput } from '../demo/picture/requests/input.ts';
import { DARK, LIGHT } from '../demo/picture/requests/theme.ts';
import { shoot } from '../demo/picture/shoot.ts';
import { shootSummary } from '../demo/picture/summary/shoot.ts';
import { demoFigures, withRequests } from './docs/figures.ts';
import { fill } from './docs/fill.ts';

const kept = (name: string): string => readFileSync(join(ROOT, 'report', name), 'utf8');
const picture = (name: string): string => join(ROOT, 'docs', name);

if (existsSync(join(ROOT, 'report/preview-up.md'))) {
  const page = (style: string): string => commentsPage([kept('preview-up.md'), kept('preview-gone.md')], style);
  await withChromium(console.log, async (browser) => {
    await shoot(browser, page, { scheme: 'light', target: picture('preview-comment.png') });
    await shoot(browser, page, { scheme: 'dark', target: picture('preview-comment-dark.png') });
  });
}
if (!existsSync(join(ROOT, 'report/demo.json'))) {
  console.error('There is no report/demo.json: run the demo first (npm run demo)');
  process.exit(1);
}
const data = JSON.parse(kept('demo.json')) as DemoData;
rewrite('README.md', (text) => withRequests(text, data));
rewrite('docs/bench.md', (text) => fill(text, 'demo', demoFigures(data)));
const input = pictureInput(data);
writeFileSync(picture('demo.svg'), drawRequests(input, LIGHT));
writeFileSync(picture('demo-dark.svg'), drawRequests(input, DARK));

// The job's summary begins with what build-push wrote; README shows the deploy's part.
const summary = kept('4-a-crash-at-start.md');
const markdown = summary.slice(Math.max(0, summary.search(/^## todo: /m)));
await withChromium(console.log, async (browser) => {
  await shootSummary(browser, { markdown, job: 'deploy', scheme: 'light', target: picture('summary.png') });
  await shootSummary(browser, { markdown, job: 'deploy', scheme: 'dark', target: picture('summary-dark.png') });
});

function rewrite(name: string, change: (text: string) => string): void {
  const path = join(ROOT, name);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}
