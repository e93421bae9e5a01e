import type { RpmHeader } from '@clarion/file-formats';
import type { Feature } from '@clarion/model';

/** Converts a package header to a feature; `path` is the database it was read from. */
export function rpmFeature(header: RpmHeader, path: string): Feature {
  const { name, epoch, version, release, architecture, module, license, vendor } = header;
  const source = parseSourceRpm(header.sourceRpm);
  return {
    type: 'rpm',
    name,
    version: `${epoch === undefined || epoch === 0 ? '' : `${epoch}:`}${version}-${release}`,
    ...(architecture !== undefined && { architecture }),
    ...(source && { source }),
    ...(module !== undefined && { module }),
    ...(license !== undefined && { license }),
    ...(vendor !== undefined && { vendor }),
    path,
  };
}

const sourceSuffix = /\.(?:no)?src\.rpm$/;

/** Splits `name-version-release.src.rpm` from the right, because names contain dashes; it never has an epoch. */
function parseSourceRpm(file: string | undefined): Feature['source'] {
  if (file === undefined || !sourceSuffix.test(file)) return undefined;
  const full = file.replace(sourceSuffix, '');
  const release = full.lastIndexOf('-');
  const version = full.lastIndexOf('-', release - 1);
  if (version <= 0) return undefined;
  return { name: full.slice(0, version), version: full.slice(version + 1) };
}
