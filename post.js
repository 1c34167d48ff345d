import { pipelinePost } from './dist/index.js';

pipelinePost();
