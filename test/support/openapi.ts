import { Ajv2019 as Ajv, type ValidateFunction } from 'ajv/dist/2019.js';
import formats from 'ajv-formats';

// biome-ignore lint/suspicious/noExplicitAny: a description is any JSON
type Json = any;

export interface ExchangeRequest {
  method: string;
  /** Path with query. */
  url: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

export interface ExchangeAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface Operation {
  /** Path of the description, such as `/v2/things/{id}`. */
  path: string;
  method: string;
  parameters: Readonly<Record<string, string>>;
  query: URLSearchParams;
}

/** What the description leaves out, each with its reason. */
export interface Exceptions {
  /** `GET /path/{of}/description` → query parameters that stand only in its prose. */
  query?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  /** Schemas whose objects may hold keys that they do not name. */
  open?: readonly string[];
}

const ROOT = 'description';

/**
 * Holds requests and answers to an OpenAPI 3.0 description: path, method, parameters, body, content type and schema. Beyond it, an answer may
 * hold no field that its schema does not name: most schemas require nothing, so a misspelt field would pass.
 */
export class OpenApiChecker {
  readonly #description: Json;
  readonly #exceptions: Exceptions;
  readonly #ajv: Ajv;
  readonly #compiled = new Map<string, ValidateFunction>();

  constructor(description: Json, exceptions: Exceptions = {}) {
    this.#description = structuredClone(description);
    this.#exceptions = exceptions;
    const { closed, shut } = closer(new Set(exceptions.open ?? []));
    // Schemas stay open at their root: others are composed of them. What is answered does not.
    for (const schema of Object.values<Json>(this.#description.components.schemas)) shut(schema);
    for (const response of Object.values<Json>(this.#description.components.responses)) {
      for (const media of Object.values<Json>(response.content ?? {})) if (media.schema) media.schema = closed(media.schema);
    }
    this.#ajv = new Ajv({ strict: false, allErrors: true, discriminator: false });
    formats.default(this.#ajv);
    this.#ajv.addFormat('cidr', /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/);
    // Not a schema itself: only what it refers to is used as one.
    this.#ajv.addSchema(this.#description, ROOT, false, false);
  }

  operation(method: string, url: string): Operation | undefined {
    const { pathname, searchParams } = new URL(url, 'http://description');
    const found = Object.keys(this.#description.paths)
      .filter((path) => this.#description.paths[path][method.toLowerCase()])
      .flatMap((path) => {
        const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
        const match = new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '([^/]+)')}$`).exec(pathname);
        return match
          ? [{ path, parameters: Object.fromEntries(names.map((name, at) => [name, decodeURIComponent(match[at + 1] ?? '')])) }]
          : [];
      })
      // `/a/b` before `/a/{id}`.
      .sort((a, b) => Object.keys(a.parameters).length - Object.keys(b.parameters).length)[0];
    return found && { ...found, method: method.toUpperCase(), query: searchParams };
  }

  /** Everything that is wrong with a request, in words. */
  request({ method, url, headers, body }: ExchangeRequest): string[] {
    const operation = this.operation(method, url);
    if (operation === undefined) return [`${method} ${url}: the description has no such path and method`];
    const described = this.#described(operation);
    return [
      ...this.#parameters(operation, described),
      ...this.#security(described, headers.authorization),
      ...this.#accept(operation, described, String(headers.accept ?? '*/*')),
      ...this.#body(operation, described.requestBody, body, String(headers['content-type'] ?? '')),
    ];
  }

  /** Everything that is wrong with an answer. */
  answer(operation: Operation, { status, headers, body }: ExchangeAnswer): string[] {
    const name = `${operation.method} ${operation.path} ${status}`;
    const described = this.#described(operation);
    const response = resolve(this.#description, described.responses[status] ?? described.responses.default);
    if (!response) return [`${name}: the description has no such answer`];
    const missing = Object.keys(response.headers ?? {})
      .filter((header) => headers[header.toLowerCase()] === undefined)
      .map((header) => `${name}: no header ${header}`);
    if (!response.content) return [...missing, ...(body === '' ? [] : [`${name}: has a body`])];
    const type = headers['content-type']?.split(';')[0] ?? '';
    const media = response.content[type];
    if (!media) return [...missing, `${name}: content type "${type}" (described: ${Object.keys(response.content).join(', ')})`];
    if (!media.schema || type !== 'application/json') return missing;
    return [...missing, ...this.#value(`${name}: body`, media.schema, parsed(body))];
  }

  #described({ path, method }: Operation): Json {
    return this.#description.paths[path][method.toLowerCase()];
  }

  #parameters(operation: Operation, described: Json): string[] {
    const all = [...(this.#description.paths[operation.path].parameters ?? []), ...(described.parameters ?? [])];
    const known = all.map((parameter) => resolve(this.#description, parameter));
    const prose = this.#exceptions.query?.[`${operation.method} ${operation.path}`] ?? {};
    for (const [name, schema] of Object.entries(prose)) known.push({ in: 'query', name, schema });
    const name = `${operation.method} ${operation.path}`;
    const strangers = [...operation.query.keys()].filter((key) => !known.some((one) => one.in === 'query' && one.name === key));
    const wrong = known.flatMap((parameter) => {
      const text = parameter.in === 'path' ? operation.parameters[parameter.name] : operation.query.get(parameter.name);
      if (parameter.in !== 'path' && parameter.in !== 'query') return [];
      if (text === null || text === undefined) return parameter.required ? [`${name}: no ${parameter.in} parameter ${parameter.name}`] : [];
      return this.#value(`${name}: ${parameter.in} parameter ${parameter.name}`, parameter.schema, typed(text, parameter.schema));
    });
    return [...strangers.map((key) => `${name}: unknown query parameter ${key}`), ...wrong];
  }

  #security(described: Json, authorization: string | string[] | undefined): string[] {
    const wanted: Json[] = described.security ?? this.#description.security ?? [];
    const bearer = wanted.some((one) =>
      Object.keys(one).some((key) => this.#description.components.securitySchemes[key]?.scheme === 'bearer'),
    );
    return bearer && !/^Bearer \S+$/.test(String(authorization ?? '')) ? [`${described.operationId}: no bearer token`] : [];
  }

  #accept({ method, path }: Operation, described: Json, accept: string): string[] {
    const content = Object.keys(resolve(this.#description, described.responses[200])?.content ?? {});
    const accepted = accept.split(',').map((part) => part.split(';')[0]?.trim() ?? '');
    const fits = content.length === 0 || content.some((type) => accepted.some((one) => one === '*/*' || one === type));
    return fits ? [] : [`${method} ${path}: accepts ${accept}, and gets ${content.join(', ')}`];
  }

  #body({ method, path }: Operation, wanted: Json, body: string, type: string): string[] {
    const name = `${method} ${path}`;
    if (!wanted) return body === '' ? [] : [`${name}: has a body`];
    if (body === '') return wanted.required ? [`${name}: no body`] : [];
    const media = resolve(this.#description, wanted).content[type.split(';')[0] ?? ''];
    return media ? this.#value(`${name}: body`, media.schema, parsed(body)) : [`${name}: content type "${type}"`];
  }

  #value(what: string, schema: Json, value: unknown): string[] {
    const validate = this.#validator(schema);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${what}${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  #validator(schema: Json): ValidateFunction {
    const key = JSON.stringify(schema);
    let found = this.#compiled.get(key);
    if (!found) {
      found = this.#ajv.compile(absolute(schema));
      this.#compiled.set(key, found);
    }
    return found;
  }
}

function resolve(description: Json, node: Json): Json {
  if (!node?.$ref) return node;
  const target = String(node.$ref)
    .replace(/^#\//, '')
    .split('/')
    .reduce((at, part) => at?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], description);
  return resolve(description, target);
}

/** References lead into the description, wherever the schema stands. */
function absolute(node: Json): Json {
  if (Array.isArray(node)) return node.map(absolute);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' && value.startsWith('#/') ? `${ROOT}${value}` : absolute(value),
    ]),
  );
}

/** Close, in place, every object that is a property or an item, with whatever it is composed of. */
function closer(open: ReadonlySet<string>): { closed: (node: Json) => Json; shut: (node: Json) => void } {
  const shut = (node: Json): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [name, property] of Object.entries<Json>(node.properties ?? {}))
      if (!open.has(name)) node.properties[name] = closed(property);
    if (node.items) node.items = closed(node.items);
    for (const part of [...(node.allOf ?? []), ...(node.anyOf ?? []), ...(node.oneOf ?? [])]) shut(part);
  };
  const closed = (node: Json): Json => {
    shut(node);
    const composed = node.properties || node.allOf || node.oneOf || node.anyOf || node.$ref;
    // Around it and not inside: what it is composed of counts as named too.
    return composed && node.additionalProperties === undefined ? { allOf: [node], unevaluatedProperties: false } : node;
  };
  return { closed, shut };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return `not JSON: ${body.slice(0, 100)}`;
  }
}

function typed(text: string, schema: Json): unknown {
  if (schema?.type === 'integer' || schema?.type === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (schema?.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  return text;
}
