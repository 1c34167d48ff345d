import { pipelineMain } from './dist/index.js';

pipelineMain();
