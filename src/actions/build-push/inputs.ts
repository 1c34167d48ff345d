import type { ActionContext } from '../../runtime/action.ts';
import { type BuilderInputs, readBuilder } from './inputs/builder.ts';
import { type DocumentInputs, readDocuments } from './inputs/documents.ts';
import { type GateInputs, readGate } from './inputs/gate.ts';
import { checkHandOver, type HandOverInputs, readHandOverInputs } from './inputs/hand-over.ts';
import { type ImageInputs, readImages } from './inputs/images.ts';
import { checkLoad, type LoadInputs, readLoad } from './inputs/load.ts';
import { type RegistryInputs, readRegistryInputs } from './inputs/registry.ts';
import { readSecretEntries, readSecrets, type SecretInputs } from './inputs/secrets.ts';
import { readTags, type TagInputs } from './inputs/tags.ts';

export interface BuildPushInputs
  extends ImageInputs,
    RegistryInputs,
    TagInputs,
    SecretInputs,
    BuilderInputs,
    GateInputs,
    DocumentInputs,
    HandOverInputs,
    LoadInputs {}

/** The only reader of this action's inputs, a file for each topic. Throws ConfigurationError before anything is touched. */
export function readBuildPushInputs(context: ActionContext): BuildPushInputs {
  // Secrets first: nothing that follows may show one.
  const secrets = readSecretEntries(context);
  const load = readLoad(context);
  const registry = readRegistryInputs(context, load !== undefined);
  const handOver = readHandOverInputs(context);
  const images = readImages(context, handOver.readLayout === undefined);
  const read = {
    load,
    ...handOver,
    ...registry,
    ...images,
    ...readSecrets(secrets, images, context),
    ...readTags(context),
    ...readBuilder(context, load !== undefined),
    ...howHandedOver(handOver),
    ...readGate(context),
    ...readDocuments(context),
  };
  checkLoad(context, read);
  checkHandOver(read);
  return read;
}

/** What is handed over is this build's own: nothing of it is taken from the registry. What was handed over has no cache, and is not built anew. */
function howHandedOver({ writeLayout, readLayout }: HandOverInputs): Partial<Pick<BuilderInputs, 'cache' | 'reuse' | 'rebuild'>> {
  if (readLayout !== undefined) return { cache: 'off', reuse: false, rebuild: ['never'] };
  return writeLayout === undefined ? {} : { reuse: false };
}
