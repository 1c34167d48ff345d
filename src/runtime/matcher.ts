/** Characters by which a form is found, and how many of it must stand in the text where not all of them do. */
const KEY = 4;
const ENOUGH = 32;
/** A text as long as an annotation may have been cut: then it may end inside of a secret. */
const MAY_BE_CUT = 4000;
const ENOUGH_AT_END = 8;
/** Comparisons a character of text, on average; a text that would need more is hidden from there on. */
const BUDGET = 64;

type Span = [start: number, end: number];

/** Finds known texts in others. The time grows with the text's length alone, whatever both of them hold. */
export class Matcher {
  readonly #byKey = new Map<string, string[]>();
  /** Whether a form may begin with these characters: most places of a text are passed over by it. */
  readonly #mayBegin = new Uint8Array(1 << 16);

  /** Shorter forms than four characters would be found in ordinary words. */
  add(form: string): void {
    if (form.length < KEY) return;
    const key = form.slice(0, KEY);
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, [form]);
    else if (!known.includes(form)) known.push(form);
    this.#mayBegin[hashAt(form, 0)] = 1;
  }

  /** Returns where the text holds a form: whole, its first 32 characters and what of it follows, or its beginning where the text was cut. */
  spans(text: string): Span[] {
    const spans: Span[] = [];
    let budget = BUDGET * (text.length + ENOUGH);
    for (let at = 0; at + KEY <= text.length; at++) {
      if (this.#mayBegin[hashAt(text, at)] === 0) continue;
      let length = 0;
      for (const form of this.#byKey.get(text.slice(at, at + KEY)) ?? []) {
        const common = commonLength(text, at, form);
        budget -= common;
        const atEnd = text.length >= MAY_BE_CUT && common >= ENOUGH_AT_END && at + common === text.length;
        if (common === form.length || common >= ENOUGH || atEnd) length = Math.max(length, common);
      }
      if (length > 0) include(spans, [at, at + length]);
      if (budget < 0) {
        include(spans, [at, text.length]);
        break;
      }
    }
    return spans;
  }

  /** Replaces what `spans` finds; where two overlap, both at once. */
  replace(text: string, by: string): string {
    const spans = this.spans(text);
    if (spans.length === 0) return text;
    const kept = spans.map(([start], index) => `${text.slice(spans[index - 1]?.[1] ?? 0, start)}${by}`);
    return `${kept.join('')}${text.slice(spans.at(-1)?.[1])}`;
  }
}

function include(spans: Span[], [start, end]: Span): void {
  const last = spans.at(-1);
  if (last !== undefined && start < last[1]) last[1] = Math.max(last[1], end);
  else spans.push([start, end]);
}

function hashAt(text: string, at: number): number {
  return (text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 4) ^ (text.charCodeAt(at + 2) << 8) ^ (text.charCodeAt(at + 3) << 11)) & 0xffff;
}

function commonLength(text: string, at: number, form: string): number {
  const most = Math.min(form.length, text.length - at);
  let common = 0;
  while (common < most && text.charCodeAt(at + common) === form.charCodeAt(common)) common += 1;
  return common;
}
