import { removePost } from '../../dist/index.js';

removePost();
