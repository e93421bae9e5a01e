import { type FeedSource, planOf } from '@clarion/model';
import { parse } from './parse';

export const nodejsCore: FeedSource = {
  id: 'nodejs-core',
  version: 1,
  title: 'Node.js security working group (flaws of the runtime itself)',
  homepage: 'https://github.com/nodejs/security-wg/tree/main/vuln/core',
  baseUrl: 'https://raw.githubusercontent.com/nodejs/security-wg/main/vuln/core/',
  licence: 'MIT',
  namespaces: ['generic:node'],
  rates: true,
  listsUnfixed: true,
  refreshMinutes: 360,
  layout: ['index.json'],
  plan: () => Promise.resolve(planOf(['index.json'])),
  parse,
};
