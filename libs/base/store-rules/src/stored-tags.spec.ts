import type { TagState } from '@clarion/model';
import { movedTag, mostMoves, movePart } from './stored-tags';

const name = { repository: 'registry.example/app', tag: '1' };
const image = (letter: string) => `sha256:${letter.repeat(64)}` as const;
const known: TagState = { ...name, image: image('a'), from: '2024-01-02T00:00:00.000Z', moves: 3 };
const at = '2024-01-03T00:00:00Z';

describe('a tag', () => {
  it.each([
    ['is named for the first time', undefined, {}, { image: image('b'), from: '2024-01-03T00:00:00.000Z', moves: 1 }],
    ['moves', known, { seen: 3 }, { image: image('b'), from: '2024-01-03T00:00:00.000Z', moves: 4 }],
    ['moves, whatever was seen', known, {}, { moves: 4 }],
    ['never moves before its last move', known, { at: '2024-01-01T00:00:00Z' }, { from: known.from, moves: 4 }],
  ] as const)('%s', (_, before, more, after) => {
    expect(movedTag(before, { name, image: image('b'), at, seen: undefined, ...more })).toMatchObject({
      ...name,
      ...after,
    });
  });

  it.each([
    ['already names the image', { image: image('a') }],
    ['was moved since it was seen', { seen: 2 }],
  ])('stays unchanged when it %s', (_, more) => {
    expect(movedTag(known, { name, image: image('b'), at, seen: undefined, ...more })).toBe(known);
  });

  it('rejects a move at an invalid time', () => {
    const move = { name, image: image('a'), at: 'now', seen: undefined };
    expect(() => movedTag(known, move)).toThrow(expect.objectContaining({ code: 'invalid-input' }) as Error);
  });
});

it('moves sort with the newest first', () => {
  const parts = [mostMoves, 10, 2, 1].map(movePart);
  expect([...parts].sort()).toEqual(parts);
});
