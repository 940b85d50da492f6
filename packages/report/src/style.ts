/** The page's style sheet. One accent, for what a layer gives and for what is chosen; all else is ink and paper. */
export const style = `
:root{color-scheme:light dark;--paper:#fbfaf8;--card:#fff;--ink:#1d2124;--quiet:#5c646a;--line:#e3e0da;--cost:#a9adb0;--accent:#0a6c74;--on-accent:#fff}
@media(prefers-color-scheme:dark){:root{--paper:#131517;--card:#1b1e21;--ink:#e8e6e1;--quiet:#a0a6ab;--line:#31363a;--cost:#6b7278;--accent:#74cdc9;--on-accent:#0e1112}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;font-variant-numeric:tabular-nums}
main,header,footer{max-width:64rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:3.5rem}
h1{font-size:clamp(1.6rem,4.5vw,2.3rem);line-height:1.15;letter-spacing:-.02em;font-weight:650;margin:0 0 .4rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;letter-spacing:-.01em;margin:3.2rem 0 .3rem}
p{margin:.3rem 0 1rem;max-width:44rem}
.quiet,header p{color:var(--quiet)}
dl.numbers{display:grid;grid-template-columns:repeat(4,1fr);margin:2rem 0 0;border-top:1px solid var(--line)}
dl.numbers div{padding:1rem 1rem .9rem 0;border-bottom:1px solid var(--line);display:flex;flex-direction:column-reverse;justify-content:flex-end}
dl.numbers dt{color:var(--quiet);font-size:.82rem}
dl.numbers dd{margin:0;font-size:1.65rem;line-height:1.25;font-weight:600;letter-spacing:-.02em}
dl.numbers small{font-size:.85rem;font-weight:400;letter-spacing:0;color:var(--quiet)}
.deck{position:sticky;top:.5rem;z-index:2;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.9rem 1rem;margin:1rem 0;box-shadow:0 6px 20px -14px #0006}
.deck[hidden]{display:none}
.row{display:flex;flex-wrap:wrap;gap:.45rem;align-items:center}
.row+.row{margin-top:.75rem}
button{font:inherit;font-size:.9rem;color:inherit;background:none;border:1px solid var(--line);border-radius:8px;padding:.4rem .75rem;min-height:2.5rem;cursor:pointer}
button:hover{border-color:var(--quiet)}
button[aria-pressed=true]{background:var(--accent);border-color:var(--accent);color:var(--on-accent)}
button.play{min-width:5.2rem;font-weight:600}
kbd{font:inherit;font-size:.75rem;opacity:.75;margin-left:.4rem}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
input[type=range]{flex:1 1 5rem;min-width:4rem;accent-color:var(--accent);height:1.6rem}
output{color:var(--quiet);font-size:.9rem;white-space:nowrap;text-align:right}
.panels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),1fr));gap:2rem 2.2rem;margin-top:1.2rem}
figure{margin:0}
.panel figcaption{min-height:4.2rem;line-height:1.35;font-size:.95rem}
.panel figcaption span{color:var(--quiet);font-size:.84rem}
svg{display:block;width:100%;height:auto;max-width:26rem}
svg text{fill:var(--ink);font-size:12px}
svg .name{fill:var(--quiet);text-anchor:end}
svg line{stroke:var(--line)}
svg.gives rect{fill:var(--accent)}
svg.costs rect{fill:var(--cost)}
.scroll{overflow-x:auto;margin-top:1rem;border-top:1px solid var(--line)}
caption span{display:block;position:sticky;left:0;max-width:min(44rem,calc(100vw - 3rem))}
table{border-collapse:collapse;width:100%;font-size:.85rem;white-space:nowrap}
caption{text-align:left;color:var(--quiet);padding:.7rem 0;white-space:normal}
th,td{text-align:right;padding:.45rem .55rem .45rem 0;border-bottom:1px solid var(--line);font-weight:400}
thead th{color:var(--quiet);vertical-align:bottom;white-space:normal;line-height:1.25;font-size:.82rem}
th:first-child{text-align:left}
th[scope=row]{font-weight:600}
tfoot td,tfoot th{border-bottom:0}
details{margin:.9rem 0}
summary{cursor:pointer;color:var(--quiet);font-size:.9rem}
details li{font-size:.9rem;max-width:44rem}
.version{padding:1.6rem 0 1.4rem;border-bottom:1px solid var(--line)}
.version h3{font-size:1rem;margin:0;font-weight:600}
.version.chosen h3{color:var(--accent)}
.version p{margin:.1rem 0 .6rem;font-size:.88rem}
.version audio{width:100%;height:40px;margin-top:.5rem}
.picture{display:grid;grid-template-columns:2.2rem 1fr;grid-template-rows:1fr 1.5rem;font-size:.72rem;color:var(--quiet)}
.field{position:relative;line-height:0;cursor:crosshair;background:#05060f;border-radius:4px;overflow:hidden}
.field img{width:100%;height:clamp(120px,22vw,190px);object-fit:fill}
.cursor{position:absolute;top:0;bottom:0;left:calc(var(--at,0)*100%);width:1px;background:#fff;opacity:var(--playing,0)}
.frequencies,.times{position:relative;line-height:1}
.times{grid-column:2}
.frequencies span{position:absolute;right:.45rem;transform:translateY(50%)}
.frequencies span:first-of-type{transform:none}
.frequencies b{position:absolute;right:.45rem;top:0;font-weight:400}
.times span{position:absolute;top:.4rem;transform:translateX(-50%)}
.times span:first-of-type{transform:none}
.times b{position:absolute;right:0;top:.4rem;font-weight:400}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.8rem 1rem;font-size:.84rem;max-height:24rem;overflow:auto}
footer{padding-top:3rem;padding-bottom:3rem;color:var(--quiet);font-size:.85rem}
@media(max-width:34rem){header{padding-top:2rem}.choices{flex-wrap:nowrap;overflow-x:auto;margin-inline:-.4rem;padding:3px .4rem}.choices button{flex:none}kbd{display:none}.deck{margin-inline:-.6rem}.panel figcaption{min-height:0;margin-bottom:.5rem}dl.numbers{grid-template-columns:1fr 1fr}button{padding:.35rem .6rem}}
@media(prefers-reduced-motion:no-preference){button{transition:background .12s,border-color .12s}}
@media print{.deck,audio{display:none}}
`;
