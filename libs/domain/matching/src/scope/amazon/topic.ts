import { distributionOf, type RepositoryRules, releaseOf } from '@clarion/distributions';
import { type Applicability, applies, type ScopeSubject } from '../applicability';
import { checkRepository, otherRepository, unknownRepository } from '../repository';

const topicEnabled: Applicability = {
  kind: 'applies',
  note: 'reduced certainty: the extras topic is enabled, where the package is from is not recorded',
};

type TopicRules = Extract<RepositoryRules, { readonly kind: 'topic' }>;

/** Advisories about an extras topic are for packages from there, all others for core packages. */
export function checkTopic(topic: string | undefined, subject: ScopeSubject, rules: TopicRules): Applicability {
  const { feature, image } = subject;
  const { name, version, repository, namespace } = feature;
  // Packages of live patches show by their names that they are from there.
  const patches = distributionOf(namespace)?.ownNames?.find(({ livePatch, repositories }) => {
    return livePatch === true && topic !== undefined && repositories.includes(topic);
  });
  if (patches !== undefined) return patches.name.test(name) ? applies : otherRepository;
  // In later releases, repositories other than the core have packages with separate names.
  if (topic !== undefined && releaseOf(namespace ?? '') !== rules.release) {
    return checkRepository(topic, subject, applies);
  }
  if (repository !== undefined) {
    const own = repository.startsWith(rules.prefix) ? repository : undefined;
    return own === (topic === undefined ? undefined : topicRepository(topic, rules)) ? applies : otherRepository;
  }
  if (topic === undefined) return applies;
  const required = topicRepository(topic, rules);
  if (!isOfLine(version, required)) return otherRepository;
  if (image.repositories.has(required)) return topicEnabled;
  return image.repositoriesKnown || image.repositories.size > 0 ? otherRepository : unknownRepository;
}

function topicRepository(topic: string, { prefix }: TopicRules): string {
  return topic.startsWith(prefix) ? topic : `${prefix}${topic}`;
}

/** Topics that end in a version (`kernel-5.10`, `php8.2`) bring that line only. */
function isOfLine(version: string, topic: string): boolean {
  const line = /\d{1,4}(?:\.\d{1,4})*$/.exec(topic)?.[0];
  const upstream = version.slice(version.indexOf(':') + 1);
  return line === undefined || upstream === line || upstream.startsWith(`${line}.`) || upstream.startsWith(`${line}-`);
}
