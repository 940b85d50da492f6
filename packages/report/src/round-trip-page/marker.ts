/** The shape of the points of the n-th codec, centred; six shapes, then again from the first. */
export function marker(place: number, [x, y]: readonly [number, number]): string {
  const shapes = [
    () => `<circle cx="${x}" cy="${y}" r="4"/>`,
    () => `<path d="M${x - 3.5},${y - 3.5}h7v7h-7z"/>`,
    () => `<path d="M${x},${y - 4.6}l4.4,7.6h-8.8z"/>`,
    () => `<path d="M${x},${y - 5}l5,5l-5,5l-5,-5z"/>`,
    () => `<path class="stroke" d="M${x - 3.8},${y - 3.8}l7.6,7.6m0,-7.6l-7.6,7.6"/>`,
    () => `<path d="M${x},${y + 4.6}l4.4,-7.6h-8.8z"/>`,
  ];
  return shapes[place % shapes.length]!();
}

/** The marker and the dash of a codec as a small picture of its own, for tables and legends. */
export function sample(place: number, isModel: boolean): string {
  return `<svg class="sample" viewBox="0 0 30 12" aria-hidden="true"><g class="c${place % 6}${isModel ? " model" : ""}"><polyline points="1,6 29,6"/>${marker(place, [15, 6])}</g></svg>`;
}
