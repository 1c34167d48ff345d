import type { Checkout, Image, Wanted } from '../model.ts';
import type { Compose, ComposeService } from './compose.ts';
import { type Dockerfile, readDockerfile } from './dockerfile.ts';
import { below, dnsName, fileOf, folderOf } from './names.ts';

/** An image with what is known about it. */
export interface FoundImage {
  image: Image;
  /** What a workload of it is called. */
  part: string;
  /** The folder that its sources stand in: often deeper than its context. */
  sources: string;
  dockerfile: Dockerfile;
  /** Of the compose file; empty for one that is found by its Dockerfile. */
  services: readonly ComposeService[];
}

const SIDE =
  /^(node_modules|vendor|tests?|e2e|examples?|samples?|docs?|\.devcontainer|\.github|\.circleci|ci|hack|bench(marks?)?|fixtures|testdata|third_party|tools?|scripts?)$/i;
const ASIDE =
  /^(dev(elopment|container)?|tests?|ci|debug|local|e2e|bench|lint|docs?|base|builder|build|buildx|arm(64)?|amd64|alpine|debian|ubuntu|distroless|cross|release|goreleaser|windows|bake)$/i;

/** Pure: the images of the repository, in the order of their names; by flags, by the compose file, or by Dockerfiles. */
export function findImages(checkout: Checkout, wanted: Wanted, repository: string, compose: Compose | undefined): FoundImage[] {
  if (wanted.images.length > 0) return wanted.images.flatMap((one) => named(checkout, one, compose));
  return compose ? composed(checkout, compose, repository) : byDockerfiles(checkout, repository);
}

function named(checkout: Checkout, { name, context, file, target }: Wanted['images'][number], compose: Compose | undefined): FoundImage[] {
  const folder = context.replace(/^\.\/|\/+$/g, '') || '.';
  const path = file?.replace(/^\.\//, '') ?? below(folder, 'Dockerfile');
  const dockerfile = readDockerfile(checkout.read(path) ?? '', target);
  const services = (compose?.services ?? []).filter((one) => one.file === path && one.target === target && !one.task);
  const image = { name, context: folder, file: file && path, target, buildArgs: {} };
  return dockerfile ? [{ image, part: services[0]?.name ?? dnsName(fileOf(name)), sources: folderOf(path), dockerfile, services }] : [];
}

/** Services that are built alike share an image. */
function composed(checkout: Checkout, compose: Compose, repository: string): FoundImage[] {
  const groups = new Map<string, ComposeService[]>();
  for (const service of compose.services.filter(({ task }) => !task)) {
    const key = JSON.stringify([service.context, service.file, service.target, service.args]);
    groups.set(key, [...(groups.get(key) ?? []), service]);
  }
  const found = [...groups.values()].flatMap((services): FoundImage[] => {
    const main = services.find(({ published }) => published) ?? services[0];
    const dockerfile = main && readDockerfile(checkout.read(main.file) ?? '', main.target);
    if (!main || !dockerfile) return [];
    const isUsual = main.file === below(main.context, 'Dockerfile');
    const buildArgs = Object.fromEntries(Object.entries(main.args).filter(([, value]) => value !== ''));
    const image = { name: main.name, context: main.context, file: isUsual ? undefined : main.file, target: main.target, buildArgs };
    return [
      {
        image,
        part: dnsName(main.name),
        sources: folderOf(main.file),
        dockerfile,
        services: services.length > 1 ? services : services.map(forUsers),
      },
    ];
  });
  return withNames(found, repository);
}

/** Where one service alone has an image, what it runs on a developer's machine is nothing for users. */
const forUsers = (service: ComposeService): ComposeService =>
  service.forDevelopers ? { ...service, entrypoint: undefined, command: undefined } : service;

function byDockerfiles(checkout: Checkout, repository: string): FoundImage[] {
  const all = checkout.files.filter(
    (path) => /^(Dockerfile|Containerfile)([.-].+)?$|\.Dockerfile$/i.test(fileOf(path)) && !path.endsWith('.dockerignore'),
  );
  const serious = all.filter((path) => {
    const folders = path.split('/').slice(0, -1);
    return !folders.some((folder) => SIDE.test(folder)) && !ASIDE.test(variantOf(path));
  });
  const found = serious
    // Beside a plain Dockerfile the others are variants of it.
    .filter((path) => variantOf(path) === '' || !serious.some((other) => folderOf(other) === folderOf(path) && variantOf(other) === ''))
    .sort()
    .flatMap((path): FoundImage[] => {
      const dockerfile = readDockerfile(checkout.read(path) ?? '');
      if (!dockerfile) return [];
      const context = contextOf(path, dockerfile, checkout);
      const file = path === below(context, 'Dockerfile') ? undefined : path;
      const folder = folderOf(path);
      // `docker/` and the like say nothing about what is built in them.
      const telling = folder
        .split('/')
        .filter((part) => !/^(docker|build|deploy|deployments?|containers?|src|apps?|services?|packages|cmd|\.)$/i.test(part));
      const part = dnsName(variantOf(path) || telling.at(-1) || '');
      return [{ image: { name: part, context, file, target: undefined, buildArgs: {} }, part, sources: context, dockerfile, services: [] }];
    });
  return withNames(found, repository);
}

/** `Dockerfile.worker` and `worker.Dockerfile` are `worker`. */
const variantOf = (path: string): string =>
  fileOf(path)
    .replace(/^(Dockerfile|Containerfile)[.-]?/i, '')
    .replace(/\.Dockerfile$/i, '');

/** The nearest folder that holds everything the Dockerfile copies. */
function contextOf(path: string, { sources }: Dockerfile, checkout: Checkout): string {
  const folders = folderOf(path).split('/');
  const candidates = folders[0] === '.' ? ['.'] : [...folders.map((_, index) => folders.slice(0, folders.length - index).join('/')), '.'];
  const holds = (folder: string) =>
    sources.every((source) => {
      const wanted = below(folder, source.replace(/^\.?\/+|\/+$/g, ''));
      return checkout.files.some((file) => file === wanted || file.startsWith(`${wanted}/`));
    });
  return candidates.find(holds) ?? candidates[0] ?? '.';
}

/** `shop-frontend`; one that is alone, or is called as the repository, has the repository's name. */
function withNames(found: readonly FoundImage[], repository: string): FoundImage[] {
  return found.map((one) => {
    const part = one.part || repository;
    const name =
      found.length === 1 || part === repository ? repository : part.startsWith(`${repository}-`) ? part : `${repository}-${part}`;
    return { ...one, part, image: { ...one.image, name } };
  });
}
