import { outliveNoParent } from './outlive-no-parent';

describe('outliveNoParent', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('ends the process this long after its parent is gone, once', () => {
    let parent = 7;
    const end = jest.fn();
    outliveNoParent({ parent, millis: 4000 }, () => parent, end);
    jest.advanceTimersByTime(60_000);
    expect(end).not.toHaveBeenCalled();
    parent = 1;
    jest.advanceTimersByTime(500 + 3999);
    expect(end).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(end).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(60_000);
    expect(end).toHaveBeenCalledTimes(1);
  });
});
