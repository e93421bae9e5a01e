import { makeCertificates } from '@clarion/test-kit';

import { detectorAddresses, detectorSettings } from './detector-settings';
import { readConfig } from './read-config';
import { servingSettings, servingTls } from './serving-settings';

const addressesOf = (env: Record<string, string>): ReturnType<typeof detectorAddresses> =>
  detectorAddresses(readConfig(detectorSettings, env).config);

describe('detectorAddresses', () => {
  it('use plain text by default', () => {
    expect(addressesOf({ CLARION_DETECTOR_TOKEN: 't' })).toEqual([
      { address: '127.0.0.1:7071', token: 't' },
      { address: '127.0.0.1:7072', token: 't' },
    ]);
  });

  it('use TLS if the address says so, with the configured TLS material', () => {
    const env = { CLARION_DETECTORS: 'tls://a:1,b:2', CLARION_DETECTOR_CA: 'ca' };
    const use = 'detectors';
    expect(addressesOf(env)).toEqual([{ address: 'a:1', tls: { use, ca: { text: 'ca' } } }, { address: 'b:2' }]);
    expect(addressesOf({ CLARION_DETECTORS: 'tls://a:1' })).toEqual([{ address: 'a:1', tls: { use } }]);
    const mutual = addressesOf({ ...env, CLARION_DETECTOR_CERTIFICATE: 'c', CLARION_DETECTOR_KEY: 'k' });
    expect(mutual[0]?.tls).toEqual({ use, ca: { text: 'ca' }, certificate: { text: 'c' }, key: { text: 'k' } });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['certificates that no address uses', { CLARION_DETECTOR_CA: 'ca' }, /no address uses TLS/],
    [
      'a certificate without key',
      { CLARION_DETECTORS: 'tls://a:1', CLARION_DETECTOR_CERTIFICATE: 'c' },
      /needs its key/,
    ],
    ['an address without port', { CLARION_DETECTORS: 'a:1,tls://b' }, /"tls:\/\/b" of a detector service has no port/],
    ['a key without certificate', { CLARION_DETECTORS: 'tls://a:1', CLARION_DETECTOR_KEY: 'k' }, /needs its key/],
  ])('rejects %s', (_, env, message) => {
    expect(() => addressesOf(env)).toThrow(message);
  });
});

describe('servingTls', () => {
  const tlsOf = (env: Record<string, string>): ReturnType<typeof servingTls> =>
    servingTls(readConfig(servingSettings, env).config, { env, observe: () => undefined });
  const certificates = makeCertificates();
  afterAll(() => {
    certificates.remove();
  });

  it('matches the configuration', () => {
    expect(tlsOf({})).toBeUndefined();
    const { server, client, ca } = certificates;
    const [cert, key] = [server.certificate.pem, server.key.pem];
    const pair = { CLARION_TLS_CERTIFICATE: cert, CLARION_TLS_KEY: key };
    expect(tlsOf(pair)?.material).toEqual({ cert, key });
    const files = { CLARION_TLS_CERTIFICATE_FILE: server.certificate.path, CLARION_TLS_KEY_FILE: server.key.path };
    const tls = tlsOf({ ...files, CLARION_TLS_CLIENT_CA: ca.pem });
    expect(tls?.material).toEqual({ cert, key, ca: ca.pem });
    tls?.close();
    expect(() => tlsOf({ ...pair, CLARION_TLS_KEY: client.key.pem })).toThrow('The certificates for serving');
  });

  it.each([{ CLARION_TLS_CERTIFICATE: 'c' }, { CLARION_TLS_KEY: 'k' }, { CLARION_TLS_CLIENT_CA: 'a' }])(
    'rejects incomplete TLS material: %j',
    (env) => {
      expect(() => tlsOf(env as Record<string, string>)).toThrow('both a certificate and its key');
    },
  );
});
