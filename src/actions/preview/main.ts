import type { ActionContext } from '../../runtime/action.ts';
import { runAction, runPost } from '../../runtime/action.ts';
import { readKnown } from '../shared/known-inputs.ts';
import { OF_DEPLOYS, type PreviewInputs, readPreviewInputs } from './inputs.ts';
import { afterPreview } from './post.ts';
import { runPreview } from './run.ts';

export const readInputs = (context: ActionContext): PreviewInputs =>
  readKnown(context, () => readPreviewInputs(context), { known: () => [...context.inputs.read, ...OF_DEPLOYS] });

export const previewMain = (): void => runAction('preview', (context) => runPreview(context, readInputs(context)));

export const previewPost = (): void => runPost('preview', afterPreview);
