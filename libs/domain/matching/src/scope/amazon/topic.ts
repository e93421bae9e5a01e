import { type Applicability, applies, type Subject } from '../applicability';
import { checkRepository, otherRepository, unknownRepository } from '../repository';

const topicEnabled: Applicability = {
  kind: 'applies',
  note: 'reduced certainty: the extras topic is enabled, where the package is from is not recorded',
};

const extras = 'amzn2extra-';
const livepatches: ReadonlySet<string> = new Set(['kernel-livepatch', 'amzn2extra-livepatch', 'livepatch']);

/**
 * Which packages of their own names a repository beside the core has; undefined for one whose packages are called as those of
 * the core.
 */
export function ownNamesOf(repository: string): ((name: string) => boolean) | undefined {
  if (isLivepatch(repository)) return (name) => name.startsWith('kernel-livepatch');
  return repository === 'nvidia' ? (name) => name.includes('nvidia') : undefined;
}

/** Whether it is a repository of live patches, whose packages show by their names that they are from there. */
function isLivepatch(repository: string): boolean {
  return livepatches.has(repository);
}

/** Advisories about an extras topic of Amazon Linux are for packages from there, all others for core packages. */
export function checkTopic(topic: string | undefined, subject: Subject): Applicability {
  const { feature, image } = subject;
  const { name, version, repository, namespace } = feature;
  if (topic !== undefined && isLivepatch(topic)) {
    return name.startsWith('kernel-livepatch') ? applies : otherRepository;
  }
  // Repositories beside the core of later releases have packages of their own names.
  if (topic !== undefined && namespace !== 'amzn:2') return checkRepository(topic, subject, applies);
  if (repository !== undefined) {
    const own = repository.startsWith(extras) ? repository : undefined;
    return own === (topic === undefined ? undefined : topicRepository(topic)) ? applies : otherRepository;
  }
  if (topic === undefined) return applies;
  const wanted = topicRepository(topic);
  if (!isOfLine(version, wanted)) return otherRepository;
  if (image.repositories.has(wanted)) return topicEnabled;
  return image.originsKnown || image.repositories.size > 0 ? otherRepository : unknownRepository;
}

function topicRepository(topic: string): string {
  return topic.startsWith(extras) ? topic : `amzn2extra-${topic}`;
}

/** Topics that end in a version (`kernel-5.10`, `php8.2`) bring that line only. */
function isOfLine(version: string, topic: string): boolean {
  const line = /\d{1,4}(?:\.\d{1,4})*$/.exec(topic)?.[0];
  const upstream = version.slice(version.indexOf(':') + 1);
  return line === undefined || upstream === line || upstream.startsWith(`${line}.`) || upstream.startsWith(`${line}-`);
}
