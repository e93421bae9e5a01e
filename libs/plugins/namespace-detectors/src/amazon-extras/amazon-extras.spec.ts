import { enabledTopics } from './parse';

function topicsOf(text: string): readonly string[] {
  return enabledTopics({ path: 'etc/yum.repos.d/amzn2-extras.repo', content: Buffer.from(text) }).map(
    ({ value }) => value,
  );
}

describe('Amazon Linux extras', () => {
  it.each([
    ['[amzn2extra-docker]\nenabled = 1\n', ['amzn2extra-docker']],
    ['[amzn2extra-docker]\r\nenabled=1\r\n', ['amzn2extra-docker']],
    ['[amzn2extra-docker]\nenabled = 0\n', []],
    ['[amzn2extra-docker]\nname = x\n', ['amzn2extra-docker']],
    ['[amzn2extra-a]\nenabled=0\n[amzn2extra-b]\nenabled=yes\n', ['amzn2extra-b']],
    ['[amzn2extra-a]\nenabled=True\n[amzn2extra-b]\nEnabled=on\n', ['amzn2extra-a', 'amzn2extra-b']],
    ['[amzn2extra-a]\nenabled=0\n[amzn2-core]\nenabled=1\n', []],
    ['[amzn2-core]\nenabled = 1\n', []],
    ['enabled = 1\n', []],
    ['[amzn2extra-a\nenabled = 1', []],
    ['', []],
  ])('%j enables %j', (text, expected) => {
    expect(topicsOf(text)).toEqual(expected);
  });
});
