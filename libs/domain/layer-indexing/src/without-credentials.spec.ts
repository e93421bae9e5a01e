import type { ImageSource } from '@clarion/model';
import { withoutCredentials } from './without-credentials';

it.each<[source: ImageSource, left: ImageSource]>([
  [
    { kind: 'registry', reference: 'a@sha256:00', credentials: 'v1.a', forOneJob: true, insecure: true },
    { kind: 'registry', reference: 'a@sha256:00', insecure: true },
  ],
  [
    { kind: 'layer-urls', layers: [{ url: 'https://a.example/1', headers: 'v1.b' }, { url: 'https://a.example/2' }] },
    { kind: 'layer-urls', layers: [{ url: 'https://a.example/1' }, { url: 'https://a.example/2' }] },
  ],
  [{ kind: 'upload' }, { kind: 'upload' }],
])('%j without credentials is %j', (source, left) => {
  expect(withoutCredentials(source)).toEqual(left);
});
