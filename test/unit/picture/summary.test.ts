import { describe, expect, test } from '@jest/globals';
import { summaryPicture } from '../../../demo/picture/summary/picture.ts';
import { type Run, widthOf, wrap } from '../../../demo/picture/summary/text.ts';

const SUMMARY = `## todo: 67d8983 failed, 9b3dbfc serves

**Version \`9b3dbfc\` serves** at [\`http://todo.example.test\`](http://todo.example.test): a &amp; b &#47; c \\(d\\) <

<details><summary>Pod &lt;one&gt;</summary>

\`\`\`
hidden text
\`\`\`

</details>

<details><summary>Last log lines</summary>

\`\`\`
  shown text
\`\`\`

</details>

| step | result |
| --- | --- |
| Wait until ${'a very long name '.repeat(20)} is ready | failed |

\`\`\`mermaid
gantt
  dateFormat x
  ready :crit, 1000, 61000
\`\`\`

- one
`;

/** Every text with its place. */
const texts = (svg: string) =>
  [...svg.matchAll(/<text ([^>]*)>([^<]*)<\/text>/g)].map(([, attributes = '', text]) => {
    const number = (name: string) => Number(new RegExp(` ${name}="([\\d.]+)"`).exec(` ${attributes}`)?.[1] ?? 0);
    return { right: number('x') + number('textLength'), text };
  });

describe('the picture of a job summary', () => {
  const svg = summaryPicture(SUMMARY, { open: 'Last log' });
  const all = texts(svg).map(({ text }) => text);

  test('says what the summary says, entities and escapes read', () => {
    expect(all).toContain('todo: 67d8983 failed, 9b3dbfc serves');
    expect(all).toContain('9b3dbfc');
    expect(all.join(' ')).toContain('a &amp; b / c (d) &lt;');
    expect(all).toContain('Pod &lt;one&gt;');
  });

  test('shows details that are open, and only those', () => {
    expect(all).toContain('  shown text');
    expect(svg).not.toContain('hidden text');
  });

  test('a step that failed is red in the chart', () => {
    expect(svg).toMatch(/fill="#ff8888"/);
    expect(all).toContain('01:00');
  });

  test('nothing goes over the edge of the card', () => {
    const placed = texts(svg);
    expect(Math.max(...placed.map(({ right }) => right))).toBeGreaterThan(600);
    for (const { right, text } of placed) expect([text, right]).toEqual([text, Math.min(right, 960 - 2 * 16)]);
  });

  test('what it cannot draw is an error, not a gap', () => {
    expect(() => summaryPicture('> a quotation')).toThrow('A blockquote cannot be drawn');
  });
});

test('lines break at blanks and never inside a word', () => {
  const lines = wrap([{ text: 'one two three' } as Run], 14, widthOf({ text: 'one two ' }, 14));
  expect(lines.map((line) => line.map(({ text }) => text.trim()).join(''))).toEqual(['one two', 'three']);
});
