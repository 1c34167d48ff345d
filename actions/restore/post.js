import { restorePost } from '../../dist/index.js';

restorePost();
