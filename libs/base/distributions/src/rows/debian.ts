import type { Distribution } from '../distribution';
import type { OsRelease } from '../os-release';
import { major } from '../release-rules';

/** https://www.debian.org/releases/; testing already has the number that it will be released with. */
const codenames: Readonly<Record<string, string>> = {
  ...{ sarge: '3.1', etch: '4', lenny: '5', squeeze: '6', wheezy: '7', jessie: '8', stretch: '9', buster: '10' },
  ...{ bullseye: '11', bookworm: '12', trixie: '13', forky: '14', duke: '15', sid: 'unstable' },
};

export const debian: Distribution = {
  family: 'debian',
  title: 'Debian',
  packageType: 'dpkg',
  // Raspbian rebuilds Debian's packages under their own versions.
  recognised: [{ ids: ['debian', 'raspbian'], release: numberOf }],
  codenames,
  releaseName: { form: /^(?:\d{1,3}|3\.1|unstable)$/, example: '12' },
  osv: [{ ecosystem: /^Debian:(\d{1,3})$/, release: '$1' }],
  page: { base: 'https://security-tracker.debian.org/tracker/', anyId: true },
  ownPackages: {
    domains: ['debian.org', 'alioth-lists.debian.net'],
    publishers: ['debian', 'raspbian'],
    // With a revision, or one of a stable update: `1.26.12-1+b2`, `37~deb12u1`.
    version: /(?:-\d[\d.]*|[+~]deb\d+u\d+)(?:[+~]?(?:b|bpo\d+\+|deb\d+u|exp|nmu)\d[\d.]*)*$/,
  },
  support: {
    meaning: 'with long-term support (LTS)',
    source: 'https://wiki.debian.org/LTS',
    releases: {
      ...{ '6': '2016-02-29', '7': '2018-05-31', '8': '2020-06-30', '9': '2022-06-30', '10': '2024-06-30' },
      ...{ '11': '2026-08-31', '12': '2028-06-30', '13': '2030-06-30', '14': 'unknown', unstable: 'rolling' },
    },
  },
};

/** Testing and sid have no version and both call themselves `<testing>/sid`; only apt sources distinguish them. */
function numberOf(release: OsRelease): string | undefined {
  if (release.version !== '') return major(release);
  const { codename = '', prettyName = '' } = release;
  if (prettyName.includes('/sid') || !Object.hasOwn(codenames, codename)) return 'unstable';
  return codenames[codename];
}
