import { acceptedCoding } from './accepted-coding';
import type { ContentCoding } from './codings';

const all: readonly ContentCoding[] = ['br', 'zstd', 'gzip', 'deflate'];

describe('the coding that a caller prefers', () => {
  it.each<[header: string | undefined, coding: ContentCoding | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['zstd', 'zstd'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['gzip;q=0.8, br;q=0.5', 'gzip'],
    ['br;q=0.5, gzip;q=0.5', 'br'],
    ['gzip;q=0.1, deflate', 'deflate'],
    ['*', 'br'],
    ['*;q=0.1, gzip;q=0.2', 'gzip'],
    ['br;q=0, *', 'zstd'],
    ['*;q=0', undefined],
    ['gzip;q=0', undefined],
    ['gzip;q=0.000', undefined],
    ['identity', undefined],
    ['identity, gzip', 'gzip'],
    ['identity;q=0.5, gzip;q=0.4', undefined],
    ['identity;q=0, gzip;q=0.001', 'gzip'],
    ['identity;q=0', undefined],
    ['gzip ; q=0.5 ,br ; Q=0.2', 'gzip'],
    ['compress, exi', undefined],
    ['gzip;q=2', undefined],
    ['gzip;q=0.1234', undefined],
    ['gzip;level=9', undefined],
    [',,;q=1, gzip', 'gzip'],
    [`${'a,'.repeat(10_000)}gzip`, undefined],
  ])('%p: %p', (header, coding) => {
    expect(acceptedCoding(header, all)).toBe(coding);
  });
});
