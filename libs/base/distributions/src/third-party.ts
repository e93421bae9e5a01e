import { namespaceOfType } from '@clarion/ecosystems';
import { namespaceFamily, type PlacedFeature } from '@clarion/model';
import type { PackagePublisher } from './distribution';
import { distributions } from './rows';

/**
 * Known publishers only: distribution maintainers use private addresses too, so an unknown one means nothing.
 */
const publishers: readonly PackagePublisher[] = [
  { name: 'Adoptium', domains: ['adoptium.net'] },
  { name: 'Amazon Corretto', domains: ['amazon.com'] },
  { name: 'Azul', domains: ['azul.com', 'azulsystems.com'] },
  { name: 'Cloudflare', domains: ['cloudflare.com'] },
  { name: 'Confluent', domains: ['confluent.io'] },
  { name: 'Datadog', domains: ['datadoghq.com'] },
  { name: 'deb.sury.org', version: 'deb.sury.org' },
  { name: 'Docker', domains: ['docker.com'] },
  { name: 'Elastic', domains: ['elastic.co'] },
  { name: 'GitHub', domains: ['github.com'] },
  { name: 'GitLab', domains: ['gitlab.com'] },
  { name: 'Google Chrome', domains: ['chromium.org'] },
  { name: 'Grafana', domains: ['grafana.com'] },
  { name: 'HashiCorp', domains: ['hashicorp.com'] },
  { name: 'Kubernetes', domains: ['kubernetes.io'] },
  { name: 'MariaDB', domains: ['mariadb.org', 'mariadb.com'] },
  { name: 'Microsoft', domains: ['microsoft.com'] },
  { name: 'MongoDB', domains: ['mongodb.com'] },
  { name: 'MySQL', domains: ['oracle.com'] },
  { name: 'nginx.org', domains: ['nginx.com', 'f5.com'] },
  { name: 'NodeSource', domains: ['nodesource.com'], version: 'nodesource' },
  { name: 'NVIDIA', domains: ['nvidia.com'] },
  { name: 'Percona', domains: ['percona.com'] },
  { name: 'PGDG', version: '.pgdg' },
  { name: 'Redis', domains: ['redis.io', 'redis.com'] },
];

/** Those above, and those that distributions name; with the family in which a publisher is the distribution itself. */
const known = [
  ...publishers.map((publisher) => knownPublisher(publisher)),
  ...distributions.flatMap(({ family, publishers: named = [] }) =>
    named.map((publisher) => knownPublisher(publisher, publisher.exceptHere === true ? family : undefined)),
  ),
];

/** With the parts of texts that are looked for in each package of each image. */
function knownPublisher(publisher: PackagePublisher, exceptIn?: string) {
  const { name, vendor, domains = [] } = publisher;
  const inVendor = [
    ...domains.flatMap((domain) => [`@${domain}`, `.${domain}`]),
    ...(vendor === undefined ? [] : [vendor]),
  ];
  return { publisher, exceptIn, name: name.toLowerCase(), inVendor };
}

/** The publisher of a package that is not the distribution's own, if it is a known one. */
export function thirdPartyOf(feature: PlacedFeature): string | undefined {
  if (namespaceOfType(feature.type) !== undefined) return undefined;
  const vendor = feature.vendor?.toLowerCase() ?? '';
  const named = feature.publisher?.toLowerCase() ?? '';
  const version = feature.version.toLowerCase();
  const family = feature.namespace === null ? null : namespaceFamily(feature.namespace);
  return known.find(
    ({ publisher, exceptIn, name, inVendor }) =>
      exceptIn !== family &&
      (inVendor.some((part) => vendor.includes(part)) ||
        (named !== '' && named === name) ||
        (publisher.version !== undefined && version.includes(publisher.version))),
  )?.publisher.name;
}
