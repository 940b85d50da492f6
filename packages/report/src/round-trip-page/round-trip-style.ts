/** What the page of a round trip needs beyond the style of all pages. Six looks of curves: colour, dash and marker. */
export const roundTripStyle = `
:root{--c0:#0a6c74;--c1:#b4470f;--c2:#6a48a8;--c3:#1f5fae;--c4:#7a6200;--c5:#a62e63;--bad:#a3280f}
@media(prefers-color-scheme:dark){:root{--c0:#74cdc9;--c1:#f0955f;--c2:#bda3f0;--c3:#82b3f2;--c4:#d7bd57;--c5:#ef92b8;--bad:#ff9b83}}
main,header,footer{max-width:78rem}
header p.verdict{color:var(--ink);font-size:1.15rem;line-height:1.45;max-width:52rem;margin:.6rem 0 0}
dl.numbers{grid-template-columns:repeat(5,1fr)}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
.c0{--c:var(--c0)}.c1{--c:var(--c1)}.c2{--c:var(--c2)}.c3{--c:var(--c3)}.c4{--c:var(--c4)}.c5{--c:var(--c5)}
.curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:1.6rem 2rem;margin:1.2rem 0 .6rem}
.curve{max-width:34rem;display:grid;grid-row:span 2;grid-template-rows:subgrid;row-gap:.4rem}
.curve figcaption{line-height:1.35}
.curve figcaption span{color:var(--quiet);font-size:.84rem;margin-left:.35rem}
.curve svg{max-width:none}
svg text.tick{fill:var(--quiet);text-anchor:middle}
.curve text{font-size:11.5px}
.curve text.label{fill:var(--ink);paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
g>polyline{fill:none;stroke:var(--c);stroke-width:1.6;stroke-linejoin:round}
g.model>polyline{stroke-width:2.8}
text.label.model{font-weight:650}
g.c1>polyline{stroke-dasharray:7 4}g.c2>polyline{stroke-dasharray:2 3}g.c3>polyline{stroke-dasharray:9 3 2 3}g.c4>polyline{stroke-dasharray:4 2}g.c5>polyline{stroke-dasharray:12 4}
g>circle,g>path{fill:var(--c);stroke:var(--paper);stroke-width:1}
g>path.stroke{fill:none;stroke:var(--c);stroke-width:2}
svg line.lead{stroke:var(--c);stroke-width:.8;stroke-dasharray:1 2}
polygon.band{fill:var(--c);opacity:.16}
svg.sample{display:inline-block;width:30px;height:12px;vertical-align:-1px;margin-right:.5rem}
th small{white-space:normal;max-width:11rem}
th small.whole{white-space:nowrap}
td small,th small{display:block;color:var(--quiet);font-size:.75rem;font-weight:400}
td .word{color:var(--quiet);font-size:.75rem}
td.none{white-space:normal;color:var(--quiet)}
.absent h3{font-size:.95rem;margin:1rem 0 0}
.absent ul{margin:.2rem 0;padding-left:1.1rem;font-size:.9rem;color:var(--quiet)}
.absent b{color:var(--ink)}
td.none small{max-width:14rem;margin-left:auto}
svg.forest{display:inline-block;width:120px;height:14px;margin:.15rem 0 0 auto}
td>svg.forest{display:block}
svg.forest line{stroke:var(--quiet);stroke-dasharray:2 2}
svg.forest line.whisker{stroke-dasharray:none}
svg.forest line.whisker{stroke:var(--ink);stroke-width:1.5}
.dot{fill:var(--ink);stroke:var(--ink);stroke-width:1.5}
.dot.open{fill:var(--card)}
td.meter{position:relative;padding-bottom:.85rem;min-width:6.5rem}
td.meter i{position:absolute;left:.6rem;right:.55rem;bottom:.35rem;height:6px;border-radius:3px;background:var(--line)}
td.meter i::after{content:"";display:block;height:100%;width:var(--share);border-radius:3px;background:var(--cost)}
td.meter.gain i::after{background:var(--accent)}
td.meter.loss i::after{background:repeating-linear-gradient(135deg,var(--bad) 0 3px,transparent 3px 5px)}
th.words{text-align:left}
#files{list-style:none;padding:0;margin:1rem 0;border-top:1px solid var(--line)}
#files>li{border-bottom:1px solid var(--line)}
#files>li>details{margin:0}
#files>li>details>summary{display:grid;grid-template-columns:minmax(9rem,1fr) auto;gap:.2rem 1rem;align-items:baseline;padding:.65rem .2rem;color:var(--ink)}
#files summary b{font-weight:600;overflow-wrap:anywhere}
#files summary b::before{content:"▸";display:inline-block;width:1.1rem;color:var(--quiet)}
#files details[open]>summary b::before{content:"▾"}
#files>li>details>summary::-webkit-details-marker{display:none}
.values{display:flex;gap:.2rem 1.1rem;flex-wrap:wrap;font-size:.88rem}
.value i{font-style:normal;color:var(--quiet);font-size:.8rem}
.value.chief{font-weight:650}
.inside>p{font-size:.9rem}
.inside{padding:0 0 1.4rem}
.panel-of{display:flex;flex-direction:column;gap:.75rem}
.row+.row{margin-top:0}
.tools{margin-top:1rem}
.tools label{font-size:.9rem;color:var(--quiet)}
select,input[type=search]{font:inherit;font-size:.9rem;color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.35rem .6rem;min-height:2.5rem;max-width:100%}
input[type=search]{flex:0 1 14rem;min-width:6rem}
.keys{font-size:.85rem;margin:.6rem 0}
.keys span{white-space:nowrap;margin-right:.8rem}
.keys kbd{display:inline-block;border:1px solid var(--line);border-radius:5px;padding:0 .35rem;margin:0 .15rem 0 0;opacity:1;color:var(--ink)}
table.versions{width:auto;min-width:min(100%,46rem)}
table.versions thead th:nth-child(2){text-align:left}
table.versions th button{min-width:8.5rem;text-align:left;display:flex;align-items:center;justify-content:space-between;gap:.6rem}
table.versions tr.chosen td{font-weight:600}
table.versions td:nth-child(2),table.points td:nth-child(2){text-align:left}
table.versions th,table.versions td{padding-block:.25rem}
.steps label,.seen .row>span:first-child{min-width:4.2rem;font-size:.9rem}
.steps output{min-width:13rem}
.pair{color:var(--quiet);font-size:.88rem}
.check{display:inline-flex;gap:.45rem;align-items:center;font-size:.9rem;min-height:2.5rem}
input[type=checkbox]{width:1.1rem;height:1.1rem;accent-color:var(--accent)}
.told{white-space:normal;text-align:left}
.pair-of{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1rem 1.6rem}
figure.sound figcaption{font-size:.88rem;margin-bottom:.3rem;font-weight:600}
.field canvas{display:block;width:100%;height:clamp(120px,22vw,190px)}
.stage-of{overflow:auto;max-height:85vh;border-radius:4px}
.frame{position:relative;display:grid;width:100%;margin:0;line-height:0}
.frame>div{grid-area:1/1}
.frame img,.frame canvas{grid-area:1/1;width:100%;height:auto;display:block}
.frame.pixels img,.frame.pixels canvas{image-rendering:pixelated}
.frame.divided{cursor:ew-resize;touch-action:pan-y;user-select:none}
.frame.divided .over{clip-path:inset(0 0 0 var(--split))}
.frame .divider{display:none;position:absolute;top:0;bottom:0;left:var(--split);width:2px;margin-left:-1px;background:#fff;box-shadow:0 0 0 1px #000a;pointer-events:none}
.frame.divided .divider{display:block}
.badge{position:absolute;top:.5rem;line-height:1.3;font-size:.75rem;padding:.15rem .45rem;border-radius:5px;background:#000b;color:#fff;pointer-events:none;max-width:46%}
.badge.a{left:.5rem}.badge.b{right:.5rem}
.frame.place .badge.a{display:none}
.use svg{max-width:30rem}
.use text{font-size:10.5px}
.use text.left{fill:var(--quiet)}
.use path{fill:var(--cost)}
.use svg line.alike{stroke:var(--ink);stroke-dasharray:5 4}
.panel.use figcaption{min-height:0;margin-bottom:.5rem}
ul.atlas{list-style:none;padding:0;margin:.6rem 0;display:grid;grid-template-columns:repeat(auto-fill,minmax(4.6rem,1fr));gap:.6rem}
.atlas img{width:100%;aspect-ratio:1;object-fit:contain;image-rendering:pixelated;border-radius:4px;background:var(--card);border:1px solid var(--line)}
.atlas button{width:100%}
.atlas span{font-size:.75rem}
.atlas small{color:var(--quiet)}
.failed{border-left:3px solid var(--bad);padding:.2rem 0 .2rem 1rem;margin:1rem 0}
.failed h3{font-size:1rem;margin:0;color:var(--bad)}
.failed ul{margin:.4rem 0;padding-left:1.1rem}
.failed li{font-size:.9rem;overflow-wrap:anywhere}
table.facts{white-space:normal}
table.facts th,table.facts td{text-align:left;vertical-align:top;overflow-wrap:anywhere}
table.facts{margin-top:1rem}table.facts th{min-width:9rem;padding-right:1rem}
#origin~.row{margin-top:1rem}
.pair{margin-right:1.2rem}
.seen{display:flex;flex-direction:column;gap:.75rem}
@media(min-width:60rem){.seen{display:grid;grid-template-columns:20rem 1fr;gap:1.6rem}.seen .steps{flex-wrap:wrap}.seen .steps output{flex-basis:100%;text-align:left}.seen .panel-of{align-self:start}}
@media(max-width:44rem){dl.numbers div:last-child:nth-child(odd){grid-column:1/-1}td.meter{min-width:5.4rem}.tools label[for=find]{display:none}.tools input{flex:1 1 8rem}dl.numbers{grid-template-columns:1fr 1fr}#files>li>details>summary{grid-template-columns:1fr}.values{padding-left:1.1rem}.value:not(.chief):not(:first-child){display:none}.steps output{min-width:0;flex-basis:100%;text-align:left}table.versions th button{min-width:6.6rem}.stage-of{max-height:none}}
@media print{#files,.tools,.keys{display:none}}
`;
