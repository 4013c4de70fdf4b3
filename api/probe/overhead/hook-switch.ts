/** Whether the hook is on, for how much of a cycle it was, and how long it was off because a burst had outrun the budget. */

export interface HookSwitch {
  isOn(): boolean;
  set(on: boolean): void;
  /** Off until `see` is called. */
  goBlind(): void;
  see(): void;
  isBlind(): boolean;
  /** All of it since the start. */
  blindMs(): number;
  /** In this cycle, up to the last change. */
  onMs(): number;
  /** Counts what has passed since the last change as well. */
  countUp(nowMs: number): void;
  startCycle(): void;
}

/** Begins with the hook off. */
export function createHookSwitch(
  setHook: (isOn: boolean) => void,
  nowMs: () => number,
): HookSwitch {
  let isOn = false;
  let onSince = 0;
  let onMs = 0;
  /** Null while it sees. */
  let blindSince: number | null = null;
  let blindMs = 0;

  function set(on: boolean): void {
    if (on === isOn) return;
    const now = nowMs();
    if (on) onSince = now;
    else onMs += now - onSince;
    isOn = on;
    setHook(on);
  }

  const blindSoFarMs = () => (blindSince === null ? blindMs : blindMs + nowMs() - blindSince);

  return {
    isOn: () => isOn,
    set,
    goBlind() {
      blindSince = nowMs();
      set(false);
    },
    see() {
      blindMs = blindSoFarMs();
      blindSince = null;
    },
    isBlind: () => blindSince !== null,
    blindMs: blindSoFarMs,
    onMs: () => onMs,
    countUp(now) {
      if (!isOn) return;
      onMs += now - onSince;
      onSince = now;
    },
    startCycle() {
      onMs = 0;
    },
  };
}
