/** Whose packages an ecosystem of SUSE's OSV data, or a product of its VEX documents, is about. */
export interface SuseProduct {
  /** Namespaces of the releases that it extends or is. */
  readonly namespaces: readonly string[];
  /** Paid support channel: `ltss`, `espos`, … */
  readonly channel?: string;
  /** The packages are those of the releases themselves: only such a product makes them covered. */
  readonly release?: true;
  /** Product that has to be installed, as `/etc/products.d/<name>.prod` calls it. */
  readonly installedProduct?: string;
}

/** Builds a product of the groups that its row's pattern captured; undefined for a version that it does not know. */
type Build = (version: string, servicePack: string | undefined, extra: string | undefined) => SuseProduct | undefined;

/** Service packs of each generation of SUSE Linux Enterprise: 15 SP7 is the last. */
const servicePacks = new Map([
  ['10', 4],
  ['11', 4],
  ['12', 5],
  ['15', 7],
]);

/** The releases under products that have a separate version. */
const storageBases = new Map([
  ['4', 'sles:12.2'],
  ['5', 'sles:12.3'],
  ['6', 'sles:15.1'],
  ['7', 'sles:15.2'],
  ['7.1', 'sles:15.3'],
]);
const managerBases = new Map([
  ['3.0', 'sles:12.1'],
  ['3.1', 'sles:12.3'],
  ['3.2', 'sles:12.3'],
  ['4.0', 'sles:15.1'],
  ['4.1', 'sles:15.2'],
  ['4.2', 'sles:15.3'],
  ['4.3', 'sles:15.4'],
  ['5.0', 'sle-micro:5.5'],
  ['5.1', 'sl-micro:6.1'],
]);
/** Release 4.0 was the first that was installed on SUSE Linux Enterprise Server. */
const caaspBases = new Map([
  ['4.0', 'sles:15.1'],
  ['4.5', 'sles:15.2'],
]);
const cloudBases = new Map([
  ['6', 'sles:12.1'],
  ['7', 'sles:12.2'],
  ['8', 'sles:12.3'],
  ['9', 'sles:12.4'],
]);

const sle = (version: string, servicePack: string | undefined): SuseProduct => ({
  namespaces: [sles(version, servicePack)],
});
const sleProduct =
  (installedProduct: string, channel?: string): Build =>
  (version, servicePack, support) => ({
    ...sle(version, servicePack),
    ...channelOf(channel ?? support),
    installedProduct,
  });
const teradata: Build = (version, servicePack) => ({ ...sle(version, servicePack), channel: 'teradata' });
const basedOn =
  (bases: ReadonlyMap<string, string>, installedProduct: string): Build =>
  (version) => {
    const base = bases.get(version);
    return base === undefined ? undefined : { namespaces: [base], installedProduct };
  };
/** The release itself; separate repositories beside it (`NonFree`, `Extras`) are not part of it. */
const releaseOf = (namespace: string, beside?: string): SuseProduct => ({
  namespaces: [namespace],
  ...(beside === undefined ? { release: true } : {}),
});
/** SUSE Linux Enterprise Micro was renamed with release 6; some documents keep the old name. */
const micro: Build = (version) => releaseOf(version.startsWith('6') ? `sl-micro:${version}` : `sle-micro:${version}`);
const clientTools: Build = (version, beta) => ({
  namespaces: allServicePacks(version),
  ...(beta === undefined ? {} : { channel: 'beta' }),
  installedProduct: 'sle-manager-tools',
});

/** `12`, `12 SP5`, `16.0`. */
const release = String.raw`(\d{2}(?:\.\d)?)(?: SP(\d))?`;
/** `-LTSS`; of release 11 also ` LTSS`. */
const support = String.raw`(?:[- ](LTSS|ESPOS|BCL|TERADATA|SECURITY|CLIENT-TOOLS))?`;

/**
 * One row per kind of product; the first that matches decides. Modules and extensions of a service pack apply to its
 * servers: their packages are theirs alone, or the server's own.
 */
