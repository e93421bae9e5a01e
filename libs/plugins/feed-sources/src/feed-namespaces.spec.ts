import { distributionOf } from '@clarion/distributions';
import { feedSources } from '.';
import { languageEcosystems } from './osv-ecosystems';

const languages = new Set(languageEcosystems.map(({ namespace }) => namespace));
const namespaces = feedSources.flatMap((feed) => feed.namespaces.map((namespace) => [feed.id, namespace] as const));

describe('namespaces that feeds cover', () => {
  it.each(namespaces)('%s: %s is a language, or a distribution in the table', (_, namespace) => {
    expect(languages.has(namespace) || distributionOf(namespace) !== undefined).toBe(true);
  });
});
