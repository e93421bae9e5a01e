import type { Feature, WantedFile, WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';
import { archiveFacts, type ArchiveFacts } from './coordinates';
import { inferPackage } from './infer-package';

/** The packages of one archive and of the archives in it. What could not be read is a problem of the excerpt already. */
export function parseArchive(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const features: Feature[] = [];
  for (const [within, facts] of archiveFacts(file, budget)) {
    for (const feature of packagesOf(file, within, facts)) {
      if (!budget.keep()) return { features, problems: [] };
      features.push(feature);
    }
  }
  return { features, problems: [] };
}

function packagesOf({ path, excerpt }: WantedFile, within: string, facts: ArchiveFacts): readonly Feature[] {
  const evidence = { path, ...(within !== '' && { within }) };
  const exact = [...facts.packages.values()].map(({ groupId, artifactId, version, license }): Feature => {
    return {
      type: 'maven',
      name: `${groupId}:${artifactId}`,
      version,
      ...(license !== undefined && { license }),
      ...evidence,
    };
  });
  // A damaged archive is no evidence of what its name says.
  const isKnown = exact.length > 0 || facts.manifest !== undefined || excerpt?.leftOut.length === 0;
  const inferred = isKnown ? inferPackage(within === '' ? path : within, facts) : undefined;
  if (inferred === undefined) return exact;
  const { group, artifact, version } = inferred;
  const name = group === undefined ? artifact : `${group}:${artifact}`;
  return [...exact, { type: 'maven', name, version, ...evidence, confidence: 'inferred' }];
}
