import { parseRepositories } from './parse';

describe('apk repositories', () => {
  it.each([
    ['http://x/alpine/edge/main', 'edge'],
    ['http://x/alpine/edge/main/\r\nhttp://x/alpine/edge/community\r\n', 'edge'],
    ['http://x/alpine/v3.20/main\nhttp://x/alpine/edge/testing', 'channel'],
    ['http://x/alpine/latest-stable/main\nhttp://x/alpine/edge/testing', 'channel'],
    ['@edge http://x/alpine/edge/main', 'channel'],
    ['http://x/alpine/edge/main\n@testing http://x/alpine/edge/testing', 'edge'],
    ['#http://x/alpine/edge/main', undefined],
    ['# http://x/alpine/edge/main', undefined],
    ['http://x/alpine/v3.20/main', undefined],
    ['/media/cdrom/apks', undefined],
    ['http://x/edge/of/the/world', undefined],
    ['', undefined],
  ])('%j are of edge: %s', (text, kind) => {
    const found = parseRepositories({ path: 'etc/apk/repositories', content: Buffer.from(text) });
    expect(found.map((one) => [one.id, one.channel === true ? 'channel' : 'edge'])).toEqual(
      kind === undefined ? [] : [['alpine:edge', kind]],
    );
  });
});
