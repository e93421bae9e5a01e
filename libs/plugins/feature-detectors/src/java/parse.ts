import { type NoteProblem, problemList } from '@clarion/file-formats';
import { spdxLicense } from '@clarion/licenses';
import type { Feature, WantedFile, WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';
import { quoted } from '../usable-text';
import { archiveFacts, type ArchiveFacts } from './coordinates';
import { inferPackage } from './infer-package';
import type { Manifest } from './read-manifest';

/** The packages of one archive and of the archives in it. What could not be read is a problem of the excerpt already. */
export function parseArchive(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const features: Feature[] = [];
  const { note, problems } = problemList(file.path);
  for (const [within, facts] of archiveFacts(file, budget)) {
    const found = packagesOf(file, within, facts);
    for (const feature of found) {
      if (!budget.keep()) return { features, problems: problems() };
      features.push(feature);
    }
    noteUnversioned(facts, found, note);
  }
  return { features, problems: problems() };
}

/** Packages without a version are problems, unless something else in the same archive has it. */
function noteUnversioned({ unversioned }: ArchiveFacts, found: readonly Feature[], note: NoteProblem): void {
  if (unversioned.length === 0) return;
  const known = new Set(found.map(({ name }) => name.slice(name.indexOf(':') + 1)));
  for (const { groupId, artifactId } of unversioned) {
    if (known.has(artifactId)) continue;
    note('bad-record', `${quoted(`${groupId}:${artifactId}`)} is in it, but the files of Maven there have no version`);
  }
}

function packagesOf({ path, excerpt }: WantedFile, within: string, facts: ArchiveFacts): readonly Feature[] {
  const evidence = { path, ...(within !== '' && { within }) };
  const ofManifest = licenseIn(facts.manifest);
  const exact = [...facts.packages.values()].map(({ groupId, artifactId, version, license: written }): Feature => {
    // A manifest is about the archive as a whole.
    const license = written ?? (facts.packages.size === 1 ? ofManifest : undefined);
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
  const license = ofManifest !== undefined && { license: ofManifest };
  return [...exact, { type: 'maven', name, version, ...license, ...evidence, confidence: 'inferred' }];
}

/** The only licence in a manifest, where it is known by its name or address: `Apache-2.0;link="https://…"`. */
function licenseIn(manifest: Manifest | undefined): string | undefined {
  const text = manifest?.get('bundle-license') ?? '';
  if (text.includes(',')) return spdxLicense(text);
  return spdxLicense(text.split(';', 1)[0]?.replaceAll('"', '').trim() ?? '');
}
