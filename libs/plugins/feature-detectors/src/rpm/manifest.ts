import { problemList, type RpmHeader, textKeeper, textParts } from '@clarion/file-formats';
import type { Feature, WantedFile, WorkBudget } from '@clarion/model';
import type { ParsedPackages } from '../parsed';
import { isUsableText } from '../usable-text';
import { rpmFeature } from './rpm-feature';

/**
 * Reads the package list that distroless Mariner and Azure Linux images have instead of a database: one tab-separated
 * line per package with name, version-release, install time, build time, vendor, epoch, size, architecture, epoch
 * number and source rpm.
 *
 * @see https://github.com/microsoft/azurelinux/blob/3.0/toolkit/tools/imagegen/installutils/installutils.go
 */
export function parseManifest(file: WantedFile, budget: WorkBudget): ParsedPackages {
  const { note, problems } = problemList(file.path);
  const features: Feature[] = [];
  const keep = textKeeper();
  for (const { text, linesBefore } of textParts(file.content, '\n')) {
    for (const [index, raw] of text.split('\n').entries()) {
      const content = raw.trimEnd();
      if (!budget.spend(1)) break;
      if (content === '') continue;
      const header = readLine(content, keep);
      if (header === undefined) note('bad-record', `Line ${linesBefore + index + 1} of the package list is broken`);
      else if (budget.keep()) features.push(rpmFeature(header, file.path));
    }
  }
  return { features, problems: problems() };
}

function readLine(line: string, keep: (text: string) => string): RpmHeader | undefined {
  const [name, evr, , , vendor, epoch, , architecture, , sourceRpm] = line.split('\t', 10).map(keep);
  const dash = evr?.lastIndexOf('-') ?? -1;
  if (!isUsableText(name) || !isUsableText(evr) || dash <= 0) return undefined;
  const known = (text: string | undefined): text is string => isUsableText(text) && text !== '(none)';
  return {
    name,
    version: evr.slice(0, dash),
    release: evr.slice(dash + 1),
    ...(epoch !== undefined && /^[0-9]{1,10}$/.test(epoch) && { epoch: Number(epoch) }),
    ...(known(architecture) && { architecture }),
    ...(known(vendor) && { vendor }),
    ...(known(sourceRpm) && { sourceRpm }),
  };
}
