import type { ActionContext } from '../../runtime/action.ts';
import { type BuilderInputs, readBuilder } from './inputs/builder.ts';
import { type DocumentInputs, readDocuments } from './inputs/documents.ts';
import { type GateInputs, readGate } from './inputs/gate.ts';
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
    LoadInputs {}

/** The only reader of this action's inputs, a file for each topic. Throws ConfigurationError before anything is touched. */
export function readBuildPushInputs(context: ActionContext): BuildPushInputs {
  // Secrets first: nothing that follows may show one.
  const secrets = readSecretEntries(context);
  const load = readLoad(context);
  const registry = readRegistryInputs(context, load !== undefined);
  const images = readImages(context);
  const read = {
    load,
    ...registry,
    ...images,
    ...readSecrets(secrets, images, context),
    ...readTags(context),
    ...readBuilder(context, load !== undefined),
    ...readGate(context),
    ...readDocuments(context),
  };
  checkLoad(context, read);
  return read;
}
