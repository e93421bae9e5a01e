import type { Detector } from '@clarion/model';
import { factsOfFiles } from '../facts-of-files';
import { enabledTopics } from './parse';

/** The topics of the Amazon Linux 2 extras from which an image takes packages. */
export const amazonExtras: Detector = {
  id: 'amazon-extras',
  kind: 'namespace',
  version: 1,
  title: 'Amazon Linux 2 extras (enabled topics)',
  files: { paths: ['etc/yum.repos.d/amzn2-extras.repo'], maxBytes: 1024 * 1024 },
  detect(files, budget) {
    return { evidence: factsOfFiles(files, budget, enabledTopics) };
  },
};
