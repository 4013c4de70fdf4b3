/** True where no process has that id; one that has it may be another by now, or another user's. */
import { ownProcess } from '../builtins.ts';
export function hasEnded(pid: number): boolean {
  try {
    ownProcess.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
