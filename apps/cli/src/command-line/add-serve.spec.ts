import { defaultRetention } from '@clarion/notifying';
import { Command } from 'commander';
import { addServe } from './add-serve';

describe('clarion serve', () => {
  it('keeps things as long as the notifier does unless it is told how long', () => {
    const program = new Command();
    addServe(program);
    const serve = program.commands.find((command) => command.name() === 'serve');
    const kept = (): readonly unknown[] => {
      const { keepAcknowledged, keepNotifications, keepDead, keepChanges, keepUnused } = serve?.opts() ?? {};
      return [keepAcknowledged, keepNotifications, keepDead, keepChanges, keepUnused];
    };
    const { acknowledgedMillis, notificationMillis, deadMillis, changeMillis, unusedMillis } = defaultRetention;
    expect(kept()).toEqual([acknowledgedMillis, notificationMillis, deadMillis, changeMillis, unusedMillis]);
    serve?.parseOptions(['--keep-unused', '2h']);
    expect(kept().at(-1)).toBe(7_200_000);
  });
});
