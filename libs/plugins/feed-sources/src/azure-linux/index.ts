import type { FeedSource } from '@clarion/model';
import { planAzure } from './documents';
import { parse } from './parse';

export const azureLinux: FeedSource = {
  id: 'azure-linux',
  version: 1,
  title: 'Azure Linux and CBL-Mariner (OVAL of all releases, flaws without a fix included)',
  homepage: 'https://github.com/microsoft/AzureLinuxVulnerabilityData',
  baseUrl: 'https://raw.githubusercontent.com/microsoft/AzureLinuxVulnerabilityData/main/',
  namespaces: ['azurelinux:*', 'mariner:*'],
  rates: true,
  listsUnfixed: true,
  refreshMinutes: 240,
  layout: ['azurelinux-<release>-oval.xml', 'cbl-mariner-<release>-oval.xml'],
  plan: planAzure,
  parse,
};
