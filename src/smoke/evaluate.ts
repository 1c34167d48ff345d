import type { HttpResponse } from '../interfaces/http.ts';
import { tryJson } from '../interfaces/reading/json.ts';
import { readJsonPath } from './json-path.ts';
import { matchesJson, matchesText } from './match.ts';
import type { SmokeCheck } from './model.ts';

const EXCERPT = 200;

/** One line without control characters, cut at `limit` characters. */
export function excerpt(text: string, limit = EXCERPT): string {
  const line = text
    .slice(0, limit * 4)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** `200, 204` or `200–399`: runs of codes are shortened. */
export function statusText(codes: readonly number[] | undefined): string {
  if (codes === undefined) return '200–399';
  const parts: string[] = [];
  for (let start = 0; start < codes.length; ) {
    let end = start;
    while (codes[end + 1] === (codes[end] ?? 0) + 1) end++;
    parts.push(end - start < 2 ? codes.slice(start, end + 1).join(', ') : `${codes[start]}–${codes[end]}`);
    start = end + 1;
  }
  return parts.join(', ');
}

function checkStatus(check: SmokeCheck, response: HttpResponse): string | undefined {
  const ok = check.status === undefined ? response.status >= 200 && response.status < 400 : check.status.includes(response.status);
  return ok ? undefined : `status: expected ${statusText(check.status)}, got ${response.status}`;
}

function checkHeaders(check: SmokeCheck, response: HttpResponse): string[] {
  return Object.entries(check.headers).flatMap(([name, expected]) => {
    const seen = response.headers[name];
    if (seen !== undefined && matchesText(expected, seen)) return [];
    return [`header ${name}: expected ${expected}, ${seen === undefined ? 'there is none' : `got ${excerpt(seen)}`}`];
  });
}

function checkJson(check: SmokeCheck, response: HttpResponse): string[] {
  const expectations = Object.entries(check.json);
  if (expectations.length === 0) return [];
  const document = tryJson(response.body);
  if (document === undefined) {
    return [`body: expected JSON, got ${response.body === '' ? 'nothing' : excerpt(response.body, 60)}`];
  }
  return expectations.flatMap(([path, expected]) => {
    const { found, value } = readJsonPath(document, path);
    if (found && matchesJson(expected, value)) return [];
    return [`json ${path}: expected ${JSON.stringify(expected)}, ${found ? `got ${excerpt(JSON.stringify(value))}` : 'there is none'}`];
  });
}

/** Everything about the response that is not as the check says: `what: expected …, got …`. Empty when it passes. */
export function evaluate(check: SmokeCheck, response: HttpResponse): string[] {
  const status = checkStatus(check, response);
  const failures = status === undefined ? [] : [status];
  failures.push(...checkHeaders(check, response), ...checkJson(check, response));
  if (check.contains !== undefined && !response.body.includes(check.contains)) {
    failures.push(`body: expected to contain ${JSON.stringify(check.contains)}, got ${excerpt(response.body, 60) || 'nothing'}`);
  }
  if (check.maxMs !== undefined && response.durationMs > check.maxMs) {
    failures.push(`latency: expected at most ${check.maxMs} ms, got ${Math.round(response.durationMs)} ms`);
  }
  return failures;
}
