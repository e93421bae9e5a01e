import { type EchoMessage, program } from '../testing/echo.thread';
import { ThreadFailure, WorkerThread } from './worker-thread';

type EchoThread = WorkerThread<Omit<EchoMessage, 'id'>, EchoMessage>;

function ask(thread: EchoThread, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const job = thread.open({
      onMessage(answer) {
        job.end();
        resolve(answer.text);
      },
      onFailure: reject,
    });
    job.post({ text });
  });
}

describe('WorkerThread', () => {
  it('answers each job, and counts the open ones', async () => {
    const thread: EchoThread = new WorkerThread(program, 'The thread');
    const answers = Promise.all(['a', 'b', 'c'].map((text) => ask(thread, text)));
    expect(thread.jobs).toBe(3);
    expect(await answers).toEqual(['a', 'b', 'c']);
    expect(thread.jobs).toBe(0);
  });

  it('notifies all its jobs when it fails, and starts again', async () => {
    const thread: EchoThread = new WorkerThread(program, 'The thread');
    thread.start();
    const waiting = thread.open({ onMessage: () => undefined, onFailure: () => (failures += 1) });
    let failures = 0;
    await expect(ask(thread, 'die')).rejects.toThrow(ThreadFailure);
    expect(failures).toBe(1);
    waiting.post({ text: 'nobody hears this' });
    waiting.end();
    expect(await ask(thread, 'again')).toBe('again');
  });
});
