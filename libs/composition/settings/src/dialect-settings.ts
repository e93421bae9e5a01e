import { duration, list, oneOf, setting } from '@clarion/service-runtime';
import { alternatives } from '@clarion/model';
import { z } from 'zod';

/** APIs of other products, which are served beside REST and gRPC. */
export const dialects = ['clair-v4', 'harbor'] as const;

export type Dialect = (typeof dialects)[number];

const words: readonly string[] = [...dialects, 'none'];

/** Each once; `none` alone for none. */
const choice = list().transform((given, context): readonly Dialect[] => {
  const chosen = dialects.filter((dialect) => given.includes(dialect));
  const known = given.every((word) => words.includes(word));
  const single = given.length === 1 || !given.includes('none');
  if (known && single) return chosen;
  context.addIssue({ code: 'custom', message: `must be ${alternatives(words)}, several separated by commas` });
  return z.NEVER;
});

/** Which APIs of other products are served. */
export const dialectSettings = {
  apis: setting('CLARION_APIS', choice, {
    about: `APIs of other products to serve beside REST and gRPC, separated by commas: ${alternatives(words.map((word) => `\`${word}\``))}`,
    default: 'none',
  }),
  harborScanMillis: setting('CLARION_HARBOR_SCAN_TIME', duration(), {
    about: 'Longest time of a scan for Harbor, after which it has failed',
    default: '1h',
  }),
  harborUnsupported: setting('CLARION_HARBOR_UNSUPPORTED', oneOf(['fail', 'attributes']), {
    about:
      'A scan for Harbor without vulnerabilities, of a system that no feed covers or without support: `fail`, or a report that says so in `vendor_attributes`',
    default: 'fail',
  }),
};
