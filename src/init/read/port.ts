import { tryJson } from '../../interfaces/reading/json.ts';
import { fieldAt, isMap } from '../../interfaces/values.ts';
import type { Checkout } from '../model.ts';
import type { Dockerfile } from './dockerfile.ts';
import { below, fileOf } from './names.ts';

/** Base images that serve on a port of their own. */
const SERVERS: readonly (readonly [image: RegExp, port: number])[] = [
  [/(^|\/)nginx-unprivileged(:|$)/, 8080],
  [/(^|\/)nginx(:|$|@)/, 80],
  [/(^|\/)httpd(:|$|@)/, 80],
  [/(^|\/)caddy(:|$|@)/, 80],
  [/(^|\/)(php|wordpress)(:[\w.-]*apache|$)/, 80],
  [/(^|\/)tomcat(:|$|@)/, 8080],
];

/** What frameworks listen on where nobody says otherwise, by a package of theirs. */
const FRAMEWORKS: readonly (readonly [file: string, name: RegExp, port: number])[] = [
  ['package.json', /^(next|nuxt|@nestjs\/core|express|fastify|koa|@remix-run\/serve|@react-router\/serve)$/, 3000],
  ['package.json', /^(astro|@astrojs\/node)$/, 4321],
  ['requirements.txt', /^(fastapi|uvicorn|django|gunicorn|starlette)\b/i, 8000],
  ['requirements.txt', /^(flask)\b/i, 5000],
  ['pyproject.toml', /\b(fastapi|uvicorn|django|gunicorn|starlette)\b/i, 8000],
  ['pyproject.toml', /\b(flask)\b/i, 5000],
  ['Gemfile', /\b(rails|puma)\b/, 3000],
  ['pom.xml', /spring-boot/, 8080],
  ['build.gradle', /springframework\.boot/, 8080],
  ['build.gradle.kts', /springframework\.boot/, 8080],
];

/** Pure: the port that the image's program listens on, and where that is written; undefined where nothing says so. */
export function portOf(dockerfile: Dockerfile, context: string, checkout: Checkout): { port: number; from: string } | undefined {
  const { ports, env, command, base } = dockerfile;
  const [exposed] = ports;
  if (exposed !== undefined) return { port: exposed, from: 'EXPOSE' };
  const variable = number(String(fieldAt(env, 'PORT') ?? ''));
  if (variable !== undefined) return { port: variable, from: 'ENV PORT' };
  const flag = commandPort(command);
  if (flag !== undefined) return { port: flag, from: 'its command' };
  const server = SERVERS.find(([image]) => image.test(base));
  if (server) return { port: server[1], from: base };
  return frameworkPort(context, checkout);
}

/** `--port 8000`, `-p 3000`, `-b 0.0.0.0:8000`, `runserver 0.0.0.0:8000`. */
export const commandPort = (command: string): number | undefined =>
  number(
    /(?:--port|-p|--listen)[ =](?:\S*:)?(\d{2,5})\b/.exec(command)?.[1] ??
      /(?:0\.0\.0\.0|\[::\]|localhost|127\.0\.0\.1|\s):(\d{2,5})\b/.exec(command)?.[1],
  );

function frameworkPort(context: string, checkout: Checkout): { port: number; from: string } | undefined {
  for (const [file, name, port] of FRAMEWORKS) {
    const path = below(context, file);
    const text = checkout.read(path);
    if (text === undefined) continue;
    const said = fileOf(path) === 'package.json' ? scriptPort(text) : undefined;
    if (said !== undefined) return { port: said, from: `${path}, scripts` };
    const names = file === 'package.json' ? dependenciesOf(text) : text.split(/\r?\n/).map((line) => line.trim());
    const found = names.find((one) => !one.startsWith('#') && name.test(one));
    if (found !== undefined) return { port, from: `${path} (${name.exec(found)?.[1] ?? 'Spring Boot'})` };
  }
  return undefined;
}

const dependenciesOf = (text: string): string[] => {
  const found = fieldAt(tryJson(text), 'dependencies');
  return isMap(found) ? Object.keys(found) : [];
};

const scriptPort = (text: string): number | undefined => commandPort(String(fieldAt(tryJson(text), 'scripts', 'start') ?? ''));

const number = (text: string | undefined): number | undefined => {
  const port = Number(text);
  return text !== undefined && /^\d{2,5}$/.test(text) && port < 65_536 ? port : undefined;
};
