import { testBudget } from '@clarion/test-kit';
import { parseManifests } from './parse';

const path = 'root/buildinfo/content_manifests/ubi9-container-9.4-1.json';

function contentSetsOf(text: string): readonly string[] | undefined {
  const { evidence = [], problems = [] } = parseManifests([{ path, content: Buffer.from(text) }], testBudget());
  return problems.length > 0 ? undefined : evidence.map(({ value }) => value);
}

describe('content manifests', () => {
  it.each([
    ['{"content_sets":["rhel-9-for-x86_64-baseos-rpms"]}', ['rhel-9-for-x86_64-baseos-rpms']],
    ['{"content_sets":["b","a","b"]}', ['b', 'a']],
    ['{"content_sets":[]}', []],
    ['{"content_sets":["a"],"from_dnf_hint":true}', []],
    ['{"content_sets":["a"],"from_dnf_hint":false}', ['a']],
    ['{"content_sets":"a"}', []],
    ['{"content_sets":["a",1,null,{"b":"c"},"with blank",""]}', ['a']],
    // Labels are in the same folder.
    ['{"name":"ubi9","version":"9.4"}', []],
    ['[]', []],
    ['', undefined],
    ['{"content_sets":["a"', undefined],
    ['null', undefined],
  ])('%s names %j', (text, expected) => {
    expect(contentSetsOf(text)).toEqual(expected);
  });

  it('reports an unreadable manifest and continues with the others', () => {
    const other = { path: 'usr/share/buildinfo/other.json', content: Buffer.from('{"content_sets":["a"]}') };
    const { evidence, problems } = parseManifests([{ path, content: Buffer.from('{') }, other], testBudget());
    expect(problems).toEqual([{ code: 'unreadable-evidence', path, message: `${path} is not a content manifest` }]);
    expect(evidence).toEqual([{ kind: 'content-set', value: 'a', path: other.path }]);
  });
});
