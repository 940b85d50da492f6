/** What a page of so many pictures needs beyond the style of all pages. */
export const pictureStyle = (versions: number): string => `
.viewer{position:relative;margin-top:1rem}
.viewer>input{position:absolute;opacity:0;pointer-events:none}
.choices{display:flex;flex-wrap:wrap;gap:.45rem;margin-bottom:.7rem}
.choices label{font-size:.9rem;border:1px solid var(--line);border-radius:8px;padding:.4rem .75rem;cursor:pointer;white-space:nowrap}
.choices label:hover{border-color:var(--quiet)}
.stage{display:grid}
.stage figure{grid-area:1/1;visibility:hidden}
.stage img,.gallery img,.crops img{display:block;max-width:100%;height:auto;border-radius:4px;background:repeating-conic-gradient(#8884 0 25%,#8882 0 50%) 0 0/16px 16px}
.stage figcaption{margin-top:.5rem;font-size:.88rem;color:var(--quiet)}
.stage figcaption b{color:var(--ink);font-weight:600;margin-right:.4rem}
${chosen(versions)}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(14rem,100%),1fr));gap:1.2rem;margin-top:1rem}
.crops{display:flex;flex-wrap:wrap;gap:1rem;margin-top:1rem}
.crops img{image-rendering:pixelated}
.gallery figcaption,.crops figcaption,.map figcaption{margin-top:.35rem;font-size:.85rem}
.gallery figcaption::first-letter,.map figcaption::first-letter{text-transform:uppercase}
.gallery figcaption span,.map figcaption span{color:var(--quiet);margin-left:.3rem}
.map .ground{position:relative;overflow:hidden;border-radius:4px;background:#05060f}
.map img{position:absolute;left:0;top:0;max-width:none;border-radius:0;background:none;image-rendering:pixelated}
.map .tile{position:absolute;border:2px solid #fff;outline:1px solid #000;outline-offset:-3px}
.whole{max-width:40rem;margin-bottom:1.6rem}
.legend{display:flex;gap:.6rem;max-width:24rem;margin-top:.8rem;font-size:.75rem;line-height:1;color:var(--quiet)}
.legend>div{flex:1}
.legend img{display:block;width:100%;height:10px;border-radius:3px;background:none}
.ticks{display:flex;justify-content:space-between;margin-top:.35rem}
`;

/** The n-th radio button shows the n-th picture and marks the n-th label. */
function chosen(versions: number): string {
  const numbers = Array.from({ length: versions }, (_, i) => i);
  const list = (of: (i: number) => string) => numbers.map(of).join(",");
  return [
    `${list((i) => `#version-${i}:checked~.stage figure:nth-child(${i + 1})`)}{visibility:visible}`,
    `${list((i) => `#version-${i}:checked~.choices label:nth-child(${i + 1})`)}{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}`,
    `${list((i) => `#version-${i}:focus-visible~.choices label:nth-child(${i + 1})`)}{outline:2px solid var(--accent);outline-offset:2px}`,
  ].join("\n");
}
