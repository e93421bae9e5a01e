import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hostileFeeds } from './feeds';
import { hostileImages } from './images';
import { everyOf, runCorpus } from './run';

const root = join(__dirname, '..', '..');

describe('corpus', () => {
  const seed = 1;

  it('has at least 300 images and 60 feeds, each with a unique name', () => {
    const images = hostileImages({ seed, root });
    const feeds = hostileFeeds({ seed });
    expect(images.length).toBeGreaterThanOrEqual(300);
    expect(feeds.length).toBeGreaterThanOrEqual(60);
    const names = [...images, ...feeds].map(({ name }) => name);
    expect(names.filter((name, n) => names.indexOf(name) !== n)).toEqual([]);
  });

  it('has at least 60 hostile archives and programs, and each says what must be reported', () => {
    const about = hostileImages({ seed, root }).filter((image) => image.about !== undefined);
    const named = (text: string): number => about.filter(({ about: one }) => one?.path.includes(text)).length;
    expect([named('lib.jar') >= 50, named('program') >= 40]).toEqual([true, true]);
  });

  it('is the same for the same seed', () => {
    const named = (): string[] => hostileImages({ seed, root }).map(({ name }) => name);
    expect(named()).toEqual(named());
  });

  it('has a part with one of each family at least', () => {
    const families = (all: readonly { readonly name: string }[]) => new Set(all.map(({ name }) => name.split('/')[0]));
    const [images, feeds] = [hostileImages({ seed, root }), hostileFeeds({ seed })];
    expect(families(everyOf(images, 8))).toEqual(families(images));
    expect(families(everyOf(feeds, 8))).toEqual(families(feeds));
    expect([...families(images)]).toEqual(
      expect.arrayContaining(['repeated layer', 'winding chain', 'two readings', 'tar of two readings']),
    );
  });

  // `npm run corpus` tries all of them.
  it('finds no crash, hang, memory excess, silently clean report or miss in an eighth of each family', async () => {
    expect(existsSync(join(root, 'dist', 'apps', 'cli', 'main.js'))).toBe(true);
    const { images, feeds } = await runCorpus({ seed, root, every: 8 });
    expect([...images, ...feeds].filter(({ faults }) => faults.length > 0)).toEqual([]);
    expect(images.length).toBeGreaterThanOrEqual(40);
    expect(feeds.length).toBeGreaterThanOrEqual(10);
  }, 900_000);
});
