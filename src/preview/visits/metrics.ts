/** A value of a metric, as a program told it. */
export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

const LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?[ \t]+(\S+)(?:[ \t]+-?\d+)?[ \t]*$/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/**
 * Pure: the samples of one metric in Prometheus' text format. What is no number, or no sample, is left out.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function samplesOf(text: string, metric: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    // Most lines are of other metrics.
    if (!line.startsWith(metric)) return [];
    const [, name, labels = '', number = ''] = LINE.exec(line.trimEnd()) ?? [];
    const value = Number(number);
    return name === metric && Number.isFinite(value) ? [{ labels: labelsIn(labels), value }] : [];
  });
}

const labelsIn = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, unescaped(value)]));

const unescaped = (text: string): string => text.replace(/\\(.)/g, (whole, one: string) => ESCAPED[one] ?? whole);
