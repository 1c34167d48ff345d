import type { WholeApp } from './app.ts';

/** A public chart that is deployed whole. */
export interface WholeChart {
  repository: string;
  /** Folder of the chart, as scripts/charts/list.json has it. */
  path: string;
  /** What its make is. */
  make: string;
  release: string;
  /** Ports that its stand-in listens on; none: the image is one of the catalogue's. */
  ports?: readonly number[];
  /** More names that the stand-in has to be found under, as the chart's tests name them. */
  aliases?: readonly string[];
  /** The definitions that it brings, which no removal takes away. */
  definitions?: RegExp;
  values(tag: string): object;
  broken: Broken;
  /** Versions that serve; each has to be the same one. */
  serving(app: WholeApp): Promise<string[]>;
}

interface Broken {
  what: string;
  /** Over those of the version before. */
  values: object;
  reason: string;
  message: RegExp;
}

/** Where a chart's stand-in is found; docker.io is mirrored by the embedded registry. */
export const repositoryOf = (chart: Pick<WholeChart, 'path'>): string => `stand-ins/${chart.path.split('/').at(-1)}`;
