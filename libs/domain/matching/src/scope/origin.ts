import { type AdvisoryScope, namespaceFamily } from '@clarion/model';
import type { Applicability, Subject } from './applicability';

const applies: Applicability = { kind: 'applies' };
const otherOrigin: Applicability = { kind: 'other', reason: 'about packages of another repository' };
const notInstalled: Applicability = { kind: 'other', reason: 'about a product that is not installed' };
const unknownOrigin: Applicability = { kind: 'undetermined', reason: 'origin repository of the package is not known' };
const topicEnabled: Applicability = {
  kind: 'applies',
  note: 'reduced certainty: the extras topic is enabled, where the package is from is not recorded',
};

/** Statements about one repository or product hold for packages from there; for Amazon, core ones for core packages. */
export function checkOrigin(scope: AdvisoryScope, subject: Subject): Applicability {
  switch (namespaceFamily(subject.feature.namespace ?? '')) {
    case 'amzn':
      return checkTopic(scope.origin, subject);
    case 'sles':
    case 'sle-micro':
    case 'sl-micro':
    case 'opensuse-leap':
    case 'opensuse-leap-micro':
    case 'opensuse-tumbleweed':
      return checkProduct(scope.origin, subject);
    default:
      return checkRepository(scope.origin, subject);
  }
}

const extras = 'amzn2extra-';
const livepatches: ReadonlySet<string> = new Set(['kernel-livepatch', 'amzn2extra-livepatch', 'livepatch']);

/**
 * Which packages of their own names a repository beside the core has; undefined for one whose packages are called as those of
 * the core.
 */
export function ownNamesOf(origin: string): ((name: string) => boolean) | undefined {
  if (isLivepatch(origin)) return (name) => name.startsWith('kernel-livepatch');
  return origin === 'nvidia' ? (name) => name.includes('nvidia') : undefined;
}

/** Whether it is a repository of live patches, whose packages tell by their names that they are from there. */
function isLivepatch(origin: string): boolean {
  return livepatches.has(origin);
}

function checkTopic(origin: string | undefined, subject: Subject): Applicability {
  const { feature, image } = subject;
  const { name, version, repository, namespace } = feature;
  if (origin !== undefined && isLivepatch(origin)) {
    return name.startsWith('kernel-livepatch') ? applies : otherOrigin;
  }
  // Repositories beside the core of later releases have packages of their own names.
  if (origin !== undefined && namespace !== 'amzn:2') return checkRepository(origin, subject, applies);
  if (repository !== undefined) {
    const own = repository.startsWith(extras) ? repository : undefined;
    return own === (origin === undefined ? undefined : topicRepository(origin)) ? applies : otherOrigin;
  }
  if (origin === undefined) return applies;
  const wanted = topicRepository(origin);
  if (!isOfLine(version, wanted)) return otherOrigin;
  if (image.repositories.has(wanted)) return topicEnabled;
  return image.originsKnown || image.repositories.size > 0 ? otherOrigin : unknownOrigin;
}

function topicRepository(origin: string): string {
  return origin.startsWith(extras) ? origin : `amzn2extra-${origin}`;
}

/** Topics that end in a version (`kernel-5.10`, `php8.2`) bring that line only. */
function isOfLine(version: string, topic: string): boolean {
  const line = /\d{1,4}(?:\.\d{1,4})*$/.exec(topic)?.[0];
  const upstream = version.slice(version.indexOf(':') + 1);
  return line === undefined || upstream === line || upstream.startsWith(`${line}.`) || upstream.startsWith(`${line}-`);
}

function checkProduct(origin: string | undefined, { image }: Subject): Applicability {
  if (origin === undefined) return applies;
  const wanted = plain(origin);
  return [...image.products].some((product) => plain(product) === wanted) ? applies : notInstalled;
}

/** Product names are written `SUSE-Manager-Server`, `suse-manager-server` and `SUSE Manager Server`. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '');
}

function checkRepository(
  origin: string | undefined,
  { feature, image }: Subject,
  unknown: Applicability = unknownOrigin,
): Applicability {
  if (origin === undefined) return applies;
  if (feature.repository !== undefined) return isRepository(feature.repository, origin) ? applies : otherOrigin;
  if (!image.originsKnown && image.repositories.size === 0) return unknown;
  return [...image.repositories].some((one) => isRepository(one, origin)) ? applies : otherOrigin;
}

/** Repository ids carry the distribution's name in front: `amazonlinux-nvidia`. */
export function isRepository(id: string, origin: string): boolean {
  return id === origin || id.endsWith(`-${origin}`);
}
