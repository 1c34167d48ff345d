import { previewMain } from '../../dist/index.js';

previewMain();
