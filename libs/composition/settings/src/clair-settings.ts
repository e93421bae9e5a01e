import { isRole, type Role } from '@clarion/authentication';
import { flag, integer, list, setting, text } from '@clarion/service-runtime';
import { z } from 'zod';

/** An issuer of tokens that are signed with the pre-shared key. */
export interface ClairIssuer {
  readonly issuer: string;
  readonly role: Role;
}

/** `quay,clairctl=scanner` */
const issuers = list().transform((given, context): readonly ClairIssuer[] =>
  given.map((one) => {
    const [issuer = '', role = 'administrator', ...more] = one.split('=');
    if (issuer !== '' && isRole(role) && more.length === 0) return { issuer, role };
    context.addIssue({ code: 'custom', message: 'must be names, each with =ROLE if it is not an administrator' });
    return z.NEVER;
  }),
);

/** As `auth.psk.key` of Clair. */
export const clairKey = setting('CLARION_CLAIR_PSK', text(), {
  about:
    'Pre-shared key of Clair (base64): tokens for receivers of Clair v4 bodies are signed with it, and so are those of callers (CLARION_CLAIR_PSK_ISSUERS)',
  optional: true,
  secret: true,
});

/** The API of Clair v4. */
export const clairSettings = {
  clairKey,
  clairIssuers: setting('CLARION_CLAIR_PSK_ISSUERS', issuers, {
    about:
      'Issuers whose tokens, signed with CLARION_CLAIR_PSK, are valid for the API of Clair v4 and nothing else: `quay,clairctl=scanner`. Administrators unless stated, as in Clair',
    default: '',
  }),
  clairIndexRequests: setting('CLARION_CLAIR_INDEX_REQUESTS', integer({ min: -1, max: 10_000 }), {
    about:
      'Images that callers of Clair v4 may index at the same time before others get 429; 0: four for each processor; -1: no limit',
    default: '0',
  }),
  clairScores: setting('CLARION_CLAIR_SCORES', flag(), {
    about: 'Reports of Clair v4 also have the scores of EPSS and the known exploits of KEV, behind those of CVSS',
    default: 'false',
  }),
};
