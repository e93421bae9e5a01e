import { callerAddress } from './caller-address';

const trusted = ['10.0.0.0/8', '192.0.2.7', 'fd00::/8'];

describe('the address of a caller', () => {
  it.each([
    ['no proxy', '203.0.113.9', {}, '203.0.113.9'],
    ['a stranger who claims to forward', '203.0.113.9', { xForwardedFor: '198.51.100.1' }, '203.0.113.9'],
    ['a proxy', '10.0.0.1', { xForwardedFor: '203.0.113.9' }, '203.0.113.9'],
    ['a proxy by a mapped address', '::ffff:10.0.0.1', { xForwardedFor: '203.0.113.9' }, '203.0.113.9'],
    ['two proxies', '192.0.2.7', { xForwardedFor: '203.0.113.9, 10.2.3.4' }, '203.0.113.9'],
    ['what the caller itself sent', '10.0.0.1', { xForwardedFor: '127.0.0.1, 203.0.113.9' }, '203.0.113.9'],
    ['a neighbour of a proxy', '192.0.2.8', { xForwardedFor: '203.0.113.9' }, '192.0.2.8'],
    ['ports', '10.0.0.1', { xForwardedFor: '203.0.113.9:4711' }, '203.0.113.9'],
    ['IPv6', 'fd00::1', { xForwardedFor: '2001:db8::9' }, '2001:db8::9'],
    ['IPv6 in brackets', 'fd00::1', { xForwardedFor: '[2001:db8::9]:80' }, '2001:db8::9'],
    ['garbage', '10.0.0.1', { xForwardedFor: '203.0.113.9, x' }, '10.0.0.1'],
    ['only proxies', '10.0.0.1', { xForwardedFor: '10.0.0.3, 10.0.0.2' }, '10.0.0.3'],
    ['nothing said', '10.0.0.1', {}, '10.0.0.1'],
    ['Forwarded', '10.0.0.1', { forwarded: 'for=127.0.0.1;proto=http, For="[2001:db8::9]:80";by=x' }, '2001:db8::9'],
    ['Forwarded that hides', '10.0.0.1', { forwarded: 'for=203.0.113.9, for=_hidden' }, '10.0.0.1'],
    [
      'both: the one that proxies append to',
      '10.0.0.1',
      { forwarded: 'for=1.2.3.4', xForwardedFor: '2.2.2.2' },
      '2.2.2.2',
    ],
    ['no address at all', '', { xForwardedFor: '1.2.3.4' }, ''],
  ])('%s', (_what, peer, headers, expected) => {
    expect(callerAddress(trusted)(peer, headers)).toBe(expected);
  });

  it('is that of the connection where no proxy is trusted', () => {
    expect(callerAddress()('10.0.0.1', { xForwardedFor: '1.2.3.4' })).toBe('10.0.0.1');
  });

  it.each(['10.0.0.0/33', 'proxy.example', '10.0.0.1/8/8', '', '10.0.0.0/-1', 'fd00::/129'])(
    '%p is not a proxy',
    (text) => {
      expect(() => callerAddress([text])).toThrow(/neither an address nor a network/);
    },
  );
});
