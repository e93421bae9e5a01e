import type { Distribution } from '../distribution';
import { matching } from '../release-rules';

export const amzn: Distribution = {
  family: 'amzn',
  title: 'Amazon Linux',
  otherNames: ['amazon', 'amazonlinux'],
  packageType: 'rpm',
  // Amazon Linux AMI numbers releases by year and month; its successors use one number, with point releases after it.
  recognised: [{ ids: ['amzn'], release: matching(/^(?:201\d\.\d{2}|\d+)/) }],
  releaseFile: { name: 'system-release', text: /^Amazon Linux (?:AMI )?release (\d[\d.]*)/, id: 'amzn' },
  releaseName: { form: /^(?:201\d\.\d{2}|[1-9]|20[2-9]\d)$/, example: '2023' },
  // Amazon Linux 1 named its releases 2011.09 to 2018.03; they are one stream.
  advisories: (release) => [{ id: /^201\d\./.test(release) ? 'amzn:1' : `amzn:${release}` }],
  // Repositories share names of packages.
  repositoryRules: { kind: 'topic', release: '2', prefix: 'amzn2extra-' },
  ownNames: [
    {
      repositories: ['kernel-livepatch', 'amzn2extra-livepatch', 'livepatch'],
      name: /^kernel-livepatch/,
      livePatch: true,
    },
    { repositories: ['nvidia'], name: /nvidia/ },
  ],
  page: { base: 'https://explore.alas.aws.amazon.com/', suffix: '.html' },
  support: {
    meaning: 'Amazon Linux 1: of its maintenance',
    source: 'https://endoflife.date/amazon-linux',
    releases: {
      ...Object.fromEntries(
        ['2011.09', '2012.03', '2012.09', '2013.03', '2013.09', '2014.03', '2014.09', '2015.03', '2015.09']
          .concat(['2016.03', '2016.09', '2017.03', '2017.09', '2018.03', '1'])
          .map((release) => [release, '2023-12-31'] as const),
      ),
      ...{ '2': '2026-06-30', '2022': 'unknown', '2023': '2029-06-30' },
    },
  },
};
