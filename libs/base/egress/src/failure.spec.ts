import { toFailure } from './failure';

const url = new URL('https://registry.example:8443/v2/');

describe('which certificate error occurred', () => {
  it.each([
    ['CERT_HAS_EXPIRED', 'its certificate has expired', /certificate of registry\.example renewed, or set the clock/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'its certificate is for another name', /use the name/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'its certificate is self-signed', /NODE_EXTRA_CA_CERTS/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is signed by an unknown authority', /NODE_EXTRA_CA_CERTS/],
  ])('%s comes with a remedy that helps', (code, why, remedy) => {
    const failure = toFailure(Object.assign(new Error('tls'), { code }), url);
    expect(failure).toMatchObject({
      code: 'egress-denied',
      message: `registry.example:8443 is not usable: ${why}`,
      remedy: expect.stringMatching(remedy) as string,
    });
  });
});
