import type { VulnerabilityPage } from '../distribution';

/** SUSE's page about a CVE, whichever of its distributions is affected. */
export const susePage: VulnerabilityPage = { base: 'https://www.suse.com/security/cve/', suffix: '.html' };
