import { parseDocument } from 'yaml';
import { z } from 'zod';

import type { Log } from '@clarion/model';

import { followSecret } from './follow-secret';
import type { ProcessEnvironment } from './read-config';
import {
  duration,
  fraction,
  integer,
  list,
  portList,
  setting,
  text,
  url,
  type ConfigOf,
  type TextSchema,
} from './setting';

/** The value of a YAML (or JSON) document. */
function yaml(): TextSchema<unknown> {
  return z.string().transform((given, context): unknown => {
    const document = parseDocument(given);
    const problem = document.errors[0];
    if (problem === undefined) return document.toJS({ maxAliasCount: 100 });
    context.addIssue(`must be YAML: ${problem.message.split('\n')[0] ?? ''}`);
    return z.NEVER;
  });
}

/** Where facts are kept: spread into the table of a service that reads or writes them. */
export const storeSettings = {
  mongodbUri: setting('CLARION_MONGODB_URI', url(['mongodb', 'mongodb+srv']), {
    about: 'Address of MongoDB, with credentials if it requires them',
    secret: true,
  }),
  mongodbDatabase: setting('CLARION_MONGODB_DATABASE', text(), {
    about: 'Database that Clarion has for itself',
    default: 'clarion',
  }),
};

/** The bus between the services. */
export const busSettings = {
  natsUrl: setting('CLARION_NATS_URL', list(), {
    about: 'Addresses of NATS servers with JetStream (`nats://` or `tls://`), separated by commas',
    default: 'nats://127.0.0.1:4222',
  }),
  natsCredentials: setting('CLARION_NATS_CREDENTIALS', text(), {
    about:
      'Content of a NATS credentials file (JWT and NKEY seed), or an NKEY seed. A changed file is used from the next connection on',
    optional: true,
    secret: true,
  }),
  natsToken: setting('CLARION_NATS_TOKEN', text(), {
    about: 'Token for NATS servers that require one. A changed file is used from the next connection on',
    optional: true,
    secret: true,
  }),
  natsCa: setting('CLARION_NATS_CA_FILE', text(), {
    about: 'File with the certificates (PEM) that NATS servers are checked against',
    optional: true,
  }),
  natsCertificate: setting('CLARION_NATS_CERTIFICATE_FILE', text(), {
    about: 'File with the certificate (PEM) that NATS servers ask for',
    optional: true,
  }),
  natsKey: setting('CLARION_NATS_KEY_FILE', text(), {
    about: 'File with the key (PEM) of that certificate',
    optional: true,
  }),
  natsReplicas: setting('CLARION_NATS_REPLICAS', integer({ min: 1, max: 5 }), {
    about: 'Copies that a NATS cluster keeps of each stream that Clarion creates',
    default: '1',
  }),
  tenant: setting('CLARION_TENANT', text(), {
    about: 'Name of this installation in the subjects of its events (`clarion.<tenant>.v1.…`)',
    default: 'default',
  }),
};

/** Options for `openNatsBus`: credential files are read again at each connection. */
export function busOptions<C extends ConfigOf<typeof busSettings>>(
  config: C,
  from: { readonly log: Log; readonly env?: ProcessEnvironment },
): Omit<C, 'natsCredentials' | 'natsToken'> & Record<'natsCredentials' | 'natsToken', () => string | undefined> {
  const follow = (name: 'natsCredentials' | 'natsToken'): (() => string | undefined) =>
    followSecret({ setting: busSettings[name], text: config[name], parse: (given) => given, ...from });
  return { ...config, natsCredentials: follow('natsCredentials'), natsToken: follow('natsToken') };
}

/** Keys that registry credentials and webhook secrets are sealed with in the store. */
export const sealingSettings = {
  sealingKeys: setting('CLARION_SEALING_KEYS', list(), {
    about:
      'Keys of 32 bytes (base64 or hex), separated by commas, that encrypt secrets; the first one encrypts, all decrypt',
    secret: true,
  }),
};

/** Which externally given addresses are allowed in addition to public ones. */
export const egressSettings = {
  allowedHosts: setting('CLARION_EGRESS_ALLOWED_HOSTS', list(), {
    about: 'Hosts (`registry.internal`, `*.corp.example`) that may be reached although their addresses are private',
    default: '',
  }),
  allowedNetworks: setting('CLARION_EGRESS_ALLOWED_NETWORKS', list(), {
    about: 'Networks (`10.1.0.0/16`) that may be reached although they are private',
    default: '',
  }),
  insecureHosts: setting('CLARION_EGRESS_INSECURE_HOSTS', list(), {
    about: 'Hosts that may be reached by plain HTTP, or with a certificate of an unknown authority',
    default: '',
  }),
};

/**
 * Ports that callers may use. Hosts that are listed with a port allow that port too, unless they have an entry here.
 */
export const layerPortSettings = {
  layerPorts: setting('CLARION_LAYER_PORTS', portList(), {
    about: 'Ports besides 80 and 443 of layer addresses that callers give; registries may use any port',
    default: '',
  }),
};
/** The same for services that read layers, from registries or from uploaded archives. */
export const layerTimeSettings = {
  layerMillis: setting('CLARION_LAYER_TIME', duration(), {
    about:
      'Longest time that reading one layer may take; for an uploaded archive or for composing an image, four times as long',
    default: '15m',
  }),
};
export const webhookPortSettings = {
  webhookPorts: setting('CLARION_WEBHOOK_PORTS', portList(), {
    about: 'Ports of webhook receivers besides 80 and 443',
    default: '',
  }),
};

/** Which feeds there are: the same for the service that updates them and for those that match. */
export const feedSettings = {
  feeds: setting('CLARION_FEEDS', yaml(), {
    about:
      'Feeds that are switched on or off, mirrors, and your own: the map `feeds:` of clarion.yaml (docs/own-data.md)',
    optional: true,
    secret: true,
  }),
};

/**
 * Defines what counts as a change; shared by the service that detects changes and the service that sends notifications.
 */
export const notificationSettings = {
  epssThreshold: setting('CLARION_NOTIFY_EPSS', fraction(), {
    about:
      'EPSS score (0 to 1) whose crossing, up or down, changes a vulnerability; the same for feed updater and notifier',
    optional: true,
  }),
};
