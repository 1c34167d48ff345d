const VALUE = /\b(?:Invalid|Duplicate|Unsupported) value: (?=[\w.*&[\]]*\{|\[)/g;

/**
 * The API server's words about a value that it refuses, without the value where that is a whole object: a pod template holds its variables. Plain
 * values stay. One pass.
 */
export function withoutObjects(text: string): string {
  let result = '';
  let from = 0;
  for (const match of text.matchAll(VALUE)) {
    const start = match.index + match[0].length;
    if (match.index < from) continue;
    result += `${text.slice(from, start)}(hidden)`;
    from = endOf(text, start);
  }
  return result + text.slice(from);
}

/** Behind the bracket that closes the first one; quoted texts are passed over. A text that was cut off ends there. */
function endOf(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfQuote(text, at);
    else if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') {
      depth -= 1;
      // `map[string]string{…}` is one value.
      if (depth === 0 && !/[\w{[*.]/.test(text[at + 1] ?? '')) return at + 1;
    }
  }
  return text.length;
}

function endOfQuote(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}
