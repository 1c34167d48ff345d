import { marked } from 'marked';

/** What GitHub has around a job summary. */
const AROUND = `
  body { padding: 16px 16px 0; }
  article { border: 1px solid var(--borderColor-default); border-bottom: 0; border-radius: 6px 6px 0 0; }
  article > header { padding: 14px 24px; border-bottom: 1px solid var(--borderColor-default); font-size: 14px; font-weight: 600; }
  article > main { padding: 24px 24px 8px; }
  pre.mermaid { background: transparent; text-align: center; }
`;
/** What comes after the drawing is more than a README has room for: the card is cut there. */
const CUT = 'main > pre.mermaid ~ * { display: none !important; }';

/** A job summary as a page: GitHub's Markdown in GitHub's style. Diagrams are drawn by Mermaid once the page is open. */
export function summaryPage(markdown: string, { job, style }: { job: string; style: string }): string {
  const html = marked.parse(markdown, { gfm: true, async: false });
  const diagrams = html.replaceAll(/<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g, '<pre class="mermaid">$1</pre>');
  return `<!doctype html>
<meta charset="utf-8">
<title>Job summary</title>
<style>${style}${AROUND}${CUT}</style>
<body class="markdown-body"><article><header>${job} summary</header><main class="markdown-body">${diagrams}</main></article></body>`;
}
