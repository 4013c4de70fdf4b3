/** Beside a function of pprofql, so that nobody takes it for one of the program. */
export function PprofqlTag() {
  return (
    <span className="tag" title="Work of pprofql in the observed thread">
      pprofql
    </span>
  );
}
