import { isOwnName, namespaceFamily, type PlacedFeature } from '@clarion/model';

/** How packages of a publisher outside the distribution give themselves away. All texts are lower case. */
interface Publisher {
  readonly name: string;
  /** Domains of the maintainer's address. */
  readonly domains?: readonly string[];
  /** Part of the vendor field, where that is no address. */
  readonly vendor?: string;
  /** Part of the package's version. */
  readonly version?: string;
  /** The namespace family in which this publisher is the distribution itself. */
  readonly exceptIn?: string;
}

/**
 * Known publishers only: distribution maintainers use private addresses too, so an unknown one tells nothing.
 */
const publishers: readonly Publisher[] = [
  { name: 'Adoptium', domains: ['adoptium.net'] },
  { name: 'Amazon Corretto', domains: ['amazon.com'] },
  { name: 'Azul', domains: ['azul.com', 'azulsystems.com'] },
  { name: 'Cloudflare', domains: ['cloudflare.com'] },
  { name: 'Confluent', domains: ['confluent.io'] },
  { name: 'Datadog', domains: ['datadoghq.com'] },
  { name: 'deb.sury.org', version: 'deb.sury.org' },
  { name: 'Docker', domains: ['docker.com'] },
  { name: 'Elastic', domains: ['elastic.co'] },
  { name: 'EPEL', vendor: 'fedora project', exceptIn: 'fedora' },
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
  // Packages of the distribution itself name openSUSE or SUSE; the build service names its project.
  { name: 'the openSUSE Build Service', vendor: 'obs://' },
  { name: 'Percona', domains: ['percona.com'] },
  { name: 'PGDG', version: '.pgdg' },
  { name: 'a SUSE program temporary fix', version: '.ptf.' },
  { name: 'Redis', domains: ['redis.io', 'redis.com'] },
];

/** The publisher of a package that is not the distribution's own, if it is a known one. */
export function thirdPartyOf(feature: PlacedFeature): string | undefined {
  if (isOwnName(feature.type)) return undefined;
  const vendor = feature.vendor?.toLowerCase() ?? '';
  const version = feature.version.toLowerCase();
  const family = feature.namespace === null ? undefined : namespaceFamily(feature.namespace);
  return publishers.find(
    (publisher) =>
      publisher.exceptIn !== family &&
      ((publisher.domains ?? []).some((domain) => vendor.includes(`@${domain}`) || vendor.includes(`.${domain}`)) ||
        (publisher.vendor !== undefined && vendor.includes(publisher.vendor)) ||
        (publisher.version !== undefined && version.includes(publisher.version))),
  )?.name;
}
