/** Colours of GitHub's own pages, so that the picture belongs where README shows it. */
export interface Theme {
  page: string;
  ink: string;
  quiet: string;
  line: string;
  box: string;
  /** One for each version, in the order in which they served. */
  versions: readonly string[];
  lost: string;
  good: string;
}

export const LIGHT: Theme = {
  page: '#ffffff',
  ink: '#1f2328',
  quiet: '#59636e',
  line: '#d1d9e0',
  box: '#f6f8fa',
  versions: ['#54aeff', '#4ac26b', '#eac54f', '#c297ff', '#76e3ea', '#ff8ac4'],
  lost: '#d1242f',
  good: '#1a7f37',
};

export const DARK: Theme = {
  page: '#0d1117',
  ink: '#f0f6fc',
  quiet: '#9198a1',
  line: '#3d444d',
  box: '#151b23',
  versions: ['#1f6feb', '#238636', '#9e6a03', '#8957e5', '#1b7c83', '#bf4b8a'],
  lost: '#ff7b72',
  good: '#3fb950',
};
