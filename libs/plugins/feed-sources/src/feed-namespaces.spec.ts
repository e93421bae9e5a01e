import { distributionOf } from '@clarion/distributions';
import { ecosystemOfNamespace } from '@clarion/ecosystems';
import { feedSources } from '.';
const namespaces = feedSources.flatMap((feed) => feed.namespaces.map((namespace) => [feed.id, namespace] as const));

describe('namespaces that feeds cover', () => {
  it.each(namespaces)('%s: %s is a language, or a distribution in the table', (_, namespace) => {
    expect(ecosystemOfNamespace(namespace) !== undefined || distributionOf(namespace) !== undefined).toBe(true);
  });
});
