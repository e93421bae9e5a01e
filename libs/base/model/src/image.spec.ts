import { repositoryOf } from './image';

describe('repositoryOf', () => {
  it.each([
    ['registry.example/team/app:1', 'registry.example/team/app'],
    ['registry.example:5000/team/app:1', 'registry.example:5000/team/app'],
    ['registry.example:5000/team/app', 'registry.example:5000/team/app'],
    ['registry.example/app:1@sha256:00', 'registry.example/app'],
    ['registry.example:5000/app@sha256:00', 'registry.example:5000/app'],
    ['app', 'app'],
    ['app:1', 'app'],
    ['a/b:1:2', 'a/b'],
    [':1', ''],
    ['@', ''],
    ['', ''],
    ['__proto__:1', '__proto__'],
  ])('of %p is %p', (reference, repository) => {
    expect(repositoryOf(reference)).toBe(repository);
  });
});
