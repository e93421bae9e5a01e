import type { FeedState, FeedWriter } from '@clarion/model';
import { OpenUpdates, type UpdateSlot } from './open-updates';

const state = (feed: string): FeedState => ({ feed }) as FeedState;
const refused = expect.objectContaining({ code: 'invalid-input' }) as Error;

interface Opened {
  readonly writer: FeedWriter;
  readonly slot: UpdateSlot<string>;
}

function open(updates: OpenUpdates<string>, feed: string, close: () => void = () => undefined): Opened {
  let made: UpdateSlot<string> | undefined;
  const writer = updates.open({ feed, update: `update of ${feed}`, close }, (slot) => {
    made = slot;
    return {} as FeedWriter;
  });
  return { writer, slot: made! };
}

describe('an open update', () => {
  it('accepts facts of its feed only, and nothing once it has ended', async () => {
    const updates = new OpenUpdates<string>();
    let closed = 0;
    const { writer, slot } = open(updates, 'a', () => (closed += 1));
    expect(slot.active('a')).toBe('update of a');
    expect(() => slot.active('b')).toThrow(refused);
    await updates.end([{ writer, state: state('a') }]);
    await slot.end();
    expect(closed).toBe(1);
    expect(() => slot.active('a')).toThrow(refused);
    expect(() => updates.ready([{ writer, state: state('a') }])).toThrow(refused);
  });

  it('is found by its writer, with the state of its own feed', () => {
    const updates = new OpenUpdates<string>();
    const [a, b] = [open(updates, 'a'), open(updates, 'b')];
    const both = [a, b].map(({ writer }, at) => ({ writer, state: state(['a', 'b'][at]!) }));
    expect(updates.ready(both).map(({ update }) => update)).toEqual(['update of a', 'update of b']);
    expect(() => updates.ready([{ writer: a.writer, state: state('b') }])).toThrow(refused);
    expect(() => new OpenUpdates<string>().ready(both)).toThrow(refused);
  });

  it('does not block others when it fails to end', async () => {
    const updates = new OpenUpdates<string>();
    const ended: string[] = [];
    open(updates, 'a', () => {
      throw new Error('away');
    });
    open(updates, 'b', () => ended.push('b'));
    await updates.endAll();
    await updates.endAll();
    expect(ended).toEqual(['b']);
  });
});
