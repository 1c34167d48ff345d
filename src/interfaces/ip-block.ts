import { BlockList, isIP } from 'node:net';

/**
 * Pure: whether an address lies in a block such as `10.0.0.0/8` or `fd00::/8`; an address alone is a block of one. undefined where it cannot be
 * told: a name, no block, or one of the other family.
 */
export function inBlock(address: string, block: string): boolean | undefined {
  const [base = '', length] = block.split('/');
  const [family, own] = [isIP(base), isIP(address)];
  const longest = family === 4 ? 32 : 128;
  const bits = length === undefined ? longest : Number(length);
  if (family === 0 || own !== family || !Number.isInteger(bits) || bits < 0 || bits > longest) return undefined;
  const version = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(base, bits, version);
  return list.check(address, version);
}
