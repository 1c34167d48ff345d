import { repositoryOf } from '../../interfaces/image-reference.ts';
import { requireProvenance } from '../../provenance/require.ts';
import type { Collaborators, DeployOptions } from '../run/options.ts';
import { step } from '../run/phase.ts';
import type { Plan, Run } from '../run/run.ts';

type Deps = Pick<Run, 'log' | 'clock' | 'report' | 'signal'> & Pick<Collaborators, 'attestations'> & { options: DeployOptions };

/** Before the cluster is asked for anything: images need the provenance that is demanded. Errors: those of `requireProvenance`. */
export async function proveImages({ attestations, options, ...run }: Deps): Promise<void> {
  const { provenance, images } = options;
  if (provenance === undefined || attestations === undefined) return;
  const demanded = images.flatMap(({ repository, digest }) =>
    digest === undefined ? [] : [{ repository: repositoryOf(repository), digest }],
  );
  if (demanded.length === 0) {
    const note = 'Provenance is not checked: nothing was pushed that it could be of';
    run.log.notice(note);
    run.report.notes.push(note);
    return;
  }
  const count = demanded.length === 1 ? 'the image' : `${demanded.length} images`;
  await step(run, 'preflight', `Provenance of ${count}`, () => requireProvenance(demanded, provenance, { ...run, attestations }));
}

/** What runs beside them, and nothing was demanded of, is said. */
export function noteUnproved({ options, log, report }: Pick<Run, 'log' | 'report'> & { options: DeployOptions }, { split }: Plan): void {
  if (options.provenance === undefined) return;
  const proved = new Set(options.images.map(({ repository, digest }) => `${repositoryOf(repository)}@${digest}`));
  const isProved = (image: string): boolean => proved.has(`${repositoryOf(image)}@${image.split('@')[1]}`);
  const others = [...new Set(split.images.map(({ image }) => image).filter((image) => !isProved(image)))];
  if (others.length === 0) return;
  const note = `The chart's own images are deployed as they are, without proof of where they come from: ${others.join(', ')}`;
  log.info(note);
  report.notes.push(note);
}
