import { rollbackPost } from '../../dist/index.js';

rollbackPost();
