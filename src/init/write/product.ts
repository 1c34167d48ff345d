/** How workflows name what they use: ours by its major version, others by commit. A test holds them equal to the examples. */
export const PRODUCT = 'org/todo-deploy';
export const PRODUCT_VERSION = 'v1';
export const CHECKOUT = 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1';

export const action = (name: string): string => `${PRODUCT}/actions/${name}@${PRODUCT_VERSION}`;
