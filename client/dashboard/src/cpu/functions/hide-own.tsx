import { useUrlChoice } from '../../state/url-state.ts';

/** Whether the work of pprofql itself is left out, wherever the CPU section shows functions. */
export function useHidesOwn(): [hidesOwn: boolean, hide: (hidesOwn: boolean) => void] {
  const [own, setOwn] = useUrlChoice('cpu.own', ['shown', 'hidden'] as const, 'shown');
  return [own === 'hidden', (hidesOwn) => setOwn(hidesOwn ? 'hidden' : 'shown')];
}

/** One switch, though it stands wherever it has an effect. */
export function HideOwn() {
  const [hidesOwn, hide] = useHidesOwn();
  return (
    <label className="check">
      <input type="checkbox" checked={hidesOwn} onChange={(event) => hide(event.target.checked)} />
      Hide pprofql’s own
    </label>
  );
}
