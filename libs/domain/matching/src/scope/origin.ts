import { type AdvisoryScope, namespaceFamily } from '@clarion/model';
import { checkTopic } from './amazon/topic';
import type { Applicability, Subject } from './applicability';
import { checkRepository } from './repository';
import { checkInstalledProduct } from './suse/product';

/** Whether an advisory about one repository or product is about a package: what that means depends on the family. */
export function checkOrigin({ origin }: AdvisoryScope, subject: Subject): Applicability {
  switch (namespaceFamily(subject.feature.namespace ?? '')) {
    case 'amzn':
      return checkTopic(origin, subject);
    case 'sles':
    case 'sle-micro':
    case 'sl-micro':
    case 'opensuse-leap':
    case 'opensuse-leap-micro':
    case 'opensuse-tumbleweed':
      return checkInstalledProduct(origin, subject);
    default:
      return checkRepository(origin, subject);
  }
}
