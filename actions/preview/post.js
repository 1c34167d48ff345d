import { previewPost } from '../../dist/index.js';

previewPost();
