import { ConfigurationError } from '../interfaces/errors.ts';
import { isMap, messageOf } from '../interfaces/values.ts';
import { type Fields, readDuration, readMap, readService, readStatus, readSwitch, readText, readUrl } from './fields.ts';
import { parseJsonPath } from './json-path.ts';
import { asPattern } from './match.ts';
import type { SmokeCheck } from './model.ts';

const KEYS = [
  'name',
  'url',
  'service',
  'port',
  'namespace',
  'node-port',
  'path',
  'method',
  'status',
  'json',
  'headers',
  'contains',
  'max-ms',
  'request-headers',
  'proxy',
];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const EXAMPLE =
  'Write a list such as\n- {service: todo-backend, path: /health, status: 200, json: {status: healthy}}\n- {url: https://example.com/, max-ms: 500}';

/**
 * The input `smoke`, already read as YAML: a list of checks (one check alone, and a bare path or URL, are taken too).
 * Throws ConfigurationError that names the item and the key. Undefined, null and '' give no checks.
 */
export function parseSmoke(value: unknown, input = 'smoke'): SmokeCheck[] {
  if (value === undefined || value === null || value === '') return [];
  const items = Array.isArray(value) ? value : [value];
  const names = new Map<string, number>();
  return items.map((item, index) => {
    const check = parseCheck(item, `Input "${input}", check ${index + 1}`);
    const count = (names.get(check.name) ?? 0) + 1;
    names.set(check.name, count);
    return count === 1 ? check : { ...check, name: `${check.name} (${count})` };
  });
}

function parseCheck(item: unknown, where: string): SmokeCheck {
  const fields = asFields(item, where);
  for (const key of Object.keys(fields)) {
    if (!KEYS.includes(key)) throw new ConfigurationError(`${where}: unknown key "${key}"`, { hint: `Known keys: ${KEYS.join(', ')}.` });
  }
  const url = readUrl(fields, where);
  const service = readService(fields, where);
  if (url !== undefined && service !== undefined) {
    throw new ConfigurationError(`${where} has both "url" and "service"`, { hint: 'Make two checks of it.' });
  }
  const path = readPath(fields, where) ?? url?.path ?? '/';
  const method = (readText(fields, 'method', where) ?? 'GET').toUpperCase();
  if (!METHODS.includes(method))
    throw new ConfigurationError(`${where}: "method" is "${method}"`, { hint: `Known: ${METHODS.join(', ')}.` });
  const status = readStatus(fields, where);
  const proxy = readSwitch(fields, 'proxy', where);
  if (service !== undefined && proxy) {
    throw new ConfigurationError(`${where}: "proxy" belongs to a "url" or a path: services are reached through the API server`);
  }
  const contains = readText(fields, 'contains', where);
  const maxMs = readDuration(fields, where);
  return {
    name: readText(fields, 'name', where) ?? `${method} ${defaultName(url?.origin, service)}${path}`,
    url: url?.origin,
    service,
    path,
    method,
    status,
    json: readJson(fields, where),
    headers: readHeaders(fields, where),
    contains,
    maxMs,
    proxy,
    requestHeaders: Object.fromEntries(
      Object.entries(readMap(fields, 'request-headers', where)).map(([name, text]) => [name.toLowerCase(), String(text)]),
    ),
  };
}

function asFields(item: unknown, where: string): Fields {
  if (typeof item === 'string') return item.startsWith('/') ? { path: item } : { url: item };
  if (isMap(item)) return item;
  throw new ConfigurationError(`${where} is ${item === null ? 'empty' : `a ${Array.isArray(item) ? 'list' : typeof item}`}, not a check`, {
    hint: EXAMPLE,
  });
}

function readPath(fields: Fields, where: string): string | undefined {
  const path = readText(fields, 'path', where);
  if (path !== undefined && !/^\/[^\s#]*$/.test(path)) {
    throw new ConfigurationError(`${where}: "path" is "${path}"`, { hint: 'A path starts with / and has no spaces.' });
  }
  return path;
}

function defaultName(origin: string | undefined, service: SmokeCheck['service']): string {
  if (service !== undefined) return service.port === undefined ? service.name : `${service.name}:${service.port}`;
  return origin ?? '';
}

function readJson(fields: Fields, where: string): Record<string, unknown> {
  const json = readMap(fields, 'json', where);
  for (const [path, expected] of Object.entries(json)) {
    try {
      parseJsonPath(path);
      if (typeof expected === 'string') asPattern(expected);
    } catch (error) {
      throw new ConfigurationError(`${where}: "json": ${messageOf(error)}`, { cause: error });
    }
  }
  return json;
}

function readHeaders(fields: Fields, where: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(readMap(fields, 'headers', where)).map(([name, expected]) => {
      const text = String(expected);
      try {
        asPattern(text);
      } catch (error) {
        throw new ConfigurationError(`${where}: header ${name}: ${messageOf(error)}`, { cause: error });
      }
      return [name.toLowerCase(), text];
    }),
  );
}
