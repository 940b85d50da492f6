/**
 * A clock that is asked after each item: ", about 3 min left", or nothing before it can know.
 *
 * now  milliseconds
 */
export function timeLeft(now: () => number = Date.now): (done: number, total: number) => string {
  const begun = now();
  return (done, total) => {
    if (done === 0 || done >= total) return "";
    const seconds = (((now() - begun) / done) * (total - done)) / 1000;
    if (seconds < 90) return `, about ${Math.max(1, Math.round(seconds))} s left`;
    if (seconds < 5400) return `, about ${Math.round(seconds / 60)} min left`;
    return `, about ${(seconds / 3600).toFixed(1)} h left`;
  };
}
