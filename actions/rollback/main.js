import { rollbackMain } from '../../dist/index.js';

rollbackMain();
