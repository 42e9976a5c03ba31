/// The page's look: light or dark as the reader's system asks, one column on narrow screens.
///
/// Blue stands for right and training, orange for wrong and validation: told apart by readers
/// with any colour vision. Data is never marked by colour alone.
let styleSheet: StaticString = """

  :root{color-scheme:light dark;
  --bg:#f5f6f8;--surface:#fff;--ink:#171b21;--muted:#5a6572;--line:#dfe3e8;--grid:#e9ecf0;
  --track:#e8ebef;--c0:#2563c9;--c1:#cf5414;--c2:#19855a;--c3:#8440b0;
  --hit:37 99 201;--miss:196 72 12;
  --good:#11653d;--good-bg:#dcf2e5;--warn:#7d4600;--warn-bg:#fcecd0;--bad:#a1201c;--bad-bg:#fbe1df;
  --sans:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Helvetica Neue",Arial,
  "Noto Sans CJK SC","PingFang SC","Hiragino Sans GB","Microsoft YaHei","WenQuanYi Micro Hei",sans-serif;
  --mono:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Noto Sans Mono CJK SC",
  "WenQuanYi Micro Hei Mono",monospace}
  @media (prefers-color-scheme:dark){:root{
  --bg:#0f1217;--surface:#171b22;--ink:#e6eaef;--muted:#9aa6b3;--line:#2b323c;--grid:#242b34;
  --track:#2a313b;--c0:#77a8ff;--c1:#ff9a62;--c2:#5ccf98;--c3:#cb9af0;
  --hit:59 118 224;--miss:208 88 26;
  --good:#7be0ab;--good-bg:#12382a;--warn:#f4c478;--warn-bg:#3d2d10;--bad:#ff9d96;--bad-bg:#451e1c}}
  *{box-sizing:border-box}
  body{margin:0 auto;padding:2.5rem 1.5rem 3rem;max-width:76rem;background:var(--bg);
  color:var(--ink);font:16px/1.5 var(--sans);-webkit-text-size-adjust:100%}
  h1,h2,h3,p,figure,dl,dd,ol,ul{margin:0;padding:0}
  h1{font-size:clamp(1.7rem,4.5vw,2.6rem);line-height:1.15;letter-spacing:-.02em;
  overflow-wrap:anywhere}
  h2{font-size:1.3rem;line-height:1.3;letter-spacing:-.01em}
  h3{font-size:1rem;line-height:1.4}
  code,pre{font-family:var(--mono);font-size:.875em}
  .num,.number,.card-value{font-variant-numeric:tabular-nums}
  .eyebrow{color:var(--c0);font-weight:600;font-size:.875rem;letter-spacing:.02em;
  margin-bottom:.35rem}
  .meta{display:flex;flex-wrap:wrap;gap:.4rem 1.1rem;align-items:center;margin-top:.9rem;
  color:var(--muted);font-size:.9375rem}
  section .meta{margin-top:0}
  .badge{display:inline-block;padding:.1rem .65rem;border-radius:1rem;font-size:.8125rem;
  font-weight:600;white-space:nowrap;background:var(--track);color:var(--muted)}
  .badge.good{background:var(--good-bg);color:var(--good)}
  .badge.warn{background:var(--warn-bg);color:var(--warn)}
  .badge.bad,.alarm{background:var(--bad-bg);color:var(--bad)}
  .alarm{padding:.6rem .9rem;border-radius:.5rem;font-weight:600}
  .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:1rem;
  margin-top:1.75rem}
  .card,section{background:var(--surface);border:1px solid var(--line);border-radius:.75rem}
  .card{padding:1.1rem 1.25rem}
  .card-name{color:var(--muted);font-size:.875rem;font-weight:600}
  .card-value{font-size:2.3rem;line-height:1.2;font-weight:650;letter-spacing:-.02em}
  .card-remark{color:var(--muted);font-size:.8125rem;line-height:1.4}
  nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:1.75rem 0 1rem;font-size:.9375rem}
  nav a{color:var(--muted);text-decoration:none;padding:.15rem 0}
  nav a:hover,nav a:focus-visible{color:var(--c0);text-decoration:underline}
  :focus-visible{outline:2px solid var(--c0);outline-offset:2px}
  main{display:grid;gap:1.25rem}
  section{padding:1.5rem 1.6rem 1.6rem;min-width:0;display:grid;gap:1rem;
  grid-template-columns:minmax(0,1fr)}
  .lead{color:var(--muted);max-width:60rem;margin-top:-.6rem;text-wrap:pretty}
  .remark,.reason{color:var(--muted);font-size:.875rem}
  .reason{display:inline-block;max-width:14rem;white-space:normal;line-height:1.35}
  .figures{display:grid;gap:1.75rem 2.25rem;
  grid-template-columns:repeat(auto-fit,minmax(min(100%,28rem),1fr))}
  figure{min-width:0}
  .chart{display:block;width:100%;max-width:45rem;height:auto;margin-top:.35rem;overflow:visible}
  .chart text{font:12.5px var(--sans);fill:var(--muted);font-variant-numeric:tabular-nums}
  .chart .grid{stroke:var(--grid)}.chart .axis,.chart .tick{stroke:var(--muted)}
  .chart .dashed{stroke:var(--muted);stroke-dasharray:4 4}
  .line{fill:none;stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
  .line.faint{stroke-width:1;opacity:.35}
  .line.c0{stroke:var(--c0)}.line.c1{stroke:var(--c1)}.line.c2{stroke:var(--c2)}
  .line.c3{stroke:var(--c3)}
  .dots circle{stroke:var(--surface);stroke-width:1.5}
  .dots.c0,.stacked .c0{fill:var(--c0)}.dots.c1,.stacked .c1{fill:var(--c1)}
  .dots.c2,.stacked .c2{fill:var(--c2)}.dots.c3,.stacked .c3{fill:var(--c3)}
  figcaption,.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;margin-top:.5rem;
  font-size:.875rem;color:var(--muted)}
  .key{display:inline-flex;align-items:center;gap:.45rem}
  .key b{color:var(--ink);font-weight:600;font-variant-numeric:tabular-nums}
  .swatch{display:inline-block;flex:none;width:.8em;height:.8em;border-radius:.2em;
  background:var(--c0)}
  .swatch.c1{background:var(--c1)}.swatch.c2{background:var(--c2)}.swatch.c3{background:var(--c3)}
  td .swatch,th .swatch{margin-right:.5em}
  .scroll{overflow-x:auto;margin:0 -.35rem;padding:0 .35rem .2rem}
  table{border-collapse:collapse;font-size:.9375rem;min-width:100%}
  caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);
  white-space:nowrap}
  th,td{padding:.5rem .65rem;text-align:left;vertical-align:top;
  border-bottom:1px solid var(--line)}
  th:first-child,td:first-child{padding-left:0}
  th:last-child,td:last-child{padding-right:0}
  thead th{color:var(--muted);font-size:.8125rem;font-weight:600;vertical-align:bottom;
  white-space:nowrap}
  tbody th{font-weight:500}
  tbody tr:last-child>*{border-bottom-color:transparent}
  tfoot th,tfoot td{border-top:1px solid var(--line);border-bottom:0;font-weight:600}
  .number{text-align:right;white-space:nowrap}
  .zero{color:var(--muted);opacity:.6}
  .way{color:var(--muted);margin-left:.4em}
  .barred{display:inline-block;min-width:4.75rem}
  .bar{display:block;width:100%;height:4px;margin-top:4px;border-radius:2px}
  .bar .track{fill:var(--track)}.bar .fill{fill:var(--c0)}
  .bar.good .fill{fill:var(--c2)}.bar.bad .fill{fill:var(--c1)}
  .bar.quiet .fill{fill:var(--muted);opacity:.65}
  .stacked{display:block;width:100%;height:14px;border-radius:7px}
  .reasons{list-style:none;display:grid;gap:.35rem;min-width:8.5rem}
  .reasons li{display:grid;grid-template-columns:1fr auto;column-gap:.8rem}
  .reasons .bar{grid-column:1/-1;margin-top:2px}
  .facts{display:grid;gap:.9rem 1.5rem;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr))}
  .facts dt{color:var(--muted);font-size:.8125rem;font-weight:600}
  .facts dd{overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
  .heat{min-width:0;border-collapse:separate;border-spacing:2px;font-size:.9375rem}
  .heat th,.heat td{border:0;padding:.45rem .55rem;text-align:center;vertical-align:middle}
  .heat td{min-width:4.2rem;border-radius:.3rem;background:var(--grid);line-height:1.2;
  font-variant-numeric:tabular-nums}
  .heat .corner{background:none;text-align:left;color:var(--muted);font-size:.8125rem;
  vertical-align:bottom;white-space:nowrap}
  .heat tbody th{text-align:right;position:sticky;left:0;background:var(--surface);
  padding-left:0;font-weight:500}
  .heat tbody th span{display:block;min-width:6rem;max-width:15rem;overflow-wrap:anywhere}
  .heat thead th{white-space:normal;min-width:5.5rem;max-width:10rem}
  .heat thead th span{display:block;hyphens:auto;overflow-wrap:break-word}
  .heat b{display:block;font-weight:600}.heat small{font-size:.75rem;opacity:.85}
  .heat .hit{background:rgb(var(--hit)/var(--a))}.heat .miss{background:rgb(var(--miss)/var(--a))}
  .h1{--a:.07}.h2{--a:.12}.h3{--a:.19}.h4{--a:.27}.h5{--a:.35}.h6{--a:.43}.h7{--a:.51}
  .h8{--a:.88}.h9{--a:.94}.h10{--a:1}
  .heat .h8,.heat .h9,.heat .h10{color:#fff}
  .heat.compact{border-spacing:1px;font-size:.75rem}
  .heat.compact td{min-width:1.7rem;height:1.6rem;padding:0 .1rem;border-radius:.12rem}
  .heat.dense{font-size:.625rem;letter-spacing:-.02em}
  .heat.dense td{min-width:1.2rem;height:1.25rem;padding:0}
  .heat.compact th{padding:.1rem .35rem}
  .heat.compact th span{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;hyphens:none}
  .heat.compact thead th span{writing-mode:vertical-rl;transform:rotate(180deg);max-height:9rem}
  .heat.compact thead th{min-width:0;padding:.35rem 0;vertical-align:bottom}
  .heat.compact b{font-weight:500}
  .heat.compact .corner{height:auto;padding-right:.5rem}
  .heat.compact .zero{visibility:hidden}
  .strip{width:4.5rem;height:.7rem;border-radius:.2rem}
  .strip.hit{background:linear-gradient(90deg,rgb(var(--hit)/.07),rgb(var(--hit)))}
  .strip.miss{background:linear-gradient(90deg,rgb(var(--miss)/.07),rgb(var(--miss)))}
  .examples{list-style:none;display:grid;gap:1.1rem}
  .examples li{padding-left:1rem;border-left:3px solid var(--line)}
  .verdict{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;align-items:baseline;font-size:.9375rem}
  .verdict .predicted b{color:var(--c1)}.verdict .truth b{color:var(--c0)}
  .verdict .num{color:var(--muted);margin-left:.4em}
  .verdict .id{color:var(--muted);margin-left:auto;overflow-wrap:anywhere}
  .quote,.answer{margin-top:.3rem;max-width:62rem;overflow-wrap:anywhere;white-space:pre-wrap}
  .answer{color:var(--muted)}.answer::before{content:"→ "}
  details summary{cursor:pointer;font-family:var(--mono);font-size:.875rem;color:var(--c0)}
  pre{margin:.75rem 0 0;padding:1rem 1.1rem;border-radius:.5rem;background:var(--bg);
  line-height:1.5;width:max-content;min-width:100%}
  .list{padding-left:1.2rem;color:var(--muted)}
  footer{margin-top:2rem;color:var(--muted);font-size:.8125rem}
  @media (max-width:40rem){
  body{padding:1.5rem .85rem 2rem}section{padding:1.15rem 1rem 1.25rem;border-radius:.6rem}
  .cards{grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.7rem}
  .card{padding:.85rem 1rem}.card-value{font-size:1.75rem}
  .chart text{font-size:22px}.line{stroke-width:3}.chart:not(.square) .dots circle{r:6px}
  .aside{display:none}.verdict .id{margin-left:0}.heat tbody th span{min-width:5rem;max-width:8rem;font-size:.8125rem}}
  @media print{
  :root{color-scheme:light;--bg:#fff;--surface:#fff;--ink:#000;--muted:#444;--line:#bbb;
  --grid:#ddd;--track:#ddd;--c0:#2563c9;--c1:#cf5414;--c2:#19855a;--c3:#8440b0;
  --hit:37 99 201;--miss:196 72 12;
  --good:#11653d;--good-bg:#dcf2e5;--warn:#7d4600;--warn-bg:#fcecd0;--bad:#a1201c;--bad-bg:#fbe1df}
  body{padding:0;max-width:none;font-size:10.5pt}nav{display:none}
  .scroll{overflow:visible}section{border:0;padding:.5rem 0}.figures{grid-template-columns:1fr 1fr}
  h2,h3,.lead,.scroll:has(.heat){break-after:avoid}
  figure,tr,.card,.examples li,.scroll:has(.heat){break-inside:avoid}
  .heat td,.bar,.stacked,.badge,.swatch,.strip{-webkit-print-color-adjust:exact;
  print-color-adjust:exact}}

  """
