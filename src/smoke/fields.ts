import { ConfigurationError } from '../interfaces/errors.ts';
import { isMap } from '../interfaces/values.ts';
import type { SmokeCheck } from './model.ts';

export type Fields = Readonly<Record<string, unknown>>;

const DNS_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

export function readText(fields: Fields, key: string, where: string): string | undefined {
  const value = fields[key];
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new ConfigurationError(`${where}: "${key}" must be text`);
}

export function readSwitch(fields: Fields, key: string, where: string, hint?: string): boolean | undefined {
  const value = fields[key];
  if (value === undefined || typeof value === 'boolean') return value;
  // As YAML reads it, in whatever case.
  if (typeof value === 'string' && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  throw new ConfigurationError(`${where}: "${key}" must be true or false`, { hint });
}

export function readMap(fields: Fields, key: string, where: string): Record<string, unknown> {
  const value = fields[key] ?? {};
  if (isMap(value)) return value;
  throw new ConfigurationError(`${where}: "${key}" must be a map`, { hint: `For example ${key}: {name: value}.` });
}

/** Splits an absolute http(s) URL into origin and path with query. */
export function readUrl(fields: Fields, where: string): { origin: string; path: string } | undefined {
  const text = readText(fields, 'url', where);
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigurationError(`${where}: "url" is "${text}", not an http or https URL`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigurationError(`${where}: "url" holds a password, which would be shown in the log`, {
      hint: 'Send it as request-headers: {authorization: …}.',
    });
  }
  if (text.includes('#')) throw new ConfigurationError(`${where}: "url" has a fragment (#…), which is never sent`);
  return { origin: url.origin, path: `${url.pathname}${url.search}` };
}

/** `name`, `name:port`; with the keys `port`, `namespace`, `node-port`. */
export function readService(fields: Fields, where: string): SmokeCheck['service'] {
  const text = readText(fields, 'service', where);
  const namespace = readText(fields, 'namespace', where);
  const nodePort = readSwitch(fields, 'node-port', where, 'Name the Service’s port with "port".');
  if (text === undefined) {
    const extra = ['port', 'namespace', 'node-port'].find((key) => fields[key] !== undefined);
    if (extra !== undefined) throw new ConfigurationError(`${where}: "${extra}" belongs to a "service", and there is none`);
    return undefined;
  }
  const [name = '', ...rest] = text.split(':');
  const port = rest.length > 0 ? rest.join(':') : readText(fields, 'port', where);
  if (!DNS_NAME.test(name))
    throw new ConfigurationError(`${where}: "service" is "${text}", not the name of a Service`, {
      hint: 'For example todo-backend or todo-backend:8000.',
    });
  if (namespace !== undefined && !DNS_NAME.test(namespace))
    throw new ConfigurationError(`${where}: "namespace" is "${namespace}", not a namespace’s name`);
  return {
    name,
    port: port === undefined ? undefined : readPort(port, where),
    namespace,
    nodePort: nodePort || undefined,
  };
}

function readPort(text: string, where: string): number | string {
  if (/^\d+$/.test(text)) {
    const port = Number(text);
    if (port >= 1 && port <= 65535) return port;
  } else if (/^(?=.*[a-z])[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/.test(text)) {
    return text;
  }
  throw new ConfigurationError(`${where}: "port" is "${text}"`, { hint: 'A port is 1 to 65535, or the name of a Service’s port.' });
}

/** `200`, `[200, 204]`, `2xx`, `200-299`, `200,204` → sorted codes. */
export function readStatus(fields: Fields, where: string): number[] | undefined {
  const value = fields.status;
  if (value === undefined) return undefined;
  const parts = (Array.isArray(value) ? value : [value]).flatMap((part) => String(part).split(','));
  const codes = new Set(parts.flatMap((part) => statusRange(part.trim(), where)));
  return [...codes].sort((a, b) => a - b);
}

function statusRange(part: string, where: string): number[] {
  const group = /^([1-5])xx$/i.exec(part);
  const range = /^([1-5]\d\d)(?:\s*[-–]\s*([1-5]\d\d))?$/.exec(part);
  const from = group ? Number(group[1]) * 100 : Number(range?.[1]);
  const to = group ? from + 99 : Number(range?.[2] ?? range?.[1]);
  if (!(from <= to))
    throw new ConfigurationError(`${where}: "status" is "${part}"`, { hint: 'For example 200, [200, 204], 2xx or 200-299.' });
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** `max-ms`: a positive number of milliseconds. */
export function readDuration(fields: Fields, where: string): number | undefined {
  const value = fields['max-ms'];
  if (value === undefined) return undefined;
  const ms = typeof value === 'string' ? Number(value) : value;
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms <= 0 || ms > 600_000) {
    throw new ConfigurationError(`${where}: "max-ms" is "${String(value)}"`, { hint: 'A number of milliseconds, 1 to 600000.' });
  }
  return ms;
}
