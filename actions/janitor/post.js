import { janitorPost } from '../../dist/index.js';

janitorPost();
