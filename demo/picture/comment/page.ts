import { marked } from 'marked';

/** What GitHub has around a comment. */
const AROUND = `
  body { padding: 16px 16px 0; }
  article { border: 1px solid var(--borderColor-default); border-radius: 6px; margin-bottom: 16px; }
  article > header { padding: 8px 16px; background: var(--bgColor-muted); border-bottom: 1px solid var(--borderColor-default);
    border-radius: 6px 6px 0 0; font-size: 14px; }
  article > header b { font-weight: 600; }
  article > header span { border: 1px solid var(--borderColor-default); border-radius: 2em; padding: 0 6px; font-size: 12px; margin: 0 4px; }
  article > main { padding: 16px; font-size: 14px; }
`;

/** Comments of a pull request as a page: GitHub's Markdown in GitHub's style, one below the other. */
export function commentsPage(bodies: readonly string[], style: string): string {
  const cards = bodies.map(
    (body) =>
      `<article><header><b>github-actions</b><span>bot</span> commented</header><main class="markdown-body">${html(body)}</main></article>`,
  );
  return `<!doctype html>
<meta charset="utf-8">
<title>Comments</title>
<style>${style}${AROUND}</style>
<body class="markdown-body">${cards.join('')}</body>`;
}

const html = (body: string): string =>
  marked
    .parse(body, { gfm: true, async: false })
    .replaceAll(/<li>(<p>)?<input /g, '<li class="task-list-item">$1<input class="task-list-item-checkbox" ')
    .replaceAll('<ul>\n<li class="task-list-item">', '<ul class="contains-task-list">\n<li class="task-list-item">');