const rows: readonly (readonly [pattern: RegExp, build: Build])[] = [
  row('openSUSE:(Tumbleweed)( NonFree)?', (_, nonFree) => releaseOf('opensuse-tumbleweed', nonFree)),
  row(String.raw`openSUSE:Leap (\d{2}\.\d)( NonFree)?`, (version, nonFree) =>
    releaseOf(`opensuse-leap:${version}`, nonFree),
  ),
  row(String.raw`openSUSE:Leap Micro (\d\.\d)`, (version) => releaseOf(`opensuse-leap-micro:${version}`)),
  row(String.raw`openSUSE:(1[0-3]\.\d)( NonFree)?`, (version, nonFree) => releaseOf(`opensuse:${version}`, nonFree)),
  row(String.raw`SUSE:Linux Enterprise Micro (?:for Rancher )?(\d\.\d)`, micro),
  row(String.raw`SUSE:Linux Micro (\d\.\d)`, (version) => releaseOf(`sl-micro:${version}`)),
  row(String.raw`SUSE:Linux Micro Extras (\d\.\d)`, (version) => releaseOf(`sl-micro:${version}`, 'Extras')),
  row(`SUSE:Linux Enterprise (?:Server|Desktop) ${release}${support}`, (version, servicePack, channel) => ({
    ...releaseOf(sles(version, servicePack), channel),
    ...channelOf(channel),
  })),
  // Since 15 the packages of the server come in modules, and this one is the system.
  row(`SUSE:Linux Enterprise Module for Basesystem ${release}`, (version, servicePack) =>
    releaseOf(sles(version, servicePack)),
  ),
  row(
    `SUSE:Linux Enterprise Server LTSS Extended Security ${release}`,
    sleProduct('SLES-LTSS-Extended-Security', 'LTSS'),
  ),
  row(
    `SUSE:Linux Enterprise Server ${release}-LTSS Extended Security`,
    sleProduct('SLES-LTSS-Extended-Security', 'LTSS'),
  ),
  row(`SUSE:Linux Enterprise Server Teradata ${release}(?:-LTSS)?`, teradata),
  row(`SUSE:Linux Enterprise Server ${release} for Teradata`, teradata),
  row(`SUSE:Linux Enterprise Server ${release} LTSS EXTREME CORE`, sleProduct('SLES-LTSS-Extreme-Core', 'LTSS')),
  row(`SUSE:Linux Enterprise Server for SAP [Aa]pplications ${release}${support}`, sleProduct('SLES_SAP')),
  row(`SUSE:Linux Enterprise High Performance Computing ${release}${support}`, sleProduct('SLE_HPC')),
  row(`SUSE:Linux Enterprise Real Time(?: Extension)? ${release}`, sleProduct('SLE_RT')),
  row(`SUSE:Linux Enterprise Point of Sale ${release}(?:-CLIENT)?`, sleProduct('SLE-POS')),
  row(`SUSE:Linux Enterprise Installer Updates ${release}`, sleProduct('sle-installer-updates')),
  row(`SUSE:Linux Enterprise (?:High Availability (?:GEO )?Extension|Live Patching) ${release}`, sle),
  row(`SUSE:Linux Enterprise (?:Workstation Extension|Software Development Kit|Build System Kit) ${release}`, sle),
  row(
    `SUSE:(?:Linux Enterprise Module for [\\w ()-]{1,80}?|Real Time Module|Package Hub(?: for SUSE Linux Enterprise)?) ${release}`,
    (version, servicePack) => ({
      namespaces: servicePack === undefined ? allServicePacks(version) : [sles(version, servicePack)],
    }),
  ),
  row(String.raw`SUSE:Enterprise Storage (\d(?:\.\d)?)`, basedOn(storageBases, 'ses')),
  row(String.raw`SUSE:Manager Server (?:Module )?(\d\.\d)`, basedOn(managerBases, 'SUSE-Manager-Server')),
  row(String.raw`SUSE:Manager Proxy (?:Module )?(\d\.\d)`, basedOn(managerBases, 'SUSE-Manager-Proxy')),
  row(
    String.raw`SUSE:Manager Retail Branch Server (?:Extension )?(\d\.\d)`,
    basedOn(managerBases, 'SUSE-Manager-Retail-Branch-Server'),
  ),
  row(String.raw`SUSE:Manager Client Tools (\d{2})(-BETA)?`, clientTools),
  row(String.raw`SUSE:Manager Client Tools (?:Beta )?for SLE Micro (5)`, () => ({
    namespaces: ['5.0', '5.1', '5.2', '5.3', '5.4', '5.5'].map((version) => `sle-micro:${version}`),
    installedProduct: 'SLE-Manager-Tools-For-Micro',
  })),
  row(String.raw`SUSE:CaaS Platform (\d\.\d)`, basedOn(caaspBases, 'caasp')),
  row(String.raw`SUSE:OpenStack Cloud (\d)`, basedOn(cloudBases, 'suse-openstack-cloud')),
  row(String.raw`SUSE:OpenStack Cloud Crowbar (\d)`, basedOn(cloudBases, 'suse-openstack-cloud-crowbar')),
  row(String.raw`SUSE:HPE Helion OpenStack (\d)`, basedOn(cloudBases, 'hpe-helion-openstack')),
];

