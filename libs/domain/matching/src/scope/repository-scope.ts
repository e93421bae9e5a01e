import { distributionOf } from '@clarion/distributions';
import type { AdvisoryScope } from '@clarion/model';
import { checkTopic } from './amazon/topic';
import type { Applicability, ScopeSubject } from './applicability';
import { checkRepository } from './repository';
import { checkInstalledProduct } from './suse/product';

/** Whether an advisory about one repository or product is about a package; the distribution's row defines how. */
export function checkRepositoryScope({ origin }: AdvisoryScope, subject: ScopeSubject): Applicability {
  const rules = distributionOf(subject.feature.namespace)?.repositoryRules;
  switch (rules?.kind) {
    case 'topic':
      return checkTopic(origin, subject, rules);
    case 'product':
      return checkInstalledProduct(origin, subject);
    default:
      return checkRepository(origin, subject);
  }
}
