import { parseMediaType } from './parse-media-type';

describe('parseMediaType', () => {
  it.each<[text: string, type: string, parameters: object]>([
    ['application/json', 'application/json', {}],
    ['application/vnd.x+json; version=1.0', 'application/vnd.x+json', { version: '1.0' }],
    ['application/vnd.x+json;version="1.0"', 'application/vnd.x+json', { version: '1.0' }],
    [' Application/VND.x ;  Version = 1.1 ; charset=utf-8', 'application/vnd.x', { version: '1.1', charset: 'utf-8' }],
    ['*/*;q=0.1', '*/*', { q: '0.1' }],
    ['a/b; =', 'a/b', {}],
  ])('%j', (text, type, parameters) => {
    expect(parseMediaType(text)).toEqual({ type, parameters });
  });

  it.each(['', 'a', 'a/b/c', 'a b/c', `a/${'b'.repeat(300)}`])('%j is not one', (text) => {
    expect(parseMediaType(text)).toBeUndefined();
  });
});
