/** Returns the text with `table` between its marker comments `<!-- name -->`; as it was where it has none. */
export function fill(text: string, name: string, table: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = text.indexOf(open);
  if (from < 0) return text;
  const to = text.indexOf(close, from);
  const rest = to < 0 ? text.slice(from + open.length) : text.slice(to + close.length);
  return `${text.slice(0, from)}${open}\n\n${table}\n\n${close}${rest}`;
}