/** Tools for machines of other distributions: they are not about a release of SUSE. */
const foreign = /^SUSE:(?:EL-\d{1,2}:|Manager Client Tools for (?:RHEL|Debian|Ubuntu)\b|Liberty Linux\b)/;

/** Images consist of packages of releases, about which the documents say the same. */
const image = /^(?:Container|Image|chost)\b/;

const known = new Map<string, SuseProduct | 'foreign' | undefined>();
const mostKnown = 10_000;

/**
 * What an ecosystem is about: a product, `foreign` for packages of another distribution, undefined when unknown.
 */
export function productOf(ecosystem: string): SuseProduct | 'foreign' | undefined {
  if (known.has(ecosystem)) return known.get(ecosystem);
  const product = find(ecosystem);
  if (known.size < mostKnown) known.set(ecosystem, product);
  return product;
}

/**
 * What a product of a CSAF document is about: it is named as the ecosystem, without the colon
 * (`SUSE Linux Enterprise Server 15 SP5`, `openSUSE Leap 15.6`). `foreign` is also what images are.
 */
export function productNamed(name: string): SuseProduct | 'foreign' | undefined {
  const [, vendor, product] = /^(SUSE|openSUSE) ([^\n]{1,200})$/.exec(name) ?? [];
  if (vendor !== undefined && product !== undefined) return productOf(`${vendor}:${product}`);
  return image.test(name) ? 'foreign' : undefined;
}

function find(ecosystem: string): SuseProduct | 'foreign' | undefined {
  if (ecosystem.length > 200) return undefined;
  for (const [pattern, build] of rows) {
    const match = pattern.exec(ecosystem);
    if (match !== null) return build(match[1] ?? '', match[2], match[3]);
  }
  return foreign.test(ecosystem) ? 'foreign' : undefined;
}

function row(pattern: string, build: Build): readonly [RegExp, Build] {
  return [new RegExp(`^${pattern}$`), build];
}

function sles(version: string, servicePack: string | undefined): string {
  return `sles:${version}${servicePack === undefined ? '' : `.${servicePack}`}`;
}

function allServicePacks(version: string): readonly string[] {
  const last = servicePacks.get(version) ?? 0;
  return [sles(version, undefined), ...Array.from({ length: last }, (_, index) => sles(version, String(index + 1)))];
}

function channelOf(word: string | undefined): Pick<SuseProduct, 'channel'> {
  return word === undefined ? {} : { channel: word.toLowerCase() };
}
