import { parseRepository } from './parse';

const checksum = '5f0a3b1c2d4e5f60718293a4b5c6d7e8f9012345';
const at = (folder: string): string => `var/lib/yum/yumdb/x/${folder}/from_repo`;

describe('yum history', () => {
  it.each([
    [`${checksum}-bash-4.2.46-34.el7-x86_64`, 'base', 'bash-4.2.46-34.el7.x86_64'],
    [`${checksum}-python3-pip-20.2.2-1.amzn2.0.3-noarch`, 'amzn2-core\n', 'python3-pip-20.2.2-1.amzn2.0.3.noarch'],
    [`${checksum}-nginx-1.22.1-1-x86_64`, 'amzn2extra-nginx1', 'nginx-1.22.1-1.x86_64'],
  ])('%s came from %j', (folder, repository, name) => {
    const path = at(folder);
    expect(parseRepository({ path, content: Buffer.from(repository) })).toEqual([
      { kind: 'installed-from', value: repository.trim(), package: name, path },
    ]);
  });

  it.each([
    ['bash-4.2.46-34.el7-x86_64', 'base'],
    [`${checksum}-bash-4.2.46`, 'base'],
    [`${checksum}-bash-4.2.46-34.el7-x86_64`, ''],
    [`${checksum}-bash-4.2.46-34.el7-x86_64`, 'two words'],
    [`${checksum}-bash-4.2.46-34.el7-x86_64`, 'x'.repeat(201)],
  ])('%s with %j has no repository', (folder, repository) => {
    expect(parseRepository({ path: at(folder), content: Buffer.from(repository) })).toEqual([]);
  });
});
