import { decodeText, problemList, type RpmHeader } from '@clarion/file-formats';
import type { Feature, WantedFile } from '@clarion/model';
import type { Parsed } from '../parsed';
import { isUsableText, maxRecords } from '../record-limits';
import { rpmFeature } from './rpm-feature';

/**
 * Reads the package list that distroless Mariner and Azure Linux images have in place of a database: a line a package
 * of name, version-release, install time, build time, vendor, epoch, size, architecture, epoch number, source rpm,
 * with tabs between.
 *
 * @see https://github.com/microsoft/azurelinux/blob/3.0/toolkit/tools/imagegen/installutils/installutils.go
 */
export function parseManifest(file: WantedFile): Parsed {
  const { note, problems } = problemList(file.path);
  const features: Feature[] = [];
  const text = decodeText(file.content);
  let line = 1;
  for (let at = 0; at < text.length; line++) {
    const next = text.indexOf('\n', at);
    const end = next < 0 ? text.length : next;
    const content = text.slice(at, end).trimEnd();
    at = end + 1;
    if (content === '') continue;
    if (features.length === maxRecords) {
      note('limit-reached', `More than ${maxRecords} packages; the rest is not read`);
      break;
    }
    const header = readLine(content);
    if (header === undefined) note('bad-record', `Line ${line} of the package list is broken`);
    else features.push(rpmFeature(header, file.path));
  }
  return { features, problems: problems() };
}

function readLine(line: string): RpmHeader | undefined {
  const [name, evr, , , vendor, epoch, , architecture, , sourceRpm] = line.split('\t', 10);
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
