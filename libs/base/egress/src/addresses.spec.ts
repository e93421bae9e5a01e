import { classifyAddress, inNetwork, parseAddress, parseNetwork } from './addresses';

it.each([
  ['8.8.8.8', 'public'],
  ['93.184.215.14', 'public'],
  ['172.15.255.255', 'public'],
  ['172.32.0.0', 'public'],
  ['100.63.255.255', 'public'],
  ['100.128.0.0', 'public'],
  ['198.17.255.255', 'public'],
  ['223.255.255.255', 'public'],
  ['2606:4700::1111', 'public'],
  ['::ffff:8.8.8.8', 'public'],
  ['64:ff9b::808:808', 'public'],
  ['2002:808:808::1', 'public'],
  ['127.0.0.1', 'loopback'],
  ['127.255.255.255', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::127.0.0.1', 'loopback'],
  ['::ffff:0:127.0.0.1', 'loopback'],
  ['64:ff9b::7f00:1', 'loopback'],
  ['2002:7f00:1::', 'loopback'],
  ['10.0.0.0', 'private'],
  ['172.16.0.0', 'private'],
  ['192.168.255.255', 'private'],
  ['100.64.0.0', 'private'],
  ['fc00::', 'private'],
  ['fdff:ffff::1', 'private'],
  ['::ffff:10.1.2.3', 'private'],
  ['0.0.0.0', 'internal'],
  ['0.1.2.3', 'internal'],
  ['169.254.169.254', 'internal'],
  ['100.100.100.200', 'internal'],
  ['192.0.0.192', 'internal'],
  ['192.0.2.1', 'internal'],
  ['198.18.0.1', 'internal'],
  ['198.51.100.1', 'internal'],
  ['203.0.113.1', 'internal'],
  ['224.0.0.251', 'internal'],
  ['240.0.0.1', 'internal'],
  ['255.255.255.255', 'internal'],
  ['::', 'internal'],
  ['fd00:ec2::254', 'internal'],
  ['fe80::1', 'internal'],
  ['fe80::1%eth0', 'internal'],
  ['fec0::1', 'internal'],
  ['ff02::1', 'internal'],
  ['2001:db8::1', 'internal'],
  ['2001:0:4136:e378::1', 'internal'],
  ['100::1', 'internal'],
  ['64:ff9b:1::1', 'internal'],
  ['::ffff:169.254.169.254', 'internal'],
  ['2002:a9fe:a9fe::', 'internal'],
])('%s is %s', (text, expected) => {
  expect(classifyAddress(parseAddress(text)!)).toBe(expected);
});

it.each(['', 'localhost', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1.2.3.4/8', ':::', 'g::'])(
  '%j is not an address',
  (text) => {
    expect(parseAddress(text)).toBeUndefined();
  },
);

it.each([
  ['10.0.0.0/8', '10.255.0.1', true],
  ['10.0.0.0/8', '11.0.0.1', false],
  ['10.0.0.0/9', '10.128.0.1', false],
  ['0.0.0.0/0', '8.8.8.8', true],
  ['192.0.2.7', '192.0.2.7', true],
  ['192.0.2.7', '192.0.2.8', false],
  ['fd00::/8', 'fd12::1', true],
  ['fd00::/8', '10.0.0.1', false],
])('%s contains %s: %s', (network, address, expected) => {
  expect(inNetwork(parseAddress(address)!, parseNetwork(network)!)).toBe(expected);
});

it.each(['', '10.0.0.0/33', '10.0.0.0/x', '10.0.0.0/', 'fd00::/129', '10.0.0.0/8/8', 'host/8'])(
  '%j is not a network',
  (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  },
);
