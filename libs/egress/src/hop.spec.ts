import { ClarionError } from '@clarion/model';
import { headersFor, type Hop } from './hop';

const hop: Hop = { url: new URL('https://registry.example/'), method: 'GET', body: undefined, sameOrigin: true };

it.each<[name: string, headers: Record<string, string>, credentials?: string]>([
  ['Host', { Host: 'x' }],
  ['connection', { connection: 'close' }],
  ['Transfer-Encoding', { 'Transfer-Encoding': 'chunked' }],
  ['proxy-authorization', { 'proxy-authorization': 'x' }],
  ['cookie', { cookie: 'a=b' }],
  ['Authorization', { Authorization: 'x' }],
  ['a line break', { 'x-a': 'a\r\nb: c' }],
  ['a NUL', { 'x-a': 'a\0' }],
  ['a name with a blank', { 'x a': 'b' }],
  ['an empty name', { '': 'b' }],
  ['credentials with a line break', {}, 'Basic x\r\nhost: y'],
])('refuses %s', (_name, headers, credentials) => {
  const request = { url: hop.url.href, headers, ...(credentials === undefined ? {} : { credentials }) };
  let thrown: unknown;
  try {
    headersFor(hop, request, undefined);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ClarionError);
  expect(thrown).toMatchObject({ code: 'invalid-input' });
});

it('__proto__ is a header like any other', () => {
  const headers = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
  expect(Object.entries(headersFor(hop, { url: hop.url.href, headers }, 'me'))).toEqual([
    ['user-agent', 'me'],
    ['__proto__', 'x'],
  ]);
});
