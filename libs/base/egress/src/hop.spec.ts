import { ClarionError } from '@clarion/model';
import { headersFor, type RequestHop } from './hop';

const hop: RequestHop = { url: new URL('https://registry.example/'), method: 'GET', body: undefined, sameOrigin: true };

it.each<{ name: string; headers?: Record<string, string>; credentials?: string }>([
  { name: 'Host', headers: { Host: 'x' } },
  { name: 'connection', headers: { connection: 'close' } },
  { name: 'Transfer-Encoding', headers: { 'Transfer-Encoding': 'chunked' } },
  { name: 'proxy-authorization', headers: { 'proxy-authorization': 'x' } },
  { name: 'cookie', headers: { cookie: 'a=b' } },
  { name: 'Authorization', headers: { Authorization: 'x' } },
  { name: 'a line break', headers: { 'x-a': 'a\r\nb: c' } },
  { name: 'a NUL', headers: { 'x-a': 'a\0' } },
  { name: 'a name with a blank', headers: { 'x a': 'b' } },
  { name: 'an empty name', headers: { '': 'b' } },
  { name: 'credentials with a line break', credentials: 'Basic x\r\nhost: y' },
])('rejects $name', ({ headers = {}, credentials }) => {
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
