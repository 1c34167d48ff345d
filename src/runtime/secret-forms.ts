import { html, markdown, plain } from './neutral.ts';

/** Below it a form is no longer told from ordinary text. */
const LEAST_BASE64 = 8;
/** Lines of base64 as programs break them, of values up to this length. */
const COLUMNS = [76, 64];
const LONGEST_BROKEN = 64 * 1024;

/** Returns a secret as programs, encodings and our own Markdown may write it. */
export function formsOf(value: string): string[] {
  const text = value.toWellFormed();
  const texts = [...new Set([value, text, plain(text), text.replaceAll('\r\n', '\n')])];
  const forms = [...texts.flatMap(escaped).flatMap(inCode), ...base64Forms(text)];
  // A control sequence before it that has no end takes its first character.
  const beheaded = forms.filter((form) => form.length > LEAST_BASE64).map((form) => form.slice(1));
  return [...new Set([...forms, ...beheaded])];
}

function escaped(text: string): string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text.toWellFormed());
  return [
    text,
    json,
    JSON.stringify(json).slice(1, -1),
    // As Go and Python write it.
    json.replace(/[<>&]/g, unicodeEscape),
    json.replace(/[\u0080-\uffff]/g, unicodeEscape),
    markdown(text),
    html(text),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", "''"),
    text.replaceAll('"', '""'),
    text.replaceAll('\n', ' '),
    url,
    url.replaceAll('%20', '+'),
    url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`),
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    encodeURI(text.toWellFormed()),
  ];
}

/** Cells of our tables have bars escaped, whatever wrote the text. */
const inCode = (form: string): string[] => (form.includes('|') ? [form, form.replaceAll('|', '\\|')] : [form]);

const unicodeEscape = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Alone, padded or not, and inside of other base64 text such as that of `user:password`; in both alphabets, also in lines. */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text);
  const inside = [0, 1, 2].map((offset) => insideOf(bytes, offset)).filter((form) => form.length >= LEAST_BASE64);
  const forms = [bytes.toString('base64'), bytes.toString('base64').replace(/=+$/, ''), ...inside, ...broken(bytes)];
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}

/** The characters that these bytes alone decide, where they begin `offset` bytes after a group of three. */
function insideOf(bytes: Buffer, offset: number): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return encoded.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3));
}

function broken(bytes: Buffer): string[] {
  if (bytes.length <= 48 || bytes.length > LONGEST_BROKEN) return [];
  const encoded = bytes.toString('base64');
  return COLUMNS.flatMap((columns) => encoded.match(new RegExp(`.{1,${columns}}`, 'g')) ?? []).filter(
    (line) => line.length >= LEAST_BASE64,
  );
}
