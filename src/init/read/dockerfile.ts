import { tryJson } from '../../interfaces/reading/json.ts';
/** What a Dockerfile says about the image that it makes. */
export interface Dockerfile {
  /** The image that the last stage begins with, however many stages it takes to get there. */
  base: string;
  user: string | undefined;
  /** TCP ports that it exposes, in order. */
  ports: readonly number[];
  healthcheck: string | undefined;
  /** ENTRYPOINT and CMD. */
  command: string;
  env: Readonly<Record<string, string>>;
  /** What is copied from the context, by every stage. */
  sources: readonly string[];
  /** Names of users that it creates → their numbers. */
  users: Readonly<Record<string, number>>;
}

interface Stage {
  name: string | undefined;
  base: string;
  user?: string | undefined;
  ports: number[];
  healthcheck?: string | undefined;
  entrypoint: string;
  cmd: string;
  env: Record<string, string>;
}

interface Instruction {
  word: string;
  rest: string;
}

/** Pure: of the stage `target`, or of the last one. undefined where the text has no stage, or not this one. */
export function readDockerfile(text: string, target?: string): Dockerfile | undefined {
  const global: Record<string, string> = {};
  const stages: Stage[] = [];
  const sources: string[] = [];
  const users: Record<string, number> = {};
  for (const { word, rest } of instructionsOf(text)) {
    const stage = stages.at(-1);
    if (word === 'FROM') stages.push(newStage(expand(rest, global), stages));
    else if (stage === undefined) Object.assign(global, word === 'ARG' ? pairs(rest) : {});
    else if (word === 'COPY' || word === 'ADD') sources.push(...copied(rest));
    else if (word === 'RUN') Object.assign(users, created(rest));
    else take(stage, word, expand(rest, { ...global, ...stage.env }));
  }
  const stage =
    target === undefined ? stages.at(-1) : stages.find(({ name }, index) => name === target.toLowerCase() || `${index}` === target);
  if (stage === undefined) return undefined;
  const { base, user, ports, healthcheck, entrypoint, cmd, env } = stage;
  return { base, user, ports, healthcheck, command: `${entrypoint} ${cmd}`.trim(), env, sources, users };
}

function newStage(from: string, stages: readonly Stage[]): Stage {
  const words = from.split(/\s+/).filter((part) => !part.startsWith('--'));
  const [image = '', as, name] = words;
  const parent = stages.find((one) => one.name === image.toLowerCase());
  const own = { name: as?.toUpperCase() === 'AS' ? name?.toLowerCase() : undefined };
  return parent
    ? { ...parent, ...own, ports: [...parent.ports], env: { ...parent.env } }
    : { ...own, base: image, ports: [], entrypoint: '', cmd: '', env: {} };
}

function take(stage: Stage, word: string, rest: string): void {
  if (word === 'USER') stage.user = rest.split(/[\s:]/)[0];
  else if (word === 'EXPOSE') stage.ports.push(...rest.split(/\s+/).flatMap(portOf));
  else if (word === 'HEALTHCHECK') stage.healthcheck = /^NONE\b/i.test(rest) ? undefined : rest;
  else if (word === 'ENTRYPOINT') stage.entrypoint = words(rest);
  else if (word === 'CMD') stage.cmd = words(rest);
  else if (word === 'ENV' || word === 'ARG') Object.assign(stage.env, pairs(rest));
}

/** Lines with their continuations, without comments and the bodies of here-documents. */
function instructionsOf(text: string): Instruction[] {
  const found: Instruction[] = [];
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    let line = (lines[at] ?? '').trim();
    if (line === '' || line.startsWith('#')) continue;
    while (/[\\`]$/.test(line) && at + 1 < lines.length) {
      at += 1;
      const next = (lines[at] ?? '').trim();
      line = next.startsWith('#') ? line : `${line.slice(0, -1).trimEnd()} ${next}`;
    }
    for (const [, end] of line.matchAll(/<<-?["']?(\w+)["']?/g)) {
      const closing = lines.findIndex((one, index) => index > at && one.trim() === end);
      if (closing > at) at = closing;
    }
    const space = line.search(/\s/);
    if (space > 0) found.push({ word: line.slice(0, space).toUpperCase(), rest: line.slice(space).trim() });
  }
  return found;
}

/** `A=1 B="x y"`, the old `A 1`, and a name alone, which says nothing. */
function pairs(rest: string): Record<string, string> {
  const old = /^([A-Za-z_]\w*)\s+([^=]*)$/.exec(rest);
  if (old) return { [old[1] ?? '']: (old[2] ?? '').trim() };
  const found = rest.matchAll(/([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s]*)/g);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, value.replace(/^(["'])(.*)\1$/s, '$2')]));
}

const expand = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\$(?:\{(\w+)(?::?[-+]([^}]*))?\}|(\w+))/g, (whole, braced?: string, otherwise?: string, bare?: string) => {
    const value = values[braced ?? bare ?? ''];
    return value ?? otherwise ?? whole;
  });

const portOf = (text: string): number[] => {
  const [, port] = /^(\d{1,5})(?:-\d+)?(?:\/tcp)?$/i.exec(text) ?? [];
  return port === undefined || Number(port) === 0 || Number(port) > 65_535 ? [] : [Number(port)];
};

/** The exec form as a line. */
function words(rest: string): string {
  if (!rest.startsWith('[')) return rest;
  const parsed = tryJson(rest);
  return Array.isArray(parsed) ? parsed.join(' ') : rest;
}

/** Sources in the context: not of other stages and images, of URLs, or of patterns. */
function copied(rest: string): string[] {
  const flags = rest.match(/^(?:--\S+\s+)*/)?.[0] ?? '';
  if (flags.includes('--from=')) return [];
  const parts = words(rest.slice(flags.length)).split(/\s+/).slice(0, -1);
  return parts.filter((source) => !/[*?[\]$<]|:\/\//.test(source) && source !== '' && source !== '.');
}

/** Users that a line creates under a number of its own choice. */
function created(rest: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const command of rest.split(/&&|\|\||;/)) {
    if (!/\b(useradd|adduser)\b/.test(command)) continue;
    const id = /(?:-u|--uid)[= ]?\s*(\d+)/.exec(command)?.[1];
    const name = command
      .trim()
      .split(/\s+/)
      .filter((word) => /^[a-z_][\w-]*$/.test(word) && word !== 'useradd' && word !== 'adduser')
      .at(-1);
    if (id !== undefined && name !== undefined) found[name] = Number(id);
  }
  return found;
}
